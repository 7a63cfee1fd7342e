// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage

/// Contents that are kept on a volume of the target until steps have used them.
///
/// They lie where the new Windows finds the packages of its commands, so that those need no second copy.
final class ContentStaging {
    /// Where contents lie on a volume that are whole, and where while they are copied.
    static let packages = "_SMSTaskSequence/Packages"
    private static let unfinished = "_SMSTaskSequence/Unfinished"
    /// What a file takes beside its bytes: its record and its place in a folder's index.
    private static let fileOverhead: Int64 = 8 << 10

    private unowned let session: EngineSession
    /// The devices of the volumes that contents lie on, by their IDs: whole ones, and those that are copied.
    private var whole: [CaseFoldedName: FilePath] = [:]
    private var begun: [CaseFoldedName: FilePath] = [:]

    /// Keeps contents on the volumes of `session`.
    init(_ session: EngineSession) { self.session = session }

    /// The folder of a content that is whole; nil where there is none, or none any more.
    func folder(of id: String) -> FilePath? {
        guard let device = whole[id.caseFolded], let volume = folder(ofVolume: device),
            let path = try? MediaPath("\(Self.packages)/\(id)"), let found = try? volume.find(path),
            found.kind == .folder
        else { return nil }
        return found.path
    }

    /// The files of the volume `device`, which is mounted where it is not yet.
    private func folder(ofVolume device: FilePath) -> VolumeFolder? {
        guard let index = session.volumes.volumes.firstIndex(where: { $0.device == device }) else { return nil }
        try? session.mount(index)
        return session.volumes.volumes[index].mountPoint.map(VolumeFolder.init)
    }

    // MARK: Places

    /// Whether a volume that this run has made has room for `files`.
    func hasPlace(for files: [MediaManifest.File]) -> Bool { place(for: Self.byteCount(files)) != nil }

    private static func byteCount(_ files: [MediaManifest.File]) -> Int64 {
        files.reduce(0) { sum, file in
            let (byteCount, overflow) = sum.addingReportingOverflow(max(0, file.size))
            return overflow ? .max : byteCount > .max - fileOverhead ? .max : byteCount + fileOverhead
        }
    }

    /// The volume with the most room among those that this run has made: that of the new Windows before all others.
    private func place(for byteCount: Int64) -> FilePath? {
        var best: (device: FilePath, free: Int64)?
        for volume in session.volumes.volumes {
            guard let disk = volume.disk, disk.fileSystem == .ntfs, disk.isForData, volume.letter != nil,
                let folder = folder(ofVolume: volume.device), let free = try? Folder.freeByteCount(of: folder.root),
                free > byteCount
            else { continue }
            let isWindows = disk.node == session.installation.windows?.volume.node
            guard isWindows || session.installation.dividedDisks.contains(disk.disk) else { continue }
            if isWindows { return volume.device }
            if free > best?.free ?? 0 { best = (volume.device, free) }
        }
        return best?.device
    }

    // MARK: Copies

    /// Makes a place for `files` of the content `id`, which follow.
    ///
    /// - Throws: ``EngineError`` `.disk` when no volume has room for them.
    func begin(_ id: String, _ files: [MediaManifest.File]) throws {
        let needed = Self.byteCount(files)
        if let device = begun[id.caseFolded] {
            guard let folder = folder(ofVolume: device), let free = try? Folder.freeByteCount(of: folder.root),
                free > needed
            else {
                throw Self.noRoom(id, needed)
            }
            return
        }
        // A volume that is kept as it is is written by nobody but the step that applies an image to it.
        guard let device = place(for: needed) ?? fallback(for: needed) else { throw Self.noRoom(id, needed) }
        session.hasWritten = true
        if whole.isEmpty, begun.isEmpty { session.atEnd.append { [weak self] _ in self?.tidy() } }
        begun[id.caseFolded] = device
        try discard(Self.unfinished, id, device)
        session.log.note("content \(id) is staged on \(device)")
    }

    /// The volume that an image would go to when nobody says where.
    private func fallback(for byteCount: Int64) -> FilePath? {
        guard let device = session.volumes.firstForWindows?.device, let folder = folder(ofVolume: device),
            let free = try? Folder.freeByteCount(of: folder.root), free > byteCount
        else { return nil }
        return device
    }

    private static func noRoom(_ id: String, _ needed: Int64) -> EngineError {
        EngineError(
            .disk, "the target",
            "has no volume with room for content \(id.onOneLine), of which \(needed) bytes come from another volume of the set",
            nextStep: "divide the disk before with a larger volume for Windows, or make media of one volume")
    }

    /// Writes the file at `path` of the content `id`, of what `fill` hands over.
    ///
    /// - Throws: `FileError`; what `fill` throws.
    func write(
        _ id: String, _ path: MediaPath, _ fill: ((ArraySlice<UInt8>) throws -> Void) throws -> Void
    ) throws {
        guard let device = begun[id.caseFolded], let volume = folder(ofVolume: device) else { throw Self.noRoom(id, 0) }
        try volume.write(to: try MediaPath("\(Self.unfinished)/\(id)").appending(path), fill)
    }

    /// Takes the copy of the content `id` for whole.
    ///
    /// - Returns: its folder.
    /// - Throws: `FileError`.
    @discardableResult
    func finish(_ id: String) throws -> FilePath {
        guard let device = begun.removeValue(forKey: id.caseFolded), let volume = folder(ofVolume: device) else {
            throw Self.noRoom(id, 0)
        }
        try discard(Self.packages, id, device)
        let source = try volume.makeFolder(try MediaPath("\(Self.unfinished)/\(id)"))
        let target = try volume.makeFolder(try MediaPath(Self.packages)).appending(id)
        try AtomicFile.rename(source, to: target)
        whole[id.caseFolded] = device
        return target
    }

    /// Removes what no command of the new Windows uses.
    private func tidy() {
        let used = Set(session.laterCommands.compactMap { $0.package?.caseFolded })
        for id in whole.keys.sorted() where !used.contains(id) { remove(id.description) }
    }

    /// Removes the copy of the content `id`.
    func remove(_ id: String) {
        guard let device = whole.removeValue(forKey: id.caseFolded) else { return }
        do {
            try discard(Self.packages, id, device)
            session.log.note("content \(id) is not staged any more")
        } catch {
            session.log.warning("what was staged of content \(id) could not be removed: \(error)")
        }
    }

    private func discard(_ folder: String, _ id: String, _ device: FilePath) throws {
        guard let volume = self.folder(ofVolume: device),
            let found = try volume.find(try MediaPath("\(folder)/\(id)")), found.kind == .folder
        else { return }
        try Folder.removeTree(found.path)
    }
}
