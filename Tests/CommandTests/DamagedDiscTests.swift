// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// A disc whose files are whole, and that does not lead to them.
@Suite("Damaged structures of discs")
struct DamagedDiscTests {
    let session: CommandSession
    private let path: FilePath
    /// Where the boot catalog begins, in bytes.
    private let catalog: Int64

    private static let blockByteCount: Int64 = 2048
    private static let entryByteCount: Int64 = 32

    init() throws {
        session = try CommandSession()
        path = try session.create(.standalone, "disc.iso")
        // El Torito 1.0, figure 7: the boot record is the second volume descriptor.
        let record = try ImageBytes.read(path, at: 17 * Self.blockByteCount, count: 2048)
        let block: UInt32 = try #require(record.littleEndian(at: 0x47))
        catalog = Int64(block) * Self.blockByteCount
    }

    /// What verify must find, and inspect must tell.
    private func expectDamage(_ parts: [String]) throws {
        let verified = try session.run(["verify", "disc.iso"])
        #expect(verified.status == 65, "\(verified.output)")
        let found = verified.findings.split(separator: "\n").map(String.init)
        #expect(found.count == parts.count, "\(verified.output)")
        for part in parts { #expect(found.contains { $0.hasPrefix("damaged  \(part)") }, "\(verified.output)") }
        #expect(verified.failure.contains("in what leads to its files; copy it again"), "\(verified.failure)")
        let inspected = try session.run(["inspect", "disc.iso"])
        for part in parts {
            #expect(inspected.output.contains(part.replacing(": ", with: " ")), "\(inspected.output)")
        }
    }

    private static let bios = "boot catalog: has no entry by which a BIOS"
    private static let uefi = "boot catalog: has no entry by which UEFI"

    @Test("a disc without a boot record is found: nothing starts it")
    func noBootRecord() throws {
        try ImageBytes.write(Array("NO TORITO".utf8), to: path, at: 17 * Self.blockByteCount + 7)
        try expectDamage([Self.bios, Self.uefi, "ISO 9660 volume descriptors: "])
    }

    @Test(
        "an entry of the boot catalog that is not bootable, leads elsewhere or loads too little is found",
        arguments: [(0, [0]), (8, [1, 0, 0, 0]), (6, [2, 0])] as [(Int64, [UInt8])])
    func entry(place: Int64, bytes: [UInt8]) throws {
        // The default entry is that of the BIOS; behind the header of its section lies that of UEFI.
        try ImageBytes.write(bytes, to: path, at: catalog + Self.entryByteCount + place)
        try expectDamage([Self.bios])
        try ImageBytes.write(bytes, to: path, at: catalog + 3 * Self.entryByteCount + place)
        try expectDamage([Self.bios, Self.uefi])
    }

    @Test("a folder whose loss hides the manifest is damage, and not media without one")
    func hiddenManifest() throws {
        try session.create(.standalone, "disc.iso", ["--force", "--file-system", "iso"])
        // The record of the folder SMS in the root of Joliet, by its name in UTF-16BE, becomes that of another.
        let script = "import sys; print(open(sys.argv[1], 'rb').read().find(bytes([6, 0, 0x53, 0, 0x4D, 0, 0x53])))"
        let found = try Program.succeed("python3", ["-c", script, path.string]).output
        let place = try #require(Int64(found.prefix { $0.isNumber }))
        try ImageBytes.write([0x54], to: path, at: place + 2)
        let result = try session.run(["verify", "disc.iso"])
        #expect(
            result.status == 65 && result.failure.contains("is damaged: SMS/data/MediaManifest.json"),
            "\(result.failure)")
        #expect(result.failure.contains("copy it again"), "\(result.failure)")
    }

    @Test(
        "a name or a place in the tree that the boot sectors read is found, though Windows reads the other",
        arguments: [2, 33])
    func primaryTree(place: Int) throws {
        let descriptor = try ImageBytes.read(path, at: 16 * Self.blockByteCount, count: 2048)
        let root: UInt32 = try #require(descriptor.littleEndian(at: 156 + 2))
        let folder = Int64(root) * Self.blockByteCount
        let records = try ImageBytes.read(path, at: folder, count: 2048)
        let bytes = try #require(records.slice(at: 0, length: records.count)).map { $0 }
        let name = Array("BOOTMGR".utf8)
        let start = try #require((33..<bytes.count - name.count).first { Array(bytes[$0..<$0 + name.count]) == name })
        try ImageBytes.write([bytes[start - 33 + place] ^ 1], to: path, at: folder + Int64(start - 33 + place))
        try expectDamage(["ISO 9660 tree: "])
    }
}
