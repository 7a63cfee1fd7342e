// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// The boot record of an NTFS volume, with which a BIOS starts BOOTMGR from it, and the serial number in it.
///
/// Offsets are those of NTFS_BOOT_SECTOR in layout.h of ntfs-3g.
enum NTFSBootRecord {
    /// What the record keeps of the volume: the name of the file system and the parameter block.
    private static let kept = 3..<0x54
    /// The name of the file system, at ``signatureOffset``.
    static let signature = Array("NTFS    ".utf8)
    /// Where that name stands.
    static let signatureOffset: Int64 = 3
    private static let bytesPerSectorOffset = 0x0B
    private static let driveOffset = 0x24
    /// What a BIOS calls the first hard disk; mkntfs writes it too.
    private static let drive: UInt8 = 0x80
    private static let sectorCountOffset = 0x28
    private static let serialOffset = 0x48
    /// Bytes of the file $Boot, all of them for boot code, from the start of the volume.
    private static let byteCount = 8192

    /// Puts the boot record into the volume in `volume`, which fills that file and was formatted by mkntfs.
    ///
    /// The parameter block stays as it is: the sector that the partition begins with has to be in it already. The last
    /// sector of the volume stays the copy of the first that it is.
    ///
    /// - Throws: ``DriveImageError`` `.noBootSectors`; `.damaged` when there is no such volume; `FileError`.
    static func install(on volume: FilePath) throws {
        guard let code = BootSectors.ntfs else {
            throw DriveImageError(
                .noBootSectors, "this program", "was built without BIOS boot sectors, which only a PC's compiler makes",
                nextStep: "run it on an x64 system")
        }
        try rewrite(volume) { start in
            let parameters = start[kept]
            start = code + [UInt8](repeating: 0, count: byteCount - code.count)
            start.replaceSubrange(kept, with: parameters)
            start[driveOffset] = drive
        }
    }

    /// Gives the volume in `volume` a serial number.
    ///
    /// - Throws: ``DriveImageError`` `.damaged` when there is no such volume; `FileError`.
    static func setSerial(_ serial: UInt64, of volume: FilePath) throws {
        let bytes = withUnsafeBytes(of: serial.littleEndian) { Array($0) }
        try rewrite(volume) { $0.replaceSubrange(serialOffset..<serialOffset + bytes.count, with: bytes) }
    }

    /// Lets `change` have the bytes of $Boot, writes them, and keeps the copy of their first sector one.
    private static func rewrite(_ volume: FilePath, _ change: (inout [UInt8]) -> Void) throws {
        let file = try FileError.wrap("opened", volume) {
            try FileDescriptor.open(volume, .readWrite, options: [.closeOnExec])
        }
        try file.closeAfter {
            let source = try FileSource(file, path: volume)
            guard var start = try source.bytes(at: 0, length: byteCount), isBootSector(start),
                let sectorCount = ByteReader(start).littleEndian(UInt64.self, at: sectorCountOffset),
                // The volume ends a sector before the partition does; there the copy lies.
                let copy = Int64(exactly: sectorCount).map({
                    $0.multipliedReportingOverflow(by: Int64(Sector.byteCount))
                }),
                !copy.overflow, copy.partialValue >= Int64(byteCount),
                let oldCopy = try source.bytes(at: copy.partialValue, length: Sector.byteCount)
            else {
                throw DriveImageError(.damaged, "volume \(volume)", "is not one of NTFS with sectors of 512 bytes")
            }
            change(&start)
            try FileError.wrap("written", volume) {
                if isBootSector(oldCopy) {
                    _ = try file.writeAll(toAbsoluteOffset: copy.partialValue, start[..<Sector.byteCount])
                }
                _ = try file.writeAll(toAbsoluteOffset: 0, start)
            }
        }
    }

    private static func isBootSector(_ sector: [UInt8]) -> Bool {
        let reader = ByteReader(sector)
        return reader.slice(at: kept.lowerBound, length: signature.count).map(Array.init) == signature
            && reader.littleEndian(UInt16.self, at: bytesPerSectorOffset) == UInt16(Sector.byteCount)
    }
}
