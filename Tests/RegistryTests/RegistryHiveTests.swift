// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import Registry

@Suite struct RegistryHiveTests {
    private static let path = ["ControlSet001", "Services", "FBWF"]

    private static func hive() -> [UInt8] {
        var hive = HiveBuilder()
        hive.set("WinPECacheThreshold", of: "ControlSet001\\Services\\FBWF", to: .number(512))
        hive.set("Large", of: "ControlSet001\\Services\\FBWF", to: .large(1 << 40))
        hive.set("Start", of: "ControlSet001\\Services\\storahci", to: .number(0xFFFF_FFFF))
        hive.set("Version", of: "Microsoft\\Windows NT\\CurrentVersion\\WinPE", to: .text("10.0.26100.1 Größe"))
        return hive.bytes()
    }

    private static func open(_ bytes: [UInt8]) throws -> (TestFolder, RegistryHive) {
        let folder = try TestFolder()
        return (folder, try RegistryHive(path: try folder.write(bytes, to: "HIVE"), name: "HIVE"))
    }

    @Test("values are found by path and name, without case, with their types")
    func values() throws {
        let (_, hive) = try Self.open(Self.hive())
        #expect(hive.value("WinPECacheThreshold", of: Self.path) == .number(512))
        #expect(hive.value("winpecachethreshold", of: ["controlset001", "SERVICES", "fbwf"]) == .number(512))
        #expect(hive.value("Large", of: Self.path) == .number(1 << 40))
        #expect(hive.value("Start", of: ["ControlSet001", "Services", "storahci"]) == .number(0xFFFF_FFFF))
        #expect(
            hive.value("Version", of: ["Microsoft", "Windows NT", "CurrentVersion", "WinPE"])
                == .text("10.0.26100.1 Größe"))
    }

    @Test("what is not there is nil")
    func missing() throws {
        let (_, hive) = try Self.open(Self.hive())
        #expect(hive.value("Other", of: Self.path) == nil)
        #expect(hive.value("WinPECacheThreshold", of: ["ControlSet002", "Services", "FBWF"]) == nil)
        #expect(hive.value("WinPECacheThreshold", of: []) == nil)
    }

    @Test(
        "what is no hive is told so",
        arguments: [[], Array("regf".utf8), Array("placeholder".utf8), [UInt8](repeating: 0, count: 8192)])
    func notAHive(bytes: [UInt8]) throws {
        let error = #expect(throws: RegistryError.self) { try Self.open(bytes) }
        #expect(error?.code == .damaged)
        #expect(
            error?.description
                == "registry hive HIVE is not a registry hive, or is damaged; get a fresh copy of the image")
    }

    @Test("a damaged hive is refused or lacks values, and never ends the program", arguments: 0..<4)
    func damaged(seed: UInt64) throws {
        let folder = try TestFolder()
        let whole = Self.hive()
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<150 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            // With a sum that is right, so that the damage is looked at.
            let reader = ByteReader(bytes)
            let sum = stride(from: 0, to: 508, by: 4).reduce(UInt32(0)) { $0 ^ (reader.littleEndian(at: $1) ?? 0) }
            withUnsafeBytes(of: sum.littleEndian) { bytes.replaceSubrange(508..<512, with: $0) }
            if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator)) }
            let path = try folder.write(bytes, to: "HIVE")
            guard let hive = try? RegistryHive(path: path, name: "HIVE") else { continue }
            _ = hive.value("WinPECacheThreshold", of: Self.path)
            _ = hive.value("Version", of: ["Microsoft", "Windows NT", "CurrentVersion", "WinPE"])
        }
    }

    @Test("an enormous file is refused before it is read")
    func tooLarge() throws {
        let folder = try TestFolder()
        let path = try folder.write([], to: "HIVE")
        let descriptor = try FileDescriptor.open(path, .writeOnly)
        try descriptor.closeAfter { try descriptor.resize(to: RegistryHive.byteCountLimit + 1) }
        let error = #expect(throws: RegistryError.self) { try RegistryHive(path: path, name: "HIVE") }
        #expect(error?.code == .tooLarge)
    }
}
