// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage

/// Where the content of a run comes from: packages by their IDs.
package protocol ContentSource: AnyObject {
    /// Gets the name of a file that is checked, and how much of it is, from 0 to 1.
    var observer: ((_ name: String, _ share: Double) -> Void)? { get set }

    /// Takes note of the run that uses it, before anything is asked.
    func join(_ session: EngineSession)

    /// Whether the files of the content `id` can be read now, without anything being put in, fetched or copied.
    func isAtHand(_ id: String) -> Bool

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

    /// The step that used the content `id` has ended: what was kept of it for that step alone may go.
    func release(_ id: String)
}

extension ContentSource {
    package func join(_ session: EngineSession) {}
    package func isAtHand(_ id: String) -> Bool { true }
    package func release(_ id: String) {}

    package func preflight(_ id: String) throws -> [PreflightFinding] {
        try preflight(id, interruption: .ofProcess)
    }

    package func folder(of id: String, interruption: Interruption = .ofProcess) throws -> FilePath {
        try folder(of: id, exceptions: { _ in false }, interruption: interruption)
    }
}
