// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Registry
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("Hives that are written")
struct HiveWriterTests {
    private static let time = Timestamp(unixSeconds: 1_700_000_000)

    private static var sample: RegistryKey {
        var root = RegistryKey()
        root.set("Text", to: .text("10.0.26100 Größe 中文"), at: ["Software", "Größe 中文"])
        root.set("", to: .expandableText("%SystemRoot%\\x"), at: ["Software"])
        root.set("Four", to: .number(0xFFFF_FFFE), at: ["Software"])
        root.set("Eight", to: .largeNumber(1 << 40), at: ["Software"])
        root.set("Many", to: .texts(["one", "zwei", "三"]), at: ["Software"])
        root.set("Bytes", to: .binary([UInt8](repeating: 0xA5, count: 16_000)), at: ["Software", "Large"])
        root.set("Few", to: .binary([1]), at: ["Software", "Large"])
        root.set("None", to: .binary([]), at: ["Software", "Large"])
        root.make(["Empty"])
        return root
    }

    private static func written(_ root: RegistryKey, _ folder: TestFolder) throws -> FilePath {
        try folder.write(HiveWriter.bytes(of: root, name: "SOFTWARE", modified: time), to: "hive")
    }

    @Test("libhivex finds every value")
    func hivex() throws {
        let folder = try TestFolder()
        let hive = try RegistryHive(path: try Self.written(Self.sample, folder), name: "hive")
        #expect(hive.value("text", of: ["SOFTWARE", "GRÖSSE 中文"]) == nil)
        #expect(hive.value("text", of: ["SOFTWARE", "Größe 中文"]) == .text("10.0.26100 Größe 中文"))
        #expect(hive.value("four", of: ["software"]) == .number(0xFFFF_FFFE))
        #expect(hive.value("EIGHT", of: ["software"]) == .number(1 << 40))
        #expect(hive.value("", of: ["software"]) == .text("%SystemRoot%\\x"))
    }

    @Test(
        "regipy reads the same keys, values and times, and the checksum is right",
        .enabled(if: PythonPackages.areInstalled, Comment(rawValue: PythonPackages.reason)))
    func regipy() throws {
        let folder = try TestFolder()
        let path = try Self.written(Self.sample, folder)
        let output = try PythonPackages.run(
            """
            import sys
            from regipy.registry import RegistryHive
            hive = RegistryHive(sys.argv[1])
            head = open(sys.argv[1], 'rb').read(512)
            total = 0
            for place in range(0, 508, 4):
                total ^= int.from_bytes(head[place:place + 4], 'little')
            print('checksum', total == int.from_bytes(head[508:], 'little'), hive.header.minor_version)
            for key in hive.recurse_subkeys(as_json=True):
                for value in key.values:
                    text = value['value'] if isinstance(value, dict) else value.value
                    name = value['name'] if isinstance(value, dict) else value.name
                    kind = value['value_type'] if isinstance(value, dict) else value.value_type
                    print(key.path, name, kind, str(text)[:24], len(str(text)))
                print(key.path, key.timestamp)
            """, [path.string])
        let lines = Set(output.split(separator: "\n").map(String.init))
        #expect(lines.contains("checksum True 3"))
        #expect(lines.contains("\\Software Four REG_DWORD 4294967294 10"), "\(output)")
        #expect(lines.contains("\\Software\\Größe 中文 Text REG_SZ 10.0.26100 Größe 中文 19"), "\(output)")
        #expect(lines.contains { $0.hasPrefix("\\Software\\Large Bytes REG_BINARY a5a5a5") })
        #expect(lines.contains { $0.hasPrefix("\\Empty 2023-11-14T22:13:20") }, "\(output)")
    }

    @Test("reged exports the same")
    func reged() throws {
        let folder = try TestFolder()
        let path = try Self.written(Self.sample, folder)
        let exported = folder.appending("exported.reg")
        // Its exit status says whether it would have changed the hive.
        _ = try Program.run("reged", ["-x", path.string, "HKLM", "\\", exported.string])
        let text = Text.decode(try SmallFile.read(exported), fallback: .utf8) ?? ""
        for line in [
            "[HKLM\\Software\\Large]", "\"Four\"=dword:fffffffe", "\"Few\"=hex:01", "[HKLM\\Empty]",
        ] {
            #expect(text.contains(line), "\(line) in \(text.prefix(2000))")
        }
    }

    @Test("many keys go to several lists, and each is found")
    func manyKeys() throws {
        var root = RegistryKey()
        for number in 0..<1203 { root.set("N", to: .number(UInt32(number)), at: ["Keys", "Key \(number)"]) }
        let folder = try TestFolder()
        let hive = try RegistryHive(path: try Self.written(root, folder), name: "hive")
        for number in 0..<1203 { #expect(hive.value("N", of: ["keys", "key \(number)"]) == .number(UInt64(number))) }
    }

    @Test("the same keys in another order give the same bytes; the time is in them")
    func reproducible() {
        var (first, second) = (RegistryKey(), RegistryKey())
        first.set("A", to: .number(1), at: ["B"])
        first.set("C", to: .number(2), at: ["b", "d"])
        second.set("c", to: .number(2), at: ["B", "d"])
        second.set("A", to: .number(1), at: ["B"])
        func bytes(_ key: RegistryKey, _ time: Timestamp = Self.time) -> [UInt8] {
            HiveWriter.bytes(of: key, name: "X", modified: time)
        }
        #expect(bytes(first) == bytes(first))
        #expect(bytes(first).count == bytes(second).count)
        #expect(bytes(first) != bytes(first, Timestamp(unixSeconds: 1)))
    }

    /// The format's hash of a name: its upper-case units, each with 37 times what is before; Python computes it again.
    @Test("lists of keys have the hashes by which Windows finds them, in the order of the names")
    func hashes() throws {
        let folder = try TestFolder()
        let path = try Self.written(Self.sample, folder)
        let output = try Program.succeed(
            "python3",
            [
                "-c",
                """
                import struct, sys
                data = open(sys.argv[1], 'rb').read()
                base, place, count = 4096, 0, 0
                while (place := data.find(b'lh', place + 1)) > 0:
                    if place % 8 != 4:
                        continue
                    names = []
                    for entry in range(struct.unpack_from('<H', data, place + 2)[0]):
                        cell, found = struct.unpack_from('<2I', data, place + 4 + entry * 8)
                        key = base + cell + 4
                        assert data[key:key + 2] == b'nk'
                        size = struct.unpack_from('<H', data, key + 72)[0]
                        raw = data[key + 76:key + 76 + size]
                        text = raw.decode('latin-1' if data[key + 2] & 0x20 else 'utf-16le')
                        name = ''.join(c.upper() if len(c.upper()) == 1 else c for c in text)
                        value = 0
                        for unit in struct.unpack(f'<{len(name)}H', name.encode('utf-16le')):
                            value = (value * 37 + unit) & 0xFFFFFFFF
                        assert value == found, name
                        names.append(name)
                        count += 1
                    assert names == sorted(names), names
                print(count)
                """, path.string,
            ])
        #expect(output.output == "4\n")
    }

    @Test("bins begin on 4 KiB and their cells fill them")
    func bins() throws {
        let bytes = HiveWriter.bytes(of: Self.sample, name: "X", modified: Self.time)
        let reader = ByteReader(bytes)
        let total = try #require(reader.littleEndian(UInt32.self, at: 40))
        #expect(bytes.count == 4096 + Int(total))
        var bin = 4096
        while bin < bytes.count {
            #expect(reader.slice(at: bin, length: 4).map(Array.init) == Array("hbin".utf8))
            #expect(reader.littleEndian(UInt32.self, at: bin + 4) == UInt32(bin - 4096))
            let size = Int(try #require(reader.littleEndian(UInt32.self, at: bin + 8)))
            #expect(size > 0 && size % 4096 == 0)
            var cell = bin + 32
            while cell < bin + size {
                let raw = Int32(bitPattern: try #require(reader.littleEndian(UInt32.self, at: cell)))
                #expect(raw != 0 && raw % 8 == 0)
                guard raw != 0 else { return }
                cell += Int(abs(raw))
            }
            #expect(cell == bin + size)
            bin += size
        }
    }
}
