// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import ContentTransfer
import Cryptography
import Identifiers
import JSON
import Support
import SystemPackage
import WindowsImaging

/// The files of a boot image of Debian's packages, and the WIM that carries them.
public struct OpenBootImage {
    /// What it was made of.
    public let facts: OpenBootImageFacts
    /// Which of its files go where on media.
    public let list: BootFileList
    private let architecture: Architecture
    private let files: [(path: MediaPath, bytes: [UInt8])]

    private static let folder = "tsmedia/boot"
    private static let name = "tsmedia open boot image"

    /// An image for `architecture` of `contents`, each with its place on media and the firmware that needs it.
    init(
        facts: OpenBootImageFacts, factBytes: [UInt8], architecture: Architecture,
        contents: [(target: String, firmware: [Firmware], bytes: [UInt8])]
    ) throws {
        self.facts = facts
        self.architecture = architecture
        var files: [(path: MediaPath, bytes: [UInt8])] = []
        var entries: [BootFileList.File] = []
        for content in contents {
            let target = try MediaPath(content.target)
            let source = try MediaPath(Self.folder + "/" + target.name)
            files.append((source, content.bytes))
            entries.append(BootFileList.File(target: target, source: source, firmware: content.firmware))
        }
        // Media tells what it starts without its boot image being opened.
        let factPath = try MediaPath(OpenBootImageFacts.path)
        entries.append(
            BootFileList.File(
                target: try MediaPath(OpenBootImageFacts.mediaPath), source: factPath, firmware: architecture.firmware))
        files.append((factPath, factBytes))
        list = BootFileList(entries)
        files.append((try MediaPath(BootFileList.path), try JSON.bytes(of: list)))
        self.files = files
    }

    /// The size in bytes of the files.
    public var byteCount: Int64 { files.reduce(0) { $0 + Int64($1.bytes.count) } }

    /// Writes the image to `output`.
    ///
    /// - Throws: `OutputError`, `FileError`, `WindowsImagingError`, `InterruptedError`.
    public func write(
        to output: FilePath, replacesExisting: Bool, interruption: Interruption = .ofProcess,
        observer: any ProgressObserver = SilentProgress()
    ) throws {
        let digests = files.map { SHA256.digest(of: $0.bytes) }
        let identity = digests.map(\.description).joined(separator: "\n")
        let description = WindowsImageDescription(
            name: Self.name,
            properties: [
                .init("DESCRIPTION", "Linux \(facts.kernel) with tsengine"),
                .init("WINDOWS/ARCH", "\(architecture.windowsValue)"),
            ],
            compression: .fast, hasIntegrityTable: true,
            guid: Array(SHA256.digest(of: Array("tsmedia boot image 1\n\(identity)".utf8)).bytes.prefix(16)),
            created: Self.time)
        let layout = WindowsImageLayout(
            description,
            files: zip(files, digests).map { file, digest in
                MediaFile(
                    path: file.path, byteCount: Int64(file.bytes.count), sha256: digest, modified: Self.time)
            }, folders: [])
        let pending = try PendingOutput(output, kind: .file, replacesExisting: replacesExisting)
        let writer = WindowsImageWriter(layout, threadCount: 1, interruption: interruption)
        let (numbers, files) = (layout.contentFiles, files)
        _ = try writer.write(
            { number in
                let index = numbers[number]
                return TransferContent(
                    name: "file \(files[index].path)", source: .bytes(files[index].bytes),
                    byteCount: Int64(files[index].bytes.count), sha256: digests[index])
            },
            progress: ProgressMeter(phase: "writing the boot image", totalByteCount: byteCount, observer: observer)
        ) { _ in (pending.temporaryPath, pending.descriptor) }
        try pending.publish()
    }

    /// 1980-01-01, with which FAT's time begins: nothing in the image has a time of its own.
    private static let time = Timestamp(unixSeconds: 315_532_800)
}
