// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibntfs
import Support
import SystemPackage

/// What keeps a volume that exists from being read or written as it is.
public enum VolumeCondition: Sendable, Equatable {
    /// BitLocker has encrypted it.
    case encrypted
    /// NTFS that Windows left as it should.
    case clean
    /// NTFS with changes that Windows has not finished.
    case dirty
    /// NTFS with the memory of a Windows that sleeps or was shut down for a fast start.
    case hibernated
    /// NTFS that cannot be read.
    case unreadable

    /// What a volume that BitLocker encrypted has for the name of its file system (libblkid, BitLocker's signature).
    private static let encryptedName = Array("-FVE-FS-".utf8)

    /// Whether the boot record of the volume in `device` says that it is of NTFS; false for what cannot be read.
    public static func isNTFS(_ device: FilePath) -> Bool {
        guard let descriptor = try? FileDescriptor.open(device, .readOnly, options: .closeOnExec) else { return false }
        defer { try? descriptor.close() }
        guard let source = try? FileSource(descriptor, path: device) else { return false }
        return (try? fileSystemName(source, at: 0)) == NTFSBootRecord.signature
    }

    private static func fileSystemName(_ source: FileSource, at start: Int64) throws(FileError) -> [UInt8]? {
        try source.bytes(at: start + NTFSBootRecord.signatureOffset, length: NTFSBootRecord.signature.count)
    }

    /// What is at `range` of an open drive, which is only read; nil for what is no volume of Windows.
    ///
    /// - Throws: `FileError` when the drive cannot be read.
    public static func of(
        _ descriptor: FileDescriptor, path: FilePath, range: Range<Int64>
    ) throws(FileError) -> VolumeCondition? {
        let source = try FileSource(descriptor, path: path)
        let name = try fileSystemName(source, at: range.lowerBound)
        if name == encryptedName { return .encrypted }
        guard name == NTFSBootRecord.signature else { return nil }
        guard let volume = NTFSVolume(descriptor, path: path, range: range) else { return .unreadable }
        defer { try? volume.close() }
        return volume.isHibernated ? .hibernated : volume.isDirty ? .dirty : .clean
    }
}

extension NTFSVolume {
    /// Whether Windows has changes of the volume that it has not finished (VOLUME_IS_DIRTY of layout.h of ntfs-3g).
    fileprivate var isDirty: Bool { handle.map { UInt16(littleEndian: $0.pointee.flags) & 1 != 0 } ?? false }

    /// Whether hiberfil.sys holds the memory of a Windows.
    fileprivate var isHibernated: Bool { handle.map { ntfs_volume_check_hiberfile($0, 0) != 0 } ?? false }
}
