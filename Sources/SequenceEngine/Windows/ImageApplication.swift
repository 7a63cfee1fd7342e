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

    /// Whether it lies in `folder`, all of it.
    package func lies(in folder: FilePath) -> Bool { ([path] + parts).allSatisfy { $0.starts(with: folder) } }

    /// The same archive where the files of `folder` are shown in `other`.
    package func moved(from folder: FilePath, to other: FilePath) -> ImageArchive {
        func moved(_ path: FilePath) -> FilePath {
            var rest = path
            return rest.removePrefix(folder) ? other.appending(rest.components) : path
        }
        return ImageArchive(path: moved(path), parts: parts.map(moved))
    }

    /// The bytes that it takes.
    var byteCount: Int64 {
        ([path] + parts).reduce(0) { sum, path in
            let (total, overflow) = sum.addingReportingOverflow(max(0, (try? Stat(path).size) ?? 0))
            return overflow ? .max : total
        }
    }
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
    /// - Parameter keptByteCount: what stays on the volume.
    /// - Throws: `WindowsImagingError`.
    package static func problem(
        image index: Int, of archive: WindowsImage, on volume: DiskVolume, keptByteCount: Int64 = 0
    ) throws(WindowsImagingError) -> DiskError? {
        let object = DiagnosticText(volume.title)
        guard volume.fileSystem == .ntfs else {
            return DiskError(
                .refused, object, "is not formatted with NTFS, and an image is applied to NTFS only",
                nextStep: "format it with NTFS in the step that divides the disk")
        }
        let room = Int64(volume.range.count) - keptByteCount
        guard let needed = try neededByteCount(ofImage: index, in: archive), needed > room else { return nil }
        let beside = keptByteCount > 0 ? " beside its archive, which lies there" : ""
        return DiskError(
            .cannotCreate, object,
            "has \(volume.range.count) bytes, and image \(index) needs \(needed)\(beside)",
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
        let kept = try prepare(volume, emptiesFirst: emptiesFirst, interruption: interruption) { _ in
            replacesOwn ? (archive, index) : nil
        }
        try write(
            image: index, of: archive, to: volume, beside: kept, interruption: interruption, progress: progress)
    }

    /// Applies image `index` of `archive`, which lies on `volume` itself, mounted on `mountPoint` until now.
    ///
    /// - Throws: as ``apply(image:of:to:emptiesFirst:interruption:progress:)``.
    package static func apply(
        image index: Int, of archive: ImageArchive, shownAt mountPoint: FilePath, to volume: DiskVolume,
        emptiesFirst: Bool, replacesOwn: Bool = false, interruption: Interruption,
        progress: any ProgressObserver = SilentProgress()
    ) throws {
        let kept = try prepare(volume, emptiesFirst: emptiesFirst, interruption: interruption) { root in
            replacesOwn ? (try archive.moved(from: mountPoint, to: root).open(), index) : nil
        }
        // Nobody mounts a volume that libwim writes: its files are seen beside that.
        let work = try TemporaryFolder()
        let view = try ReadOnlyVolume(
            volume.node, called: volume.title, .ntfs, on: work.appending("volume"), interruption: interruption)
        do {
            let archive = try archive.moved(from: mountPoint, to: view.root).open()
            try write(
                image: index, of: archive, to: volume, beside: kept, interruption: interruption, progress: progress)
        }
        try view.unmount()
    }

    /// Empties `volume` but for ``keptNames`` where it is to be emptied.
    ///
    /// - Parameter replaced: for the root of the volume, an image of which it holds a part that goes; nil for none.
    /// - Returns: the names at its root that are left.
    private static func prepare(
        _ volume: DiskVolume, emptiesFirst: Bool, interruption: Interruption,
        _ replaced: (FilePath) throws -> (archive: WindowsImage, index: Int)?
    ) throws -> [String] {
        let mounted = try MountedVolume(volume, interruption: interruption)
        let root = mounted.folder.root
        if emptiesFirst { try mounted.folder.removeAll(keeping: keptNames, interruption: interruption) }
        var kept = try FolderEntry.entries(of: root).compactMap(\.name)
        if let (archive, index) = try replaced(root) {
            kept = try kept.filter { name in
                guard !keptNames.contains(name.caseFolded), let path = try? MediaPath(name),
                    try archive.entry(path, inImage: index) != nil
                else { return true }
                try Folder.removeTree(root.appending(name))
                return false
            }
        }
        try mounted.unmount()
        return kept
    }

    private static func write(
        image index: Int, of archive: WindowsImage, to volume: DiskVolume, beside kept: [String],
        interruption: Interruption, progress: any ProgressObserver
    ) throws {
        for name in kept where !keptNames.contains(name.caseFolded) {
            guard let path = try? MediaPath(name), try archive.entry(path, inImage: index) != nil else { continue }
            throw DiskError(
                .refused, DiagnosticText(volume.title), "has '\(name)' already, which the image has too",
                nextStep: "let the step delete all content of the volume first")
        }
        try archive.apply(
            image: index, toNTFS: volume.node, leavingOut: kept, interruption: interruption, progress: progress)
    }
}

extension EngineSession {
    /// Applies image `index` of `archive` to `target`, which is mounted by nobody afterwards.
    ///
    /// - Parameters:
    ///   - emptiesFirst: whether what is on the volume goes before.
    ///   - replacesOwn: whether the volume may hold a part of the image, which was being applied when its computer stopped.
    /// - Throws: as `ImageApplication.apply`.
    func apply(
        image index: Int, of archive: ImageArchive, to target: TargetVolume, emptiesFirst: Bool = true,
        replacesOwn: Bool = false
    ) throws {
        guard let disk = target.disk else { return }
        if archive.lies(in: mountRoot) {
            // The volume that holds it may have been written by the image before.
            for place in volumes.volumes.indices { try mount(place) }
        }
        if let point = target.mountPoint, archive.lies(in: point) {
            if let problem = try ImageApplication.problem(
                image: index, of: try archive.open(), on: disk, keptByteCount: archive.byteCount)
            {
                throw problem
            }
            try unmount { $0.device == target.device }
            return try ImageApplication.apply(
                image: index, of: archive, shownAt: point, to: disk, emptiesFirst: emptiesFirst,
                replacesOwn: replacesOwn, interruption: interruption, progress: imageProgress)
        }
        try unmount { $0.device == target.device }
        try ImageApplication.apply(
            image: index, of: try archive.open(), to: disk, emptiesFirst: emptiesFirst, replacesOwn: replacesOwn,
            interruption: interruption, progress: imageProgress)
    }
}
