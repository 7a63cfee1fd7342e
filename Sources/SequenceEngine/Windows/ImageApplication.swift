// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Support
import SystemPackage
import WindowsImaging

/// The archive of an operating system image or data image: one file, or the parts of a split one wherever they are.
package struct ImageArchive: Sendable, Equatable {
    /// The archive, or its first part.
    package let path: FilePath
    /// The other parts of a split archive, in any folders.
    package let parts: [FilePath]

    /// Names an archive.
    package init(path: FilePath, parts: [FilePath] = []) {
        self.path = path
        self.parts = parts
    }

    /// Opens the archive.
    ///
    /// - Throws: `WindowsImagingError`.
    package func open() throws(WindowsImagingError) -> WindowsImage { try WindowsImage(path: path, parts: parts) }
}

/// Images that are applied to volumes of NTFS.
package enum ImageApplication {
    /// What of a volume stays when an image is applied to it: the task sequence's own files.
    package static let keptNames: Set<CaseFoldedName> = ["_SMSTaskSequence", "System Volume Information"]

    /// The room that an image needs for sure, in bytes; nil where its archive does not say.
    ///
    /// - Throws: `WindowsImagingError`, `.imageNotFound` among them.
    package static func neededByteCount(
        ofImage index: Int, in archive: WindowsImage
    ) throws(WindowsImagingError) -> Int64? {
        let properties = try archive.properties(ofImage: index)
        guard let total = properties.totalByteCount.map({ Int64(clamping: $0) }) else { return nil }
        return max(0, total - (properties.hardLinkByteCount.map { Int64(clamping: $0) } ?? 0))
    }

    /// What speaks against applying image `index` to `volume`; nil when nothing does.
    ///
    /// - Throws: `WindowsImagingError`.
    package static func problem(
        image index: Int, of archive: WindowsImage, on volume: DiskVolume
    ) throws(WindowsImagingError) -> DiskError? {
        let object = DiagnosticText(volume.title)
        guard volume.fileSystem == .ntfs else {
            return DiskError(
                .refused, object, "is not formatted with NTFS, and an image is applied to NTFS only",
                nextStep: "format it with NTFS in the step that divides the disk")
        }
        guard let needed = try neededByteCount(ofImage: index, in: archive), needed > Int64(volume.range.count) else {
            return nil
        }
        return DiskError(
            .cannotCreate, object, "has \(volume.range.count) bytes, and image \(index) needs \(needed)",
            nextStep: "use a larger disk, or make the partition larger")
    }

    /// Applies image `index` to `volume`, which is emptied before but for ``keptNames``.
    ///
    /// - Parameters:
    ///   - emptiesFirst: false leaves what is there; nothing at its root may have a name of the image's then.
    ///   - replacesOwn: whether what has such a name is a part of this image, which was applied before and is applied anew.
    /// - Throws: `WindowsImagingError`: `.damaged` when a file is not what it was, `.noSpace`, `.interrupted`; ``DiskError``;
    ///   `FileError`; `InterruptedError`.
    package static func apply(
        image index: Int, of archive: WindowsImage, to volume: DiskVolume, emptiesFirst: Bool = true,
        replacesOwn: Bool = false, interruption: Interruption, progress: any ProgressObserver = SilentProgress()
    ) throws {
        if let problem = try problem(image: index, of: archive, on: volume) { throw problem }
        let mounted = try MountedVolume(volume, interruption: interruption)
        if emptiesFirst { try mounted.folder.removeAll(keeping: keptNames, interruption: interruption) }
        var kept = try FolderEntry.entries(of: mounted.folder.root).compactMap(\.name)
        let same = try kept.filter { name in
            guard !keptNames.contains(name.caseFolded), let path = try? MediaPath(name) else { return false }
            return try archive.entry(path, inImage: index) != nil
        }
        if replacesOwn {
            for name in same { try Folder.removeTree(mounted.folder.root.appending(name)) }
            kept.removeAll { name in same.contains { $0.isExactly(name) } }
        }
        try mounted.unmount()
        if let name = same.first, !replacesOwn {
            throw DiskError(
                .refused, DiagnosticText(volume.title), "has '\(name)' already, which the image has too",
                nextStep: "let the step delete all content of the volume first")
        }
        try archive.apply(
            image: index, toNTFS: volume.node, leavingOut: kept, interruption: interruption, progress: progress)
    }
}
