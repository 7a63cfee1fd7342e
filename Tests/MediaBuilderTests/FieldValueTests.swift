// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import DriveImage
import MediaFormat
import SequenceTools
import Support
import TaskSequence
import Testing

@testable import MediaBuilder

@Suite("Values of fields")
struct FieldValueTests {
    /// Something that people write wrong, and the field that it is about.
    private static let mistakes: [(field: RequestField, text: String, parse: @Sendable (String) throws -> Any)] = [
        (.package, "nonsense/", { try FieldValue.packageID($0, .package) }),
        (.driverPackage, "ABC0001", { try FieldValue.packageID($0, .driverPackage) }),
        (.operatingSystemImage, "image.wim", { try FieldValue.packageID($0, .operatingSystemImage) }),
        (.application, "Reader", { try FieldValue.applications([$0], hasCatalog: false) }),
        (.bootImage, "what", { try FieldValue.bootImage($0) }),
        (.variable, "novalue", { try FieldValue.variable($0) }),
        (.variable, "=value", { try FieldValue.variable($0) }),
        (.split, "4G", { try FieldValue.byteCount($0, .split) }),
        (.memoryLimit, "much", { try FieldValue.byteCount($0, .memoryLimit) }),
        (.diskSize, "256", { try FieldValue.diskByteCount("\($0)XB", .diskSize) }),
        (.diskSize, "2000TB", { try FieldValue.diskByteCount($0, .diskSize) }),
        (.mediaSize, "huge", { try FieldValue.capacity($0, .mediaSize) }),
        (.mediaExpirationDate, "2030-02-30", { try FieldValue.endOfDay($0, .mediaExpirationDate) }),
        (.mediaExpirationDate, "1969-12-31", { try FieldValue.endOfDay($0, .mediaExpirationDate) }),
        (.mediaExpirationDate, "2030-12-31T24:00", { try FieldValue.end($0, .mediaExpirationDate) }),
        (.mediaExpirationDate, "2030-12-31T", { try FieldValue.end($0, .mediaExpirationDate) }),
        (.mediaStartDate, "2030-12-31T10", { try FieldValue.start($0, .mediaStartDate) }),
        (.mediaStartDate, "2030-12-31T10:00+25:00", { try FieldValue.start($0, .mediaStartDate) }),
        (.mediaStartDate, "2030-12-31T10:00+1:00", { try FieldValue.start($0, .mediaStartDate) }),
        (.mediaStartDate, "2030-12-31T10:00:00.5", { try FieldValue.start($0, .mediaStartDate) }),
        (.mediaStartDate, "tomorrow", { try FieldValue.start($0, .mediaStartDate) }),
        (.unknownMachineGUID, "11111111-2222-3333-4444-555555555555", { try FieldValue.unknownMachine($0) }),
        (.unknownMachineGUID, "ia64=11111111-2222-3333-4444-555555555555", { try FieldValue.unknownMachine($0) }),
        (.jobs, "0", { try FieldValue.threadCount(Int($0) ?? 0) }),
        (.jobs, "257", { try FieldValue.threadCount(Int($0) ?? 0) }),
        (.drop, "pasword", { try FieldValue.droppedFeature($0) }),
        (.password, "", { try FieldValue.password(Array($0.utf8), .password) }),
        (.domainPassword, "\nsecond", { try FieldValue.password(Array($0.utf8), .domainPassword) }),
        (.capturePassword, "a\u{8}b", { try FieldValue.password(Array($0.utf8), .capturePassword) }),
        (.variable, "smstsmp", { try Self.request().addVariable($0, "http://other.example.com") }),
        (.variable, "_SMSTSMine", { try Self.request().addVariable($0, "1") }),
    ]

    private static func request() -> MediaRequestBox { MediaRequestBox() }

    /// A request that variables are added to.
    private final class MediaRequestBox {
        private var request = MediaRequest(MediaKind.capture(CaptureRules()), output: "/tmp/x.iso")

        func addVariable(_ name: String, _ value: String) throws { try request.addVariable(name, value) }
    }

    @Test("a value that is none is a usage error that names its field and no option", arguments: mistakes.indices)
    func namesItsField(index: Int) throws {
        let (field, text, parse) = Self.mistakes[index]
        let error = try #require(throws: MediaBuilderError.self) { _ = try parse(text) }
        #expect(error.failureClass == .usage && error.field == field, "\(error)")
        #expect(!error.description.contains("--"), "\(error)")
        #expect(error.text(naming: { name, _ in "<\(name.name)>" }).hasPrefix("<\(field.name)> "))
    }

    @Test("a refused password is never repeated")
    func hidesPasswords() throws {
        for text in ["hush\u{1}", "\nhush"] {
            let error = try #require(throws: MediaBuilderError.self) {
                try FieldValue.password(Array(text.utf8), .password)
            }
            #expect(!error.description.contains("hush"))
        }
    }

    @Test("what people write is read")
    func reads() throws {
        #expect(try FieldValue.packageID("abc00001", .package).description == "ABC00001")
        #expect(try FieldValue.applications(["Reader"], hasCatalog: true) == ["Reader"])
        let model = "ScopeId_A1/Application_b2"
        #expect(try FieldValue.applications(["ABC00001", model], hasCatalog: false) == ["ABC00001", model])
        #expect(try FieldValue.variable("A=b=c") == ("A", "b=c"))
        #expect(try FieldValue.variable("A=") == ("A", ""))
        #expect(try FieldValue.byteCount("4.7GB", .split) == 4_700_000_000)
        #expect(try FieldValue.capacity("cd", .mediaSize) == .bytes(681_984_000))
        #expect(try FieldValue.endOfDay("1970-01-02", .mediaExpirationDate).unixSeconds == 2 * 86_400 - 1)
        #expect(try FieldValue.threadCount(256) == 256)
        #expect(try FieldValue.droppedFeature("variable=X") == .variable("X"))
        #expect(try FieldValue.password(Array("geheim\r\nrest".utf8), .password) == "geheim")
    }

    @Test("fields that media of a kind does not have are named together", arguments: MediaType.allCases)
    func foreignFields(type: MediaType) throws {
        let all = MediaOptionGroup.allCases.flatMap(\.fields)
        let own = type.optionGroups.flatMap(\.fields)
        try type.check(given: own, media: "drive.img")
        let foreign = all.filter { !own.contains($0) }
        guard !foreign.isEmpty else { return }
        let error = try #require(throws: MediaBuilderError.self) { try type.check(given: all, media: "drive.img") }
        #expect(error.failureClass == .usage && error.field == foreign[0])
        for field in all { #expect(error.object.names(field) == foreign.contains(field), "\(error)") }
    }

    @Test(
        "a time is read with its zone, in UTC without one, and a day from its first second to its last",
        arguments: [
            ("1970-01-02", 86_400, 2 * 86_400 - 1), ("1970-01-02T00:00", 86_400, 86_400),
            ("1970-01-02 01:02:03Z", 86_400 + 3_723, 86_400 + 3_723),
            ("1970-01-02t00:00-05:30", 86_400 + 19_800, 86_400 + 19_800),
            ("1970-01-02T00:00:00+14:00", 86_400 - 50_400, 86_400 - 50_400),
        ] as [(String, Int64, Int64)])
    func times(text: String, start: Int64, end: Int64) throws {
        #expect(try FieldValue.start(text, .mediaStartDate).unixSeconds == start)
        #expect(try FieldValue.end(text, .mediaExpirationDate).unixSeconds == end)
    }
}
