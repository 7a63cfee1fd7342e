// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Registry
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("Hives that are read without libhivex")
struct HiveFileTests {
    private static func hive(_ folder: TestFolder, keyCount: Int = 0) throws -> FilePath {
        var root = RegistryKey()
        root.set("Text", to: .text("10.0.26100 Größe 中文"), at: ["Software", "Größe 中文"])
        root.set("", to: .expandableText("%SystemRoot%\\x"), at: ["Software"])
        root.set("Four", to: .number(0xFFFF_FFFE), at: ["Software"])
        root.set("Eight", to: .largeNumber(1 << 40), at: ["Software"])
        root.set("Bytes", to: .binary([1, 2, 3]), at: ["Software"])
        for number in 0..<keyCount { root.set("Number", to: .number(UInt32(number)), at: ["Many", "Key\(number)"]) }
        let time = Timestamp(unixSeconds: 1_700_000_000)
        return try folder.write(HiveWriter.bytes(of: root, name: "SOFTWARE", modified: time), to: "hive")
    }

    @Test("it finds what libhivex finds, in any case")
    func beside() throws {
        let folder = try TestFolder()
        let path = try Self.hive(folder, keyCount: 1_200)
        let (ours, theirs) = (try HiveFile(path: path, name: "hive"), try RegistryHive(path: path, name: "hive"))
        for (name, key) in [
            ("text", ["SOFTWARE", "Größe 中文"]), ("", ["software"]), ("FOUR", ["Software"]), ("Eight", ["Software"]),
            ("Bytes", ["Software"]), ("Nothing", ["Software"]), ("Text", ["Nothing"]), ("number", ["many", "KEY1199"]),
            ("number", ["many", "key1200"]),
        ] {
            #expect(ours.value(name, of: key) == theirs.value(name, of: key), "\(key) \(name)")
            #expect(ours.hasKey(key) == theirs.hasKey(key), "\(key)")
        }
        #expect(ours.value("number", of: ["many", "KEY1199"]) == .number(1_199))
    }

    @Test("one that was cut off is damaged, wherever: nothing of it counts as not there")
    func cutOff() throws {
        let folder = try TestFolder()
        let good = try SmallFile.read(Self.hive(folder, keyCount: 20))
        for count in [48, 4_095, 4_096, 4_128, good.count / 2, good.count - 1] {
            let path = try folder.write(Array(good.prefix(count)), to: "cut")
            let error = #expect(throws: RegistryError.self) { _ = try HiveFile(path: path, name: "cut") }
            #expect(error?.code == .damaged)
        }
    }

    @Test("bytes that are wrong make it find nothing, and never trap")
    func hostile() throws {
        let folder = try TestFolder()
        let good = try SmallFile.read(Self.hive(folder, keyCount: 20))
        for index in stride(from: 24, to: good.count, by: 7) {
            for byte in [UInt8(0xFF), 0x00, 0x80] {
                var bad = good
                bad[index] = byte
                if index + 1 < bad.count { bad[index + 1] = byte }
                let path = try folder.write(bad, to: "bad")
                guard let hive = try? HiveFile(path: path, name: "bad") else { continue }
                _ = hive.value("Text", of: ["Software", "Größe 中文"])
                _ = hive.value("Number", of: ["Many", "Key19"])
            }
        }
        #expect(throws: RegistryError.self) { try HiveFile(path: folder.write([1, 2, 3], to: "short"), name: "short") }
    }
}
