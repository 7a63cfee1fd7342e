// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import TSMediaTestSupport
import Testing

@testable import DriverPackages

@Suite struct DriverFileTests {
    @Test("class, provider, date and version are what the file says")
    func version() throws {
        let file = try #require(SampleDriver.driver(""))
        #expect(file.driverClass == DriverClass(name: "Net", guid: nil))
        #expect((file.provider, file.date, file.version) == ("Contoso", "2023-01-15", "12.19.2.45"))
        #expect(file.models.isEmpty)
    }

    @Test(
        "the GUID decides the class, as it does for Windows",
        arguments: [
            ("Network", "{4D36E972-E325-11CE-BFC1-08002BE10318}", "Net", DriverClass.Role.network),
            ("x", "{4d36e97b-e325-11ce-bfc1-08002be10318}", "SCSIAdapter", .storage),
            ("hdc", "", "hdc", .storage), ("Mine", "{11111111-2222-3333-4444-555555555555}", "Mine", .other),
        ])
    func classes(name: String, guid: String, title: String, role: DriverClass.Role) {
        let found = DriverClass(name: name, guid: guid.isEmpty ? nil : guid)
        #expect(found.name == title)
        #expect(found.role == role)
    }

    @Test(
        "a date or version that is none is left out",
        arguments: [
            ("13/01/2023,1", nil, "1"), ("1/2/2023", "2023-01-02", nil), ("", nil, nil),
            ("99999999999999999999/1/1,2", nil, "2"), ("%D%,%D%", nil, "A device"),
        ] as [(String, String?, String?)])
    func dates(text: String, date: String?, version: String?) throws {
        let source = SampleDriver.text("").replacing("01/15/2023,12.19.2.45", with: text)
        let file = try #require(DriverFile(Array(source.utf8)))
        #expect(file.date == date)
        #expect(file.version == version)
    }

    @Test(
        "what has no signature of Windows is no driver",
        arguments: ["", "[Version]", "[Version]\nSignature=x", "[autorun]\nopen=a"])
    func notADriver(text: String) { #expect(DriverFile(Array(text.utf8)) == nil) }

    @Test("hardware and compatible IDs of every section are there, with tokens resolved and in capitals")
    func models() throws {
        let file = try #require(
            SampleDriver.driver(
                """
                [Manufacturer]
                %P% = Models, NTamd64, NTamd64.10.0...16299
                Old Maker
                [Models.NTamd64]
                %D% = Install, pci\\ven_1234&dev_0001, PCI\\CC_0200
                %D% = Install,, %ID%
                [models.ntamd64.10.0...16299]
                "%D%" = Install, "PCI\\VEN_1234&DEV_0002"
                [Old Maker]
                %D% = Install, USB\\VID_0001&PID_0002
                """))
        #expect(file.models.map(\.target.text) == ["NTamd64", "NTamd64.10.0...16299", ""])
        #expect(
            file.models.map { Array($0.hardwareIDs) } == [
                ["PCI\\VEN_1234&DEV_0001", "PCI\\CC_0200", "PCI\\VEN_1234&DEV_0003"], ["PCI\\VEN_1234&DEV_0002"],
                ["USB\\VID_0001&PID_0002"],
            ])
    }

    private static let manifold =
        "[Manufacturer]\n%P%=M,NTx86,NTamd64,NTamd64.6.1,NTamd64.10.0...16299,NTamd64.10.0...22000,NTarm64,NTia64,NT.6.0,"
        + "NTamd64.10.0.3\n"
        + [
            "", ".NTx86", ".NTamd64", ".NTamd64.6.1", ".NTamd64.10.0...16299", ".NTamd64.10.0...22000", ".NTarm64",
            ".NTia64", ".NT.6.0", ".NTamd64.10.0.3",
        ].enumerated().map { "[M\($1)]\n%D%=I,PCI\\VEN_000\($0)\n" }.joined()

    @Test(
        "of each manufacturer Windows takes the section that is closest to it",
        arguments: [
            (Architecture.x64, "10.0.26100.1", "NTamd64.10.0...22000"), (.x64, "10.0.19041.1", "NTamd64.10.0...16299"),
            (.x64, "10.0.14393.0", "NTamd64.6.1"), (.x64, "6.1.7601.1", "NTamd64.6.1"), (.x64, "6.0.6001.1", "NT.6.0"),
            (.x64, "5.2.3790.1", "NTamd64"), (.x86, "10.0.19041.1", "NT.6.0"), (.x86, "5.1.2600.1", "NTx86"),
            (.arm64, "10.0.26100.1", "NT.6.0"),
        ])
    func selection(architecture: Architecture, version: String, section: String) throws {
        let file = try #require(SampleDriver.driver(Self.manifold))
        let system = TargetSystem(architecture, version: WindowsVersion(version))
        #expect(file.models(for: system).map(\.target.text) == [section])
    }

    @Test("of a system whose version is not known every section of its architecture counts")
    func unknownVersion() throws {
        let file = try #require(SampleDriver.driver(Self.manifold))
        #expect(file.models(for: TargetSystem(.arm64)).map(\.target.text) == ["NTarm64", "NT.6.0"])
        #expect(file.models(for: TargetSystem(.x64)).count == 6)
        #expect(file.models(for: TargetSystem(.x86)).map(\.target.text) == ["", "NTx86", "NT.6.0"])
    }

    @Test("a section that is named and not there, or empty, keeps Windows from an older one")
    func emptySection() throws {
        let file = try #require(
            SampleDriver.driver("[Manufacturer]\n%P%=M,NTamd64,NTamd64.10.0\n[M.NTamd64]\n%D%=I,PCI\\VEN_0001\n"))
        let system = TargetSystem(.x64, version: WindowsVersion(major: 10))
        #expect(file.models(for: system).map(\.hardwareIDs.count) == [0])
    }

    // MARK: Hostile files

    @Test("a million IDs, in one line or in many, are cut at the limits")
    func manyIDs() throws {
        let manufacturer = "[Manufacturer]\n%P%=M,NTamd64\n[M.NTamd64]\n"
        let oneLine = try #require(
            SampleDriver.driver(manufacturer + "a=I" + String(repeating: ",PCI\\A", count: 300_000)))
        #expect(oneLine.models.map(\.hardwareIDs.count) == [INFLine.fieldLimit - 1])
        #expect(oneLine.isCut)
        let manyLines = try #require(
            SampleDriver.driver(manufacturer + String(repeating: "a=I,PCI\\A\n", count: 60_000)))
        #expect(manyLines.models.map(\.hardwareIDs.count) == [DriverFile.hardwareIDLimit])
        #expect(manyLines.isCut)
    }

    @Test("megabytes of one line, of sections, of texts, of tokens and of quotes end soon")
    func longText() throws {
        for filler in ["x", "\"", "%", ";", "\\\n", "[", "[]\n", "=", ",", "\r", "[a]\n", "%a%", "\"\n"] {
            let text = String(repeating: filler, count: 200_000 / filler.utf8.count)
            #expect(SampleDriver.driver("[Manufacturer]\na=\(text)\n[Strings]\n\(text)") != nil, "\(filler)")
        }
        let sections = (0..<INFDocument.sectionLimit + 5).map { "[s\($0)]\n" }.joined()
        #expect(try #require(SampleDriver.driver(sections)).isCut)
        #expect(DriverFile([UInt8](repeating: 0x41, count: DriverFile.byteCountLimit + 1)) == nil)
    }

    @Test("damage anywhere in a file never ends the program", arguments: 0..<3)
    func damaged(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let whole = Array(SampleDriver.text(Self.manifold).utf8)
        let wide = [0xFF, 0xFE] + Text.encodeUTF16LittleEndian(SampleDriver.text(Self.manifold))
        for source in [whole, wide] {
            for _ in 0..<150 {
                var bytes = source
                for _ in 0..<Int.random(in: 1...6, using: &generator) {
                    let place = Int.random(in: 0..<bytes.count, using: &generator)
                    switch Int.random(in: 0..<3, using: &generator) {
                    case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                    case 1: bytes.insert(Array("%\"[];=,\\\n".utf8).randomElement(using: &generator) ?? 0, at: place)
                    default: bytes.remove(at: place)
                    }
                }
                guard let file = DriverFile(bytes) else { continue }
                _ = file.models(for: TargetSystem(.x64, version: WindowsVersion(major: 10))).map {
                    Array($0.hardwareIDs)
                }
            }
        }
    }
}
