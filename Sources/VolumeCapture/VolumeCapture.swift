// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Support
import SystemPackage
import WindowsImaging

/// Volumes that become one archive, an image each, in their order.
///
/// They are listed first: so it is known what they need before a byte is written. Nobody may write to them meanwhile; that they are
/// in a condition to be captured is ``VolumeRefusal``'s to say.
public final class VolumeCapture {
    private let volumes: [CaptureVolume]
    private let description: CaptureDescription
    private let archive: CapturedArchive
    private let interruption: Interruption
    private let work: TemporaryFolder
    /// The volumes of FAT32 by the numbers of their images.
    private var filled: [Int: FATCapture] = [:]
    /// Keeps others from mounting the volumes or writing to them.
    private var held: [FileDescriptor] = []
    /// What is known of each volume, in their order.
    public private(set) var facts: [CapturedFacts] = []

    /// A capture of `volumes`.
    ///
    /// - Throws: ``CaptureError`` `.nothing` without volumes; `WindowsImagingError`, `FileError`.
    public init(
        _ volumes: [CaptureVolume], _ description: CaptureDescription,
        compression: WindowsImageCompression = .fast, interruption: Interruption
    ) throws {
        guard !volumes.isEmpty else {
            throw CaptureError(
                .nothing, "the computer", "has no volume of NTFS or FAT32 to capture",
                nextStep: "check its disks, and where the image is to go")
        }
        self.volumes = volumes
        self.description = description
        self.interruption = interruption
        archive = try CapturedArchive(compression: compression)
        work = try TemporaryFolder()
    }

    deinit { for descriptor in held { try? descriptor.close() } }

    /// Takes `volume` for this capture alone; libwim opens it by itself, for reading.
    private func hold(_ volume: CaptureVolume) throws {
        do {
            // O_EXCL on a block device: nobody mounts it meanwhile, and nobody has it mounted (open(2)).
            held.append(
                try FileDescriptor.open(volume.node, .readOnly, options: [.closeOnExec, .exclusiveCreate]))
        } catch let error as Errno {
            guard error == .resourceBusy else { throw FileError("opened", volume.node, error) }
            throw CaptureError(
                .badVolume, "\(volume.title)", "is in use, and must not change while it is captured",
                nextStep: "end what uses it, and capture again")
        }
    }

    /// The bytes that all files have before they are compressed.
    public var byteCount: Int64 {
        facts.reduce(0) { $0.addingReportingOverflow($1.byteCount).partialValue }
    }

    /// Lists the files of all volumes.
    ///
    /// - Parameter observe: told the volume and how many of its files and folders were found so far.
    /// - Throws: `WindowsImagingError`, ``CaptureError``, `FileError`, `InterruptedError`.
    public func list(observe: @escaping (_ volume: CaptureVolume, _ entryCount: Int) -> Void = { _, _ in }) throws {
        let exclusions = work.appending("exclusions.ini")
        try AtomicFile.write(CaptureExclusions.configuration, to: exclusions)
        for volume in volumes {
            try interruption.check()
            try hold(volume)
            switch volume.fileSystem {
            case .ntfs:
                facts.append(
                    try archive.add(
                        ntfs: volume.node, name: volume.imageName, exclusions: exclusions, interruption: interruption
                    ) { observe(volume, $0) })
            case .fat32:
                let capture = try FATCapture(volume)
                try archive.addEmpty(name: volume.imageName)
                filled[archive.imageCount] = capture
                facts.append(CapturedFacts(byteCount: capture.tree.byteCount))
            }
            for property in description.properties { try archive.set(property, ofImage: archive.imageCount) }
        }
    }

    /// Says of the image of volume `number`, counted from 0, what `properties` are.
    ///
    /// - Throws: `WindowsImagingError`.
    public func set(_ properties: [WindowsImageDescription.Property], ofVolume number: Int) throws {
        for property in properties { try archive.set(property, ofImage: number + 1) }
    }

    /// Writes the archive to `path`, in the place of one that is there once the new one is whole.
    ///
    /// - Parameter isAlone: whether nobody else writes to the destination, so that what a power cut left there of an
    ///   archive of this name is removed.
    /// - Throws: `WindowsImagingError`, `.noSpace` among them; `OutputError`; `FileError`; `DriveImageError`; `InterruptedError`.
    public func write(
        to path: FilePath, threadCount: Int, isAlone: Bool = false, progress: any ProgressObserver = SilentProgress()
    ) throws {
        let output = try PendingOutput(path, kind: .file, replacesExisting: true, isAlone: isAlone)
        let file = output.temporaryPath
        try archive.write(to: file, threadCount: threadCount, interruption: interruption, progress: progress)
        if !filled.isEmpty { try fill(file, progress) }
        try output.publish()
    }

    private func fill(_ file: FilePath, _ progress: any ProgressObserver) throws {
        let filling = try ImageFilling(path: file, compression: archive.compression)
        let meter = ProgressMeter(
            phase: "capturing FAT32", totalByteCount: filled.values.reduce(0) { $0 + $1.tree.byteCount },
            observer: progress)
        for (image, capture) in filled.sorted(by: { $0.key < $1.key }) {
            try filling.fill(image: image, with: capture.tree, interruption: interruption) { number, body in
                try capture.read(number) { bytes in
                    try body(bytes)
                    meter.advance(by: bytes.count)
                }
            }
        }
        try filling.finish()
        meter.finish()
    }
}
