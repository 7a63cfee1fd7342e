// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import MediaVariables
import Support
import SystemPackage
import Testing

@testable import MediaBuilder
@testable import MediaFormat

@Suite("A media request")
struct RequestTests {
    /// A request that is valid as it stands.
    static func request(_ type: MediaType) throws -> MediaRequest {
        var request = MediaRequest(type, output: type == .prestaged ? "/tmp/OEM.wim" : "/tmp/media.iso")
        request.bootImage = .file("/tmp/boot.wim")
        if type == .standalone { request.standalone.sequence.taskSequence = "/tmp/sequence.xml" }
        if type == .prestaged { request.prestaged.operatingSystemImage = PackageID("ABC00010") }
        if type == .bootable || type == .prestaged { request.management.points = ["http://mp.example.com"] }
        return request
    }

    @Test("complete requests of every type are valid", arguments: MediaType.allCases)
    func acceptsComplete(type: MediaType) throws { try Self.request(type).validate() }

    @Test("an .iso becomes an image, anything else a folder")
    func choosesFormat() {
        #expect(MediaRequest(MediaType.capture, output: "a/B.ISO").format is DiscFormat)
        #expect(MediaRequest(MediaType.capture, output: "a/stick").format is FolderFormat)
        #expect(MediaRequest(MediaType.capture, output: "a/stick.img").format is DriveFormat)
        #expect(MediaRequest(.prestaged, output: "a/OEM.Wim").format is ArchiveFormat)
        #expect(MediaRequest(.prestaged, output: "a/disk.img").format is ComputerDiskFormat)
    }

    /// What is done to a valid request, and the field that the error must name.
    private static let mistakes: [(MediaType, RequestField, @Sendable (inout MediaRequest) -> Void)] = [
        (.bootable, .managementPoint, { $0.management.points = [] }),
        (.bootable, .managementPoint, { $0.management.points = ["mp.example.com"] }),
        (.bootable, .managementPoint, { $0.management.points = ["http://"] }),
        (.bootable, .managementPoint, { $0.management.points = ["http://a*b"] }),
        (.bootable, .managementPoint, { $0.management.points = ["ftp://mp"] }),
        (
            .bootable, .managementPoint,
            {
                $0.management.mode = .siteBased
                $0.management.points = ["http://a", "http://b"]
            }
        ),
        (.bootable, .siteCode, { $0.management.siteCode = "AB" }),
        (.bootable, .siteCode, { $0.management.siteCode = "ÄBC" }),
        (.bootable, .bootImage, { $0.bootImage = nil }),
        (.capture, .mediaGUID, { $0.mediaGUID = "{1234}" }),
        (.capture, .label, { $0.label = "" }),
        (.capture, .label, { $0.label = "two\nlines" }),
        (.capture, .label, { $0.label = String(repeating: "x", count: 129) }),
        (.capture, .output, { $0 = at("/tmp/x.wim", $0) }),
        (.standalone, .taskSequence, { $0.standalone.sequence.taskSequence = nil }),
        (.prestaged, .output, { $0 = at("/tmp/OEM.iso", $0) }),
        (.prestaged, .operatingSystemImage, { $0.prestaged.operatingSystemImage = nil }),
        (.prestaged, .operatingSystemImageIndex, { $0.prestaged.operatingSystemImageIndex = 0 }),
        (.prestaged, .createdBy, { $0.archive.createdBy = String(repeating: "x", count: 51) }),
        (.prestaged, .version, { $0.archive.version = "two\nlines" }),
        (.prestaged, .comment, { $0.archive.comment = String(repeating: "😀", count: 64) }),
        (.prestaged, .managementPoint, { $0.management.points = [] }),
    ]

    /// `request` with another output, written as its name says.
    @Sendable private static func at(_ output: FilePath, _ request: MediaRequest) -> MediaRequest {
        var other = MediaRequest(request.kind, output: output)
        other.bootImage = request.bootImage
        return other
    }

    @Test("each mistake is a usage error that names its field", arguments: 0..<mistakes.count)
    func namesTheField(index: Int) throws {
        let (type, field, mistake) = Self.mistakes[index]
        var request = try Self.request(type)
        mistake(&request)
        let error = #expect(throws: MediaBuilderError.self) { try request.validate() }
        #expect(error?.failureClass == .usage)
        #expect(error?.field == field)
        #expect(error?.nextStep != nil)
    }

    @Test(
        "capacities are those of the media",
        arguments: [
            ("cd", 681_984_000), ("DVD", 4_700_372_992), ("dvd-dl", 8_543_666_176), ("bd", 25_025_314_816),
            ("bd-dl", 50_050_629_632), ("650MB", 681_574_400), ("4GB", 4_294_967_296), ("8GB", 8_589_934_592),
            ("12345", 12_345), ("16GB", 16_000_000_000), ("4.7GB", 4_700_000_000), ("4GiB", 4_294_967_296),
            ("8.0gb", 8_000_000_000),
        ])
    func knowsCapacities(name: String, byteCount: Int64) throws {
        #expect(try MediaCapacity(name).byteCount == byteCount)
    }

    @Test("sizes that are none are refused", arguments: ["", "0", "-1", "4G", "4.7", "99999999999999999999", "floppy"])
    func refusesSizes(text: String) { #expect(throws: ByteCountTextError.self) { try MediaCapacity(text) } }

    @Test("unlimited is no limit")
    func knowsUnlimited() throws {
        #expect(try MediaCapacity("Unlimited") == .unlimited)
        #expect(try MediaCapacity("none").byteCount == nil)
    }
}
