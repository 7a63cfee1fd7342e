// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Support
import SystemPackage

/// A way to reach distribution points: it knows the locations of its kind by their form, and opens them.
///
/// The executable hands in those that it has; nothing else lists them (docs/architecture.md).
public protocol DistributionPointTransport: Sendable {
    /// Whether `location` is of its kind, judged by nothing but its form.
    func takes(_ location: String) -> Bool

    /// The distribution points at `locations`, all of which it takes and which follow one another.
    ///
    /// - Throws: a `DiagnosticError`.
    func open(
        _ locations: [String], store: ContentStore, interruption: Interruption, progress: any ProgressObserver
    ) throws -> [any DistributionPoint]

    /// The files and folders on this computer that are read when `location` is used: no run may write to them.
    func localPaths(of location: String) -> [FilePath]
}

extension DistributionPointTransport {
    /// None, as on a server.
    public func localPaths(of location: String) -> [FilePath] { [] }
}

/// Content libraries on local and mounted paths.
public struct LocalTransport: DistributionPointTransport {
    /// Creates it.
    public init() {}

    /// A path is what is neither a URL nor the name of a share.
    public func takes(_ location: String) -> Bool { LocationForm(location) == .path }

    /// The libraries at these paths; one with only a FileLib is a further drive of the library before it.
    ///
    /// - Throws: `ContentLibraryError` for a path that is not a content library.
    public func open(
        _ locations: [String], store: ContentStore, interruption: Interruption, progress: any ProgressObserver
    ) throws -> [any DistributionPoint] {
        try LibraryLocation.libraries(at: locations.map { FilePath($0) }).map { drives in
            try LocalDistributionPoint(drives: drives, location: drives[0].string, store: store)
        }
    }

    /// The drives of the library, and their parts, which may be mounted elsewhere as well.
    ///
    /// A folder that only holds a library is none: others may write beside it.
    public func localPaths(of location: String) -> [FilePath] {
        let path = FilePath(location)
        let drives =
            switch try? LibraryLocation(path) {
            case .library(let drives): drives
            case .furtherDrive(let drive): [drive]
            case nil: [path]
            }
        let parts = drives.flatMap { drive in
            (try? FolderEntry.entries(of: drive).filter { $0.kind == .folder }.map { drive.appending($0.component) })
                ?? []
        }
        return drives + parts
    }
}
