// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Support
import SystemPackage

/// A volume that becomes an image.
public struct CaptureVolume: Sendable, Equatable {
    /// What it is formatted with.
    public typealias FileSystem = VolumeFileSystem

    /// The node of its partition, or a file with a volume.
    public let node: FilePath
    /// What messages call it.
    public let title: String
    /// What it is formatted with.
    public let fileSystem: FileSystem
    /// The name of its image.
    public let imageName: String

    /// Describes a volume.
    public init(node: FilePath, title: String, fileSystem: FileSystem, imageName: String) {
        self.node = node
        self.title = title
        self.fileSystem = fileSystem
        self.imageName = imageName
    }

    /// Which FAT it has, as FAT32; nil for none.
    ///
    /// - Throws: `FileError` when it cannot be read.
    public var kindOfFAT: String? {
        get throws {
            let descriptor = try InputFile.open(node, allowsDevices: true)
            return try descriptor.closeAfter { try FATVolume(FileSource(descriptor, path: node))?.title }
        }
    }
}

/// What keeps volumes from being captured.
public enum VolumeRefusal {
    /// Why a volume of Windows in this condition is not captured; nil for one that can be.
    public static func error(_ condition: VolumeCondition?, title: String) -> CaptureError? {
        let object = DiagnosticText(title)
        switch condition {
        case nil, .clean: return nil
        case .encrypted:
            return CaptureError(
                .badVolume, object, "is encrypted by BitLocker, and its files cannot be read",
                nextStep: "switch BitLocker off in its Windows, wait until it is decrypted, and capture again")
        case .hibernated:
            return CaptureError(
                .badVolume, object, "belongs to a Windows that sleeps or was shut down for a fast start",
                nextStep: "start its Windows, shut it down with 'shutdown /s /t 0', and capture again")
        case .dirty:
            return CaptureError(
                .badVolume, object, "has changes that Windows has not finished",
                nextStep: "start its Windows, run 'chkdsk /f' there, shut it down, and capture again")
        case .unreadable:
            return CaptureError(
                .badVolume, object, "has NTFS that is damaged: its file table, or the copy of it, is not sound",
                nextStep: "run 'chkdsk /f' on it in Windows, and capture again")
        }
    }

    /// Why the volume of FAT32 at `node` is not captured; nil when it can be.
    ///
    /// - Throws: `FileError` when it cannot be read.
    static func error(ofFAT volume: CaptureVolume, _ source: FileSource) throws(FileError) -> CaptureError? {
        let object = DiagnosticText(volume.title)
        guard let found = try FATVolume(source) else {
            return CaptureError(
                .badVolume, object, "has no FAT32 that can be read",
                nextStep: "run 'chkdsk /f' on it in Windows, and capture again")
        }
        guard try found.isClean() else {
            return CaptureError(
                .badVolume, object, "was in use when its computer stopped, and has not been checked since",
                nextStep: "run 'chkdsk /f' on it in Windows, and capture again")
        }
        guard let damage = try found.facts().damages.first else { return nil }
        return CaptureError(
            .badVolume, object,
            "has FAT32 that is damaged: \(damage.path.isEmpty ? "its root" : "folder \(damage.path.onOneLine)") \(damage.problem)",
            nextStep: "run 'chkdsk /f' on it in Windows, and capture again")
    }

    /// Why `volume` is not captured; nil when it can be.
    ///
    /// - Throws: `FileError` when it cannot be read.
    public static func error(of volume: CaptureVolume) throws -> CaptureError? {
        let descriptor = try InputFile.open(volume.node, allowsDevices: true)
        return try descriptor.closeAfter {
            let source = try FileSource(descriptor, path: volume.node)
            guard volume.fileSystem == .ntfs else { return try error(ofFAT: volume, source) }
            let condition = try VolumeCondition.of(descriptor, path: volume.node, range: 0..<source.byteCount)
            return error(condition ?? .unreadable, title: volume.title)
        }
    }
}
