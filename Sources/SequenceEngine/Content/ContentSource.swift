// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage

/// Where the content of a run comes from: packages by their IDs.
package protocol ContentSource: AnyObject {
    /// Gets the name of a file that is checked, and how much of it is, from 0 to 1.
    var observer: ((_ name: String, _ share: Double) -> Void)? { get set }

    /// What keeps the content `id` from being used: asked before anything is written.
    ///
    /// - Throws: `InterruptedError`.
    func preflight(_ id: String, interruption: Interruption) throws -> [PreflightFinding]

    /// The folder of the content `id`, whose files have not been checked.
    ///
    /// - Throws: ``EngineError`` `.content` when it is not there.
    @discardableResult
    func requireFolder(_ id: String) throws -> FilePath

    /// The folder of the content `id`, every file of which has been checked.
    ///
    /// - Parameter exceptions: files that are checked by whoever reads them, as images are by the hashes in them.
    /// - Throws: ``EngineError`` `.content` for what is missing or damaged, with the file; `FileError`; `InterruptedError`.
    func folder(of id: String, exceptions: (MediaPath) -> Bool, interruption: Interruption) throws -> FilePath
}

extension ContentSource {
    package func preflight(_ id: String) throws -> [PreflightFinding] {
        try preflight(id, interruption: .ofProcess)
    }

    package func folder(of id: String, interruption: Interruption = .ofProcess) throws -> FilePath {
        try folder(of: id, exceptions: { _ in false }, interruption: interruption)
    }
}
