// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DriveImage

/// What the boot record of NTFS says of volumes that it cannot start from, and that it always says something.
@Suite("An NTFS partition that a BIOS cannot start")
struct NTFSDamageTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// A change to a sound volume of 200 files with a BOOTMGR of 400,001 bytes in pieces, and what is said then.
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let message: String
        let change: @Sendable (NTFSEditor) throws -> Void

        init(
            _ name: String, _ message: String = Damage.damaged,
            _ change: @escaping @Sendable (NTFSEditor) throws -> Void
        ) {
            testDescription = name
            self.message = message
            self.change = change
        }

        static let damaged = "The file system of this drive is damaged."
        static let inPieces = "The file system of this drive is in too many pieces."

        /// Changes the first byte or number of an attribute of a record.
        static func attribute<Value: FixedWidthInteger & Sendable>(
            _ name: String, _ kind: NTFSEditor.Kind, of record: (@Sendable (NTFSEditor) throws -> Int)? = nil,
            at offset: Int, _ value: Value, _ message: String = Damage.damaged
        ) -> Damage {
            Damage(name, message) { editor in
                try editor.edit(try record?(editor) ?? editor.find("bootmgr")) {
                    NTFSEditor.put(value, &$0, try NTFSEditor.attribute(kind, in: $0) + offset)
                }
            }
        }

        /// Changes the first byte or number of a record.
        static func record<Value: FixedWidthInteger & Sendable>(
            _ name: String, _ record: Int? = nil, at offset: Int, _ value: Value, isRaw: Bool = false,
            _ message: String = Damage.damaged
        ) -> Damage {
            Damage(name, message) { editor in
                let number = try record ?? editor.find("bootmgr")
                var bytes = isRaw ? try editor.rawRecord(number) : try editor.record(number)
                NTFSEditor.put(value, &bytes, offset)
                isRaw ? try editor.setRawRecord(number, bytes) : try editor.setRecord(number, bytes)
            }
        }

        /// Makes the name of a file an attribute list, so that what is not in its record may be in another.
        static func list(_ name: String, _ record: Int?, _ kind: NTFSEditor.Kind, _ message: String) -> Damage {
            Damage(name, message) { editor in
                try editor.edit(try record ?? editor.find("bootmgr")) {
                    NTFSEditor.put(UInt32(0x20), &$0, try NTFSEditor.attribute(.fileName, in: $0))
                    NTFSEditor.put(UInt32(0xC0), &$0, try NTFSEditor.attribute(kind, in: $0))
                }
            }
        }

        /// Changes the list of runs, the first byte of which is at offset 0.
        static func runs(_ name: String, _ bytes: [UInt8], of record: Int? = nil, _ kind: NTFSEditor.Kind = .data)
            -> Damage
        {
            Damage(name) { editor in
                try editor.edit(try record ?? editor.find("bootmgr")) {
                    let attribute = try NTFSEditor.attribute(kind, in: $0)
                    let list = attribute + NTFSEditor.number(UInt16.self, $0, attribute + 0x20)
                    $0.replaceSubrange(list..<list + bytes.count, with: bytes)
                }
            }
        }

        /// Changes the boot sector in memory and on the drive.
        static func boot<Value: FixedWidthInteger & Sendable>(_ name: String, at offset: Int64, _ value: Value)
            -> Damage
        {
            Damage(name) { try $0.write(withUnsafeBytes(of: value.littleEndian, Array.init), at: offset) }
        }

        /// Changes the entry of BOOTMGR, or the block with it.
        static func entry(
            _ name: String, protects: Bool = true, _ message: String = Damage.damaged,
            _ change: @escaping @Sendable (inout [UInt8], Int) -> Void
        ) -> Damage {
            Damage(name, message) { try $0.editRoot("bootmgr", protects: protects, change) }
        }
    }

    static let (root, mft) = (5, 0)

    static let damages: [Damage] = [
        .boot("sectors of 1,024 bytes", at: 0x0B, UInt16(1_024)), .boot("clusters of no sectors", at: 0x0D, UInt8(0)),
        .boot("clusters of 3 sectors", at: 0x0D, UInt8(3)), .boot("clusters of 4 MiB", at: 0x0D, UInt8(0xF3)),
        .boot("records of no bytes", at: 0x40, UInt8(0)), .boot("records of 8 KiB", at: 0x40, UInt8(0xF3)),
        .boot("records of 256 bytes", at: 0x40, UInt8(0xF8)), .boot("records of 2^128 bytes", at: 0x40, UInt8(0x80)),
        .boot("records of 3 clusters", at: 0x40, UInt8(3)), .boot("$MFT beyond the volume", at: 0x30, UInt64(1 << 20)),
        .boot("$MFT far beyond any volume", at: 0x30, UInt64.max), .boot("$MFT elsewhere", at: 0x30, UInt64(100)),
        .boot("a volume of no sectors", at: 0x28, UInt64(0)),
        .boot("a boot record that does not end", at: 2_558, UInt16(0)),

        .record("a record without its signature", at: 0, UInt32(0x4441_4142)),
        .record("a record that was not written whole", at: 510, UInt16(0x7777), isRaw: true),
        .record("a record whose second sector is old", at: 1_022, UInt16(0x7777), isRaw: true),
        .record("$MFT was not written whole", mft, at: 510, UInt16(0x7777), isRaw: true),
        .record("the root directory was not written whole", root, at: 1_022, UInt16(0x7777), isRaw: true),
        .record("an update sequence of 2 sectors more", at: 6, UInt16(5), isRaw: true),
        .record("an update sequence of no sectors", at: 6, UInt16(0), isRaw: true),
        .record("an update sequence outside of the record", at: 4, UInt16(0xFFF0), isRaw: true),
        .record("a record that is not in use", at: 0x16, UInt16(0)),
        .record("a record that was used again", at: 0x10, UInt16(99)),
        .record("a record that continues another", at: 0x20, UInt32(40)),
        .record("a record that is a directory and is not", at: 0x16, UInt16(3)),
        .record("a root directory that is a file", root, at: 0x16, UInt16(1)),
        .record("attributes outside of the record", at: 0x14, UInt16(1_020)),
        .record("attributes far outside of the record", at: 0x14, UInt16(0xFFFF)),

        .attribute("an attribute of no bytes", .fileName, at: 4, UInt32(0)),
        .attribute("an attribute of 1 byte", .fileName, at: 4, UInt32(1)),
        .attribute("an attribute longer than the record", .fileName, at: 4, UInt32(1_024)),
        .attribute("an attribute of 4 GiB", .fileName, at: 4, UInt32.max),
        .attribute("data that is not there", .data, at: 0, UInt32(0xC0)),
        .attribute("data with a name alone", .data, at: 9, UInt8(1)),
        .attribute("runs that begin outside", .data, at: 0x20, UInt16(0x4000)),
        .attribute("no bytes, in its record", .data, at: 8, UInt8(0), NTFSBootTests.missing),
        Damage("data in its record, with a value outside") { editor in
            try editor.edit(try editor.find("bootmgr")) {
                let data = try NTFSEditor.attribute(.data, in: $0)
                NTFSEditor.put(UInt8(0), &$0, data + 8)
                NTFSEditor.put(UInt32(NTFSEditor.number(UInt32.self, $0, data + 4) + 1), &$0, data + 0x10)
            }
        },
        .attribute("more written than there is", .data, at: 0x38, UInt64(400_002)),
        .attribute("nothing but what another record has", .data, at: 0x10, UInt64(5)),
        .attribute("compressed", .data, at: 0x0C, UInt16(1), NTFSBootTests.notPlain),
        .attribute("sparse", .data, at: 0x0C, UInt16(0x8000), NTFSBootTests.notPlain),
        .attribute("encrypted", .data, at: 0x0C, UInt16(0x4000), NTFSBootTests.notPlain),
        .attribute(
            "a size of 2^40 bytes", .data, at: 0x30, UInt64(1 << 40),
            "BOOTMGR is too large for the memory of this machine."),
        .attribute("an index without its name", .indexRoot, of: { _ in root }, at: 0x18, UInt8(1)),
        .attribute("index blocks of 1,000 bytes", .indexRoot, of: { _ in root }, at: 0x28, UInt32(1_000)),
        .attribute("index blocks of 8 KiB", .indexRoot, of: { _ in root }, at: 0x28, UInt32(8_192)),
        .attribute("index blocks of no bytes", .indexRoot, of: { _ in root }, at: 0x28, UInt32(0)),
        .attribute("an index of 2^64 bytes", .indexAllocation, of: { _ in root }, at: 0x30, UInt64.max),
        .attribute("no map of index blocks", .bitmap, of: { _ in root }, at: 0, UInt32(0xC0)),
        .attribute("an index root of no bytes", .indexRoot, of: { _ in root }, at: 0x10, UInt32(0)),

        .list("data in another record", nil, .data, NTFSBootTests.notPlain),
        .list("index blocks in another record", root, .indexAllocation, Damage.inPieces),
        .list("$MFT in another record", mft, .data, Damage.inPieces),

        .runs("a run of numbers that are too long", [0xFF]), .runs("a run without length", [0x10, 0x01]),
        .runs("a run of no clusters", [0x11, 0x00, 0x20]),
        .runs("a run of clusters less than none", [0x11, 0x80, 0x20]),
        .runs("a hole", [0x01, 0x01]), .runs("no runs", [0x00]), .runs("a run before the volume", [0x11, 0x01, 0x80]),
        .runs("a run behind the volume", [0x31, 0x01, 0xFF, 0xFF, 0x7F]),
        .runs("a run far behind any volume", [0x81, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]),
        .runs("a run of 2^63 clusters", [0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x01]),
        .runs("runs of $MFT that end early", [0x00], of: mft),
        .runs("runs of the root directory in nothing", [0x11, 0x01, 0x00], of: root, .indexAllocation),

        .entry("an index block without its signature") { block, _ in block[0] = 0x42 },
        .entry("an index block that was not written whole", protects: false) { block, _ in block[4_094] ^= 0x55 },
        .entry("an entry of no bytes") { NTFSEditor.put(UInt16(0), &$0, $1 + 8) },
        .entry("an entry of 8 bytes") { NTFSEditor.put(UInt16(8), &$0, $1 + 8) },
        .entry("an entry longer than the block") { NTFSEditor.put(UInt16(0xFFF8), &$0, $1 + 8) },
        .entry("entries that end behind the block") { block, _ in NTFSEditor.put(UInt32(0x10_0000), &block, 0x1C) },
        .entry("entries that begin behind the block") { block, _ in NTFSEditor.put(UInt32.max, &block, 0x18) },
        .entry("a record beyond all") { NTFSEditor.put(UInt32(0x4000_0000), &$0, $1) },
        .entry("a record of a large number") { NTFSEditor.put(UInt32.max, &$0, $1) },
        .entry("a record of a number of 48 bits") { NTFSEditor.put(UInt16(1), &$0, $1 + 4) },
        .entry("an entry that is too short for its name") { NTFSEditor.put(UInt16(0x58), &$0, $1 + 8) },
    ]

    @Test("every damage has its message", arguments: Rounds.some(damages, oneOf: 4))
    func message(damage: Damage) throws {
        let bootmgr = try BIOSLoader.memory(byteCount: 400_001)
        let disk = try NTFSDisk(folder, bootmgr: ("bootmgr", bootmgr), empty: (0..<200).map { "file \($0)" })
        try disk.edit {
            try $0.scatter(.data, of: try $0.find("bootmgr"), length: 3)
            try damage.change($0)
        }
        #expect(disk.failure() == damage.message)
    }
}
