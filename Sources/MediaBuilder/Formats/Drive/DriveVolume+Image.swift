// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import ContentTransfer
import DriveImage
import Glibc
import Support
import SystemPackage

extension DriveVolume {
    /// Writes the image of the drive under a temporary name, in one pass, and the map of its blocks beside it.
    func begin(_ volume: VolumePlan, _ work: VolumeWriting) throws -> BegunVolume {
        let environment = work.environment
        func pending(_ path: FilePath) throws -> PendingOutput {
            try PendingOutput(path, kind: .file, replacesExisting: work.replacesExisting, isSecret: work.isSecret)
        }
        let output = try pending(volume.output)
        let mapOutput = try packaging.map(of: volume.output).map(pending)
        let data = try environment.dataVolumes(of: self)
        let writer = environment.writer(of: disk, data)
        let meter = ProgressMeter(
            phase: "writing", totalByteCount: writer.byteCount, observer: environment.progress)
        let content = environment.content(of: volume)
        var written: WrittenVolume?
        let map: BlockMap?
        if packaging.isCompressed {
            map = try writeCompressed(to: output, writer, data, environment, meter, content)
            written = try packed(to: output)
            meter.finish()
        } else {
            try writer.write(
                to: output, byteCount: packaging.isShrunk ? imageByteCount : nil, progress: meter, content: content)
            meter.finish()
            map = try mapOutput.map { _ in
                try BlockMap(
                    of: disk, data, at: output.temporaryPath, byteCount: imageByteCount,
                    interruption: environment.interruption, progress: environment.progress)
            }
        }
        if let mapOutput, let map {
            try FileError.wrap("written", mapOutput.temporaryPath) {
                _ = try mapOutput.descriptor.writeAll(map.encoded)
            }
        }
        return BegunVolume(outputs: [output] + [mapOutput].compactMap { $0 }, written: written)
    }

    /// What writing told: how large the packed image is.
    private func packed(to output: PendingOutput) throws -> WrittenVolume {
        var volume = self
        volume.packedByteCount = try FileError.wrap("written", output.temporaryPath) {
            try output.descriptor.seek(offset: 0, from: .end)
        }
        return WrittenVolume(layout: volume, warnings: [])
    }

    /// Compresses the image while it is made; what is free in it costs next to nothing.
    private func writeCompressed(
        to output: PendingOutput, _ writer: DiskWriter, _ data: [DataVolume], _ environment: BuildEnvironment,
        _ meter: ProgressMeter, _ content: @escaping @Sendable (Int) throws -> TransferContent
    ) throws -> BlockMap {
        let (descriptor, path) = (output.descriptor, output.temporaryPath)
        let interruption = environment.interruption
        let packer = try ZstandardWriter(workerCount: environment.workerCount) { bytes in
            try interruption.check()
            _ = try FileError.wrap("written", path) { try descriptor.writeAll(bytes) }
        }
        let stream = SequentialDisk(
            disk, data: data, byteCount: imageByteCount, path: path, to: PackingSink(packer: packer))
        try writer.write(toStream: stream, progress: meter, content: content)
        return try stream.finish()
    }
}

/// Packs the image of a drive.
private final class PackingSink: SequentialDisk.Sink {
    private let packer: ZstandardWriter

    init(packer: ZstandardWriter) { self.packer = packer }

    func write(_ bytes: UnsafeRawBufferPointer) throws { try packer.write(bytes) }
    func writeZeros(_ byteCount: Int64) throws { try packer.writeZeros(byteCount) }
    func finish() throws { try packer.finish() }
}
