// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// A disk of the machine as it is asked for.
public enum TrialDisk: Sendable, Equatable {
    /// An empty one of this size.
    case empty(byteCount: Int64)
    /// What a file holds.
    case file(FilePath)

    /// More than any disk has.
    private static let largestByteCount: Int64 = 1 << 50
    /// What a disk can be divided in at all.
    private static let smallestByteCount: Int64 = 1 << 20
    static let sectorByteCount: Int64 = 512

    /// What a machine has when nothing else is asked for: as much as Windows, its applications and an image in its cache take.
    public static let usual = TrialDisk.empty(byteCount: 64 << 30)

    /// What a text begins with that asks for a stick in a USB port.
    public static let stickPrefix = "usb:"

    /// The disk that `text` asks for: a size as it is written everywhere, or else the path of a file.
    ///
    /// - Throws: ``MediaTrialError`` `.badRequest` for sizes that no disk has.
    public init(_ text: String) throws(MediaTrialError) {
        // A name with a path or an extension is that of a file, whatever it begins with.
        let isSize = text.first?.isNumber == true && !text.contains("/") && !text.lowercased().hasSuffix(".img")
        guard !text.isEmpty else {
            throw MediaTrialError(
                .badRequest, "\(.disk)", "names no disk", nextStep: "give a size as 64GiB, or the file of a disk")
        }
        guard isSize else {
            self = .file(FilePath(text))
            return
        }
        guard let byteCount = try? ByteCountText.parse(text),
            (Self.smallestByteCount...Self.largestByteCount).contains(byteCount)
        else {
            throw MediaTrialError(
                .badRequest, "\(.disk)", "'\(text)' is no size of a disk",
                nextStep: "give one between 1MiB and 1024TiB, or a file as ./NAME")
        }
        self = .empty(byteCount: byteCount)
    }

    /// The file; nil for an empty disk.
    public var file: FilePath? {
        if case .file(let path) = self { return path }
        return nil
    }

    /// Makes sure that the file can be a disk.
    ///
    /// - Throws: `FileError`; ``MediaTrialError`` `.badDisk` for what has no whole sectors, and for images in a form of their
    ///   own: a disk that hostile media wrote may look like one of these and name any file of this computer.
    func check() throws {
        guard let file else { return }
        let descriptor = try InputFile.open(file)
        defer { try? descriptor.close() }
        let source = try FileSource(descriptor, path: file)
        let start = try source.bytes(at: 0, length: Int(min(8, source.byteCount))) ?? []
        for (name, magic) in Self.containers where start.starts(with: magic.utf8) {
            throw MediaTrialError(
                .badDisk, "disk \(file)", "is an image in the form \(name), and disks are taken as their bytes",
                nextStep: "convert it: qemu-img convert -O raw")
        }
        guard source.byteCount >= Self.smallestByteCount, source.byteCount.isMultiple(of: Self.sectorByteCount) else {
            throw MediaTrialError(
                .badDisk, "disk \(file)",
                "has \(source.byteCount) bytes, and a disk has whole sectors and at least 1 MiB",
                nextStep: "check that it is the image of a disk")
        }
    }

    /// How such images begin: docs/interop/qcow2.txt of QEMU, MS-VHDX 2.2.1, VMware's Virtual Disk Format 5.0.
    private static let containers = [("qcow2", "QFI"), ("VHDX", "vhdxfile"), ("VMDK", "KDMV")]
}
