// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import MediaVariables
import Support
import Testing

@testable import MediaBuilder
@testable import MediaFormat

@Suite("Parts of a plan")
struct PlanPartsTests {
    private let guid = "{01234567-89AB-8DEF-8123-456789ABCDEF}"
    private let bootImage = MediaManifest.BootImage(id: "ABC00005", version: 2, architecture: "x64")

    @Test("the media GUID depends on each fact, on their borders, and on nothing else")
    func derivesGUIDs() {
        let guid = MediaGUID.derive(from: ["a", "bc"])
        #expect(guid == MediaGUID.derive(from: ["a", "bc"]))
        #expect(guid != MediaGUID.derive(from: ["ab", "c"]))
        #expect(guid != MediaGUID.derive(from: ["a", "bc", ""]))
        let characters = Array(guid)
        #expect(characters.count == 38)
        // RFC 9562, 5.8 and 4.1: version 8, variant 10.
        #expect(characters[15] == "8")
        #expect("89AB".contains(characters[20]))
    }

    @Test(
        "a GUID that is given keeps its digits",
        arguments: ["01234567-89ab-8def-8123-456789abcdef", "{01234567-89AB-8DEF-8123-456789ABCDEF}"])
    func normalizesGUIDs(text: String) { #expect(MediaGUID.normalize(text) == guid) }

    @Test("two files of one name, in whatever case, are an error that names both sources")
    func refusesDuplicates() throws {
        var assembly = PlanAssembly()
        try assembly.add([1], at: try MediaPath("SMS/a.txt"), modified: Timestamp(unixSeconds: 0), origin: "here")
        let error = #expect(throws: MediaBuilderError.self) {
            try assembly.add([2], at: try MediaPath("sms/A.TXT"), modified: Timestamp(unixSeconds: 0), origin: "there")
        }
        #expect(error?.code == .badContent)
        #expect(error?.description.contains("here") == true)
        #expect(error?.description.contains("there") == true)
    }

    @Test("TsmBootstrap.ini has the genuine section and keys, and lines end in CR LF")
    func writesBootstrap() throws {
        let bytes = GeneratedFiles.bootstrap(.standalone, requiresPassword: true, isUnattended: false)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "[MediaInfo]\r\nMediaType=FullMedia\r\nPasswordRequired=true\r\nUnattended=false\r\n")
        let read = try Bootstrap(bytes)
        #expect(read.mediaType == .standalone)
        #expect(read.passwordRequired)
        #expect(!read.unattended)
        #expect(GeneratedFiles.mediaLabel("Configuration Manager") == Array("label=Configuration Manager\r\n".utf8))
    }

    @Test("dynamic media lists its management points in order, with their ports")
    func listsManagementPoints() throws {
        var request = try RequestTests.request(.bootable)
        request.management.points = ["https://a.example.com:8443", "http://[fe80::1]", "http://b.example.com:8080/x"]
        request.management.siteCode = "abc"
        let list = try VariablesAuthor.variables(for: request, mediaGUID: guid, bootImage: bootImage)
        #expect(list["SMSTSLocationMPs"] == request.management.points.joined(separator: "*"))
        #expect(list["SMSTSMP"] == nil)
        #expect(list["_SMSTSHTTPPort"] == "8080")
        #expect(list["_SMSTSHTTPSPort"] == "8443")
        #expect(list["_SMSTSSiteCode"] == "ABC")
        #expect(list["_SMSMediaGuid"] == guid)
        #expect(list["_SMSTSBootMediaPackageID"] == "ABC00005")
        #expect(list["_SMSTSBootMediaSourceVersion"] == "2")
    }

    @Test("site-based media names one management point")
    func namesOneManagementPoint() throws {
        var request = try RequestTests.request(.bootable)
        request.management.mode = .siteBased
        request.management.userDeviceAffinity = .administratorApproval
        let list = try VariablesAuthor.variables(for: request, mediaGUID: guid, bootImage: bootImage)
        #expect(list["SMSTSMP"] == "http://mp.example.com")
        #expect(list["SMSTSLocationMPs"] == nil)
        #expect(list["SMSTSAssignUsersMode"] == "Pending")
        #expect(list["_SMSTSHTTPPort"] == "80")
    }

    @Test("stand-alone media says so, knows its last day, and the user's variables win")
    func writesStandaloneVariables() throws {
        var request = try RequestTests.request(.standalone)
        request.standalone.expiration = Timestamp(fileTime: 0x0123_4567_89AB_CDEF)
        try request.addVariable("OSDComputerName", "PC<1>")
        try request.addVariable("SMSTSAssignUsersMode", "Auto")
        let list = try VariablesAuthor.variables(for: request, mediaGUID: guid, bootImage: bootImage)
        #expect(list["_SMSTSStandAloneMedia"] == "true")
        #expect(list["_SMSTSMediaType"] == "FullMedia")
        #expect(list["_SMSTSMediaExpire"] == "\(0x0123_4567);\(0x89AB_CDEF)")
        #expect(list["osdcomputername"] == "PC<1>")
        #expect(list["SMSTSLocationMPs"] == nil)
    }

    @Test("a manifest comes back as it was, and the same manifest gives the same bytes")
    func encodesManifests() throws {
        let manifest = MediaManifest(
            schemaVersion: 1, mediaType: .standalone, mediaGuid: guid, volume: 1, volumeCount: 1, label: "Ä/B",
            taskSequence: .init(id: "ABC00020", name: "Install \"x\""), bootImage: bootImage,
            contents: [
                .init(
                    id: "ABC00001", version: 3, contentHash: nil, folder: try MediaPath("SMS/PKG/ABC00001"),
                    fileCount: 2, volumes: [1])
            ], files: [.init(path: try MediaPath("bootmgr"), size: 1, sha256: SHA256.digest(of: [1]))])
        let bytes = try manifest.encoded()
        #expect(try MediaManifest(decoding: bytes, of: "media") == manifest)
        #expect(try manifest.encoded() == bytes)
        #expect(String(decoding: bytes, as: UTF8.self).contains(SHA256.digest(of: [1]).description))
    }

    @Test(
        "what is no manifest of ours is refused with a reason",
        arguments: ["", "{}", "[]", "{\"schemaVersion\": 99}", "{\"schemaVersion\": 1}"])
    func refusesManifests(text: String) {
        let error = #expect(throws: MediaFormatError.self) {
            try MediaManifest(decoding: Array(text.utf8), of: "media")
        }
        #expect(error?.code == .notMedia)
        #expect((error?.problem.contains("99") ?? false) == text.contains("99"))
    }
}
