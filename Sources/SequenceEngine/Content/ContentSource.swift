// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage

/// Where the content of a run comes from: packages by their IDs.
package protocol ContentSource: AnyObject {
    /// The disk of the computer that content lies on, and that no step may divide; nil for other places.
    var heldDisk: FilePath? { get }

    /// Finds what there is, once the computer and its media are known.
    ///
    /// - Throws: `DiagnosticError`; `InterruptedError`.
    func begin(_ session: EngineSession) throws

    /// The image of the package `id` that lies applied on a volume, as it was written; nil where none does.
    ///
    /// - Throws: `InterruptedError`; `DeviceError`; `FileError`.
    func appliedImage(_ id: String) throws -> AppliedImage?

    /// Brings what comes from a server, once nothing speaks against the task sequence.
    ///
    /// - Returns: whether there was anything.
    /// - Throws: `DiagnosticError` when it cannot be had, or is not what the server says; `InterruptedError`.
    func fetch() throws -> Bool

    /// Lets go of what it has mounted.
    func end()

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

/// An image that was applied before the task sequence began.
package struct AppliedImage: Sendable, Equatable {
    /// The node of its volume.
    package let node: FilePath
    /// The number of the image, from 1.
    package let index: Int
}

extension ContentSource {
    package var heldDisk: FilePath? { nil }
    package func begin(_ session: EngineSession) throws {}
    package func appliedImage(_ id: String) throws -> AppliedImage? { nil }
    package func fetch() throws -> Bool { false }
    package func end() {}
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
