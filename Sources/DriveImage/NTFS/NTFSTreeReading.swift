// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibntfs
import Cryptography
import FileTrees
import Support

/// Reads everything that a volume of NTFS keeps of the files of an image on it.
///
/// Nothing on the volume is trusted: what cannot be read is told, folders that hold each other end.
struct NTFSTreeReading {
    private let volume: NTFSVolume
    private let mask: MediaMask
    private let byteLimit: Int64
    private let limits: FATVolume.Limits
    private let interruption: Interruption
    private let observe: (_ byteCount: Int) -> Void
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)

    private var digest = FileTreeDigest()
    private var (fileCount, folderCount) = (0, 0)
    private var streams: Set<[UInt8]> = []
    private var byteCount: Int64 = 0
    private var unreadable: [String] = []
    /// The streams of files that have several names, by the number of the file.
    private var linked: [UInt64: [FileFacts.Stream]] = [:]
    /// The digests of the descriptors of the volume, by their number.
    private var descriptors: [UInt32: SHA256Digest] = [:]

    /// A folder that waits for its entries to be read.
    private struct Waiting {
        let path: String
        let reference: UInt64
        let depth: Int
    }

    /// An entry of a folder that is the image's.
    private struct Child {
        let name: NTFSVolume.Name
        let path: String
        var shortName: [UInt16] = []
    }

    /// Reads the files of `volume` that are not the media's by `mask`.
    ///
    /// - Parameters:
    ///   - byteLimit: no stream is larger in the tree that is looked for: one that is makes another tree, and is not read.
    ///   - observe: told how many bytes were read, again and again.
    /// - Throws: `InterruptedError`.
    static func tree(
        of volume: NTFSVolume, _ mask: MediaMask, byteLimit: Int64, limits: FATVolume.Limits = .drive,
        interruption: Interruption, observe: @escaping (_ byteCount: Int) -> Void
    ) throws -> NTFSTree {
        var reading = NTFSTreeReading(
            volume: volume, mask: mask, byteLimit: byteLimit, limits: limits, interruption: interruption,
            observe: observe)
        defer { reading.buffer.deallocate() }
        return try reading.read()
    }

    private init(
        volume: NTFSVolume, mask: MediaMask, byteLimit: Int64, limits: FATVolume.Limits, interruption: Interruption,
        observe: @escaping (Int) -> Void
    ) {
        self.volume = volume
        self.mask = mask
        self.byteLimit = byteLimit
        self.limits = limits
        self.interruption = interruption
        self.observe = observe
    }

    private mutating func read() throws -> NTFSTree {
        let root = NTFSVolume.rootReference
        var visited: Set<UInt64> = [NTFSVolume.record(root)]
        var waiting = [Waiting(path: "", reference: root, depth: 0)]
        var isRoot = true
        while let folder = waiting.popLast() {
            let children = children(of: folder)
            if isRoot {
                try add(
                    NTFSVolume.Name(units: [], reference: root, isFolder: true, kind: .other), "", [], children.count)
                isRoot = false
            }
            var folders: [Waiting] = []
            for child in children {
                try interruption.check()
                guard fileCount + folderCount < limits.entryCount else { break }
                let below = Waiting(path: child.path, reference: child.name.reference, depth: folder.depth + 1)
                let isWalked =
                    child.name.isFolder && below.depth < limits.depth
                    && visited.insert(NTFSVolume.record(child.name.reference)).inserted
                let count = isWalked ? self.children(of: below).count : 0
                let isReparsePoint = try add(child.name, child.path, child.shortName, count)
                if isWalked, count > 0, !isReparsePoint { folders.append(below) }
            }
            waiting += folders.reversed()
        }
        let (whole, withoutRoot) = digest.finish()
        return NTFSTree(
            sha256: whole, sha256WithoutRootDescriptor: withoutRoot, fileCount: fileCount, folderCount: folderCount,
            streamCount: streams.count, byteCount: byteCount, unreadable: unreadable)
    }

    /// The image's entries of a folder, in the order of the bytes of their names.
    private mutating func children(of folder: Waiting) -> [Child] {
        guard let names = volume.names(in: folder.reference, limit: limits.entryCount) else {
            unreadable.append(folder.path.isEmpty ? "/" : folder.path)
            return []
        }
        var shortNames: [UInt64: [UInt16]] = [:]
        for name in names where name.kind == .short { shortNames[name.reference] = name.units }
        let children = names.lazy.filter { $0.kind != .short }.compactMap { [mask] name -> Child? in
            let path = folder.path.isEmpty ? name.text : "\(folder.path)/\(name.text)"
            guard !mask.isOwn(path) else { return nil }
            // Of several names of a file in one folder, the short one goes with that of Windows.
            return Child(
                name: name, path: path, shortName: name.kind == .long ? shortNames[name.reference] ?? [] : [])
        }
        return children.map { ($0, Self.bytes($0.name.units)) }
            .sorted { $0.1.lexicographicallyPrecedes($1.1) }.map(\.0)
    }

    private static func bytes(_ units: [UInt16]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * units.count)
        for unit in units { bytes.append(littleEndian: unit) }
        return bytes
    }

    /// Adds an entry; returns whether it is a reparse point.
    @discardableResult
    private mutating func add(
        _ name: NTFSVolume.Name, _ path: String, _ shortName: [UInt16], _ childCount: Int
    ) throws -> Bool {
        var facts = FileFacts()
        facts.name = Self.bytes(name.units)
        facts.shortName = Self.bytes(shortName)
        guard let inode = volume.open(name.reference) else {
            unreadable.append(path.isEmpty ? "/" : path)
            return false
        }
        defer { ntfs_inode_close(inode) }
        facts.attributes = tsm_ntfs_attributes(inode)
        let times = tsm_ntfs_get_times(inode)
        facts.times = [times.creation, times.last_access, times.last_write]
        facts.descriptor = descriptor(of: inode, path)
        let isReparsePoint = facts.attributes & NTFSVolume.reparsePointAttribute != 0
        let number = NTFSVolume.record(name.reference)
        let hasLinks = !isReparsePoint && UInt16(littleEndian: inode.pointee.mrec.pointee.link_count) > 1
        if let known = linked[number] {
            facts.streams = known
        } else {
            try readStreams(of: inode, path, isReparsePoint, &facts)
            if hasLinks { linked[number] = facts.streams }
        }
        if facts.attributes & Self.folderAttribute != 0, !isReparsePoint { folderCount += 1 } else { fileCount += 1 }
        digest.add(
            facts, link: hasLinks ? number : nil,
            childCount: isReparsePoint ? 0 : childCount)
        return isReparsePoint
    }

    /// FILE_ATTRIBUTE_DIRECTORY (MS-FSCC 2.6).
    private static let folderAttribute: UInt32 = 0x10
    /// No security descriptor has more bytes: its lists have 16 bits for their sizes.
    private static let descriptorLimit = 1 << 18

    /// What libntfs-3g (2022.10.3) gives to a file of which an image has no descriptor, and to no other: owner and group
    /// Administrators (S-1-5-32-544), everything allowed to everyone (S-1-1-0), here and below (MS-DTYP 2.4.6).
    private static let givenDescriptor: [UInt8] = {
        let administrators: [UInt8] = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0]
        let entry: [UInt8] = [0, 3, 0x14, 0, 0xFF, 1, 0x1F, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
        return [1, 0, 4, 0x80, 20, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 52, 0, 0, 0] + administrators + administrators
            + [2, 0, 28, 0, 1, 0, 0, 0] + entry
    }()

    private mutating func descriptor(of inode: UnsafeMutablePointer<ntfs_inode>, _ path: String) -> SHA256Digest? {
        let number = tsm_ntfs_security_number(inode)
        if number != 0, let known = descriptors[number] { return known }
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Self.descriptorLimit])
        let size = tsm_ntfs_descriptor(inode, room.baseAddress?.assumingMemoryBound(to: CChar.self), room.count)
        guard size != 0 else { return nil }
        guard size > 0, Int(size) <= room.count else {
            unreadable.append(path)
            return nil
        }
        let bytes = Array(room[..<Int(size)])
        guard number != 0 || bytes != Self.givenDescriptor else { return nil }
        let digest = FileFacts.descriptorDigest(of: bytes[...])
        if number != 0 { descriptors[number] = digest }
        return digest
    }
}

// MARK: Streams

extension NTFSTreeReading {
    /// The head of the buffer of a reparse point: tag, size, reserved (MS-FSCC 2.1.2.2).
    private static let reparseHeadByteCount = 8

    /// Stands for a stream that is too large to be one of the tree.
    private static let otherHash = [UInt8](repeating: 0xFF, count: SHA1.byteCount)

    private mutating func readStreams(
        of inode: UnsafeMutablePointer<ntfs_inode>, _ path: String, _ isReparsePoint: Bool, _ facts: inout FileFacts
    ) throws {
        if isReparsePoint {
            var head: [UInt8] = []
            let data = tsm_ntfs_open_reparse_point(inode)
            let hash = try sha1(
                of: data, { head += $0.prefix(Self.reparseHeadByteCount) }, skipping: Self.reparseHeadByteCount)
            if let hash {
                facts.streams.append(.init(name: [], sha1: hash))
            } else {
                unreadable.append(path)
            }
            let reader = ByteReader(head)
            facts.reparsePoint = .init(
                tag: reader.littleEndian(at: 0) ?? 0, reserved: reader.littleEndian(at: 6) ?? 0)
        }
        guard let names = streamNames(of: inode) else {
            unreadable.append(path)
            return
        }
        for name in names {
            var units = name.map(\.littleEndian)
            let stream = tsm_ntfs_open_stream(inode, &units, UInt32(units.count))
            guard let hash = try sha1(of: stream, { _ in }, skipping: 0) else {
                unreadable.append(path + (name.isEmpty ? "" : ":\(String(decoding: name, as: UTF16.self))"))
                continue
            }
            facts.streams.append(.init(name: Self.bytes(name), sha1: hash))
        }
    }

    private func streamNames(of inode: UnsafeMutablePointer<ntfs_inode>) -> [[UInt16]]? {
        guard let context = ntfs_attr_get_search_ctx(inode, nil) else { return nil }
        defer { ntfs_attr_put_search_ctx(context) }
        var names: [[UInt16]] = []
        while true {
            var name: UnsafePointer<UInt16>?
            var length: UInt32 = 0
            switch tsm_ntfs_next_stream(context, &name, &length) {
            case 0: return names
            case 1:
                names.append(
                    UnsafeBufferPointer(start: name, count: Int(length)).map { UInt16(littleEndian: $0) })
            default: return nil
            }
        }
    }

    /// The SHA-1 of a stream without its first bytes, which are handed to `head`; nil when it cannot be read.
    private mutating func sha1(
        of stream: UnsafeMutablePointer<ntfs_attr>?, _ head: (UnsafeRawBufferPointer) -> Void, skipping count: Int
    ) throws -> [UInt8]? {
        guard let stream else { return nil }
        defer { ntfs_attr_close(stream) }
        let size = stream.pointee.data_size
        guard size >= 0 else { return nil }
        guard size - Int64(count) <= byteLimit else { return Self.otherHash }
        let hash = SHA1()
        var done: Int64 = 0
        while done < size {
            try interruption.check()
            let read = ntfs_attr_pread(stream, done, min(Int64(buffer.count), size - done), buffer.baseAddress)
            guard read > 0 else { return nil }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<Int(read)])
            let skipped = done == 0 ? min(count, bytes.count) : 0
            if done == 0, count > 0 { head(bytes) }
            hash.update(UnsafeRawBufferPointer(rebasing: bytes[skipped...]))
            observe(Int(read))
            done += read
        }
        guard done > Int64(count) else { return FileFacts.Stream.noHash }
        let digest = hash.finalize()
        if streams.insert(digest).inserted { byteCount += done - Int64(count) }
        return digest
    }
}
