// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Content that is not what the library says it is.
@Suite("Damaged and missing content")
struct DamageTests {
    /// A file of the library, what of it is damaged, and how errors must name it.
    struct Place: Sendable, CustomStringConvertible {
        let file: String
        let package: String
        /// The byte whose bit is flipped; negative from the end.
        let offset: Int64
        var name: String { "file \(file) of package \(package) " }
        var description: String { "\(file) of \(package) at \(offset)" }

        static let bootImage = "boot.\(DemoSite.bootImage).wim"
        static let all: [Place] = [
            // The header, the middle and the last byte: the end of a WIM holds its XML.
            Place(file: bootImage, package: DemoSite.bootImage, offset: 0),
            Place(file: bootImage, package: DemoSite.bootImage, offset: 2_000_000),
            Place(file: bootImage, package: DemoSite.bootImage, offset: -1),
            Place(file: "demo-system.wim", package: DemoSite.operatingSystemImage, offset: 4_000_000),
            Place(file: "Setup.cmd", package: DemoSite.toolsPackage, offset: 0),
            Place(file: "x64/client.msi", package: DemoSite.clientPackage, offset: -1),
            Place(file: "Contoso_Network_1.2/driver.sys", package: DemoSite.driverPackage, offset: 39_999),
        ]
    }

    @Test(
        "a flipped bit in any file of the library is 65, named, and nothing is left", arguments: Place.all,
        ["media.iso", "media"])
    func flippedBit(place: Place, output: String) throws {
        let session = try CommandSession(ownLibrary: true)
        try CommandSession.flipBit(of: try session.libraryFile(place.file, of: place.package), at: place.offset)
        let result = try session.run(session.arguments(.standalone, output))
        #expect(result.status == 65)
        #expect(result.failure.hasPrefix("error: \(place.name)"), "\(result.failure)")
        #expect(result.failure.contains(" is damaged: "), "\(result.failure)")
        #expect(result.failure.contains("distribute the content again"))
        #expect(try session.outputs() == [])
    }

    @Test("a flipped bit in a file of an application names the content")
    func flippedBitInApplication() throws {
        let session = try CommandSession(ownLibrary: true)
        try CommandSession.flipBit(
            of: try session.libraryFile("reader-x86.msi", of: DemoSite.applicationPackage), at: 250_000)
        let result = try session.run(session.arguments(.standalone))
        #expect(result.status == 65)
        #expect(result.failure.contains("file reader-x86.msi of content Content_"), "\(result.failure)")
        #expect(try session.outputs() == [])
    }

    @Test("a flipped bit is found on one thread and on many", arguments: ["1", "16"])
    func threads(jobs: String) throws {
        let session = try CommandSession(ownLibrary: true)
        try CommandSession.flipBit(of: try session.libraryFile("Setup.cmd", of: DemoSite.toolsPackage), at: 3)
        #expect(try session.run(session.arguments(.standalone, "media.iso", ["--jobs", jobs])).status == 65)
        #expect(try session.outputs() == [])
    }

    @Test("a file of the library that is shorter or longer than it must be is 65", arguments: [-1, 1])
    func wrongSize(difference: Int64) throws {
        let session = try CommandSession(ownLibrary: true)
        let file = try session.libraryFile("Tools/block.bin", of: DemoSite.toolsPackage)
        #expect(truncate(file.string, Int(2_049 + difference)) == 0)
        let result = try session.run(session.arguments(.standalone))
        #expect(result.status == 65)
        #expect(result.failure.contains("Tools/block.bin' of package \(DemoSite.toolsPackage)"), "\(result.failure)")
        #expect(try session.outputs() == [])
    }

    @Test("a file that the library lost is 66 and named")
    func lostFile() throws {
        let session = try CommandSession(ownLibrary: true)
        try Program.succeed("rm", [try session.libraryFile("Setup.cmd", of: DemoSite.toolsPackage).string])
        let result = try session.run(session.arguments(.standalone))
        #expect(result.status == 66)
        #expect(result.failure.contains("Setup.cmd"), "\(result.failure)")
        #expect(result.failure.contains(DemoSite.toolsPackage))
        #expect(try session.outputs() == [])
    }

    @Test("a missing package is 66, and the error says who needs it and what to do")
    func missingPackage() throws {
        let session = try CommandSession(ownLibrary: true)
        try session.succeed(["content", "remove", DemoSite.driverPackage, "--library", session.library.string])
        let result = try session.run(session.arguments(.standalone))
        #expect(result.status == 66)
        #expect(
            result.failure
                == "error: package ABC00012 is not on the distribution point \(session.library) (needed by step "
                + "'Install Operating System / Apply Driver Package' of task sequence 'Install the demo system'); "
                + "distribute it or add --distribution-point")
        #expect(try session.outputs() == [])
    }

    @Test("a package that the first distribution point lacks comes from the second")
    func secondDistributionPoint() throws {
        let session = try CommandSession(ownLibrary: true)
        try session.succeed(["content", "remove", DemoSite.driverPackage, "--library", session.library.string])
        let more = ["--distribution-point", session.demo.library.string]
        let plan = try session.plan(.standalone, "media.iso", more)
        let source = plan.plannedFile("SMS/PKG/ABC00012/Contoso_Network_1.2/driver.sys").source.text
        #expect(source?.hasSuffix(" on \(session.demo.library)") == true)
        try session.create(.standalone, "media.iso", more)
        #expect(try session.run(["verify", "media.iso"]).status == 0)
    }

    @Test("a package that no distribution point has names how many were asked")
    func noDistributionPoint() throws {
        let session = try CommandSession()
        let more = ["--distribution-point", session.library.string, "--package", "XYZ00099"]
        let result = try session.run(session.arguments(.standalone, "media.iso", more))
        #expect(result.status == 66)
        #expect(result.failure.hasPrefix("error: package XYZ00099 is on none of the 2 distribution points"))
    }

    @Test("a distribution point that is not there is 66")
    func missingLibrary() throws {
        let session = try CommandSession()
        let result = try session.run(
            ["create", "capture", "--distribution-point", "nowhere", "--boot-image", "ABC00005", "--output", "a.iso"])
        #expect(result.status == 66)
        #expect(result.failure.contains("nowhere"))
    }

    @Test("a folder that is no content library is 65")
    func notALibrary() throws {
        let session = try CommandSession()
        let result = try session.run(
            [
                "create", "capture", "--distribution-point", "/usr/share", "--boot-image", "ABC00005", "--output",
                "a.iso",
            ])
        #expect(result.status == 65)
        #expect(result.failure.contains("/usr/share is not a content library"))
    }

    @Test("a boot image without loaders is 65 and says what was looked for")
    func noLoaders() throws {
        let session = try CommandSession()
        let wim = session.work.appending("empty.wim")
        try BootImageFixture(hasLoaders: false, fillerByteCount: 4_096).write(to: wim)
        let result = try session.run(session.arguments(.capture).replacing(DemoSite.bootImage, by: wim.string))
        #expect(result.status == 65)
        #expect(result.failure.contains("bootmgfw.efi"), "\(result.failure)")
        #expect(try session.outputs() == [])
    }

    @Test("a boot image without loaders of 2023 is refused when they are asked for")
    func no2023Loaders() throws {
        let session = try CommandSession()
        let wim = session.work.appending("old.wim")
        try BootImageFixture(has2023Loaders: false, fillerByteCount: 4_096).write(to: wim)
        let arguments = session.arguments(.capture, "media.iso", ["--boot-loader-certificate", "2023"])
        let result = try session.run(arguments.replacing(DemoSite.bootImage, by: wim.string))
        #expect(result.status == 65)
        #expect(result.failure.contains("2023"), "\(result.failure)")
    }

    @Test("a boot image file that is no WIM is 65", arguments: ["", "MSWIM\u{0}\u{0}\u{0}", "not a WIM"])
    func noWIM(text: String) throws {
        let session = try CommandSession()
        let wim = try session.work.write(text.utf8, to: "boot.wim")
        let result = try session.run(session.arguments(.capture).replacing(DemoSite.bootImage, by: wim.string))
        #expect(result.status == 65)
        #expect(result.failure.contains("boot.wim"))
    }

    @Test("a task sequence that is none is 65, and one that is not there 66")
    func taskSequence() throws {
        let session = try CommandSession()
        let bad = try session.work.write("<sequence".utf8, to: "bad.xml")
        for (path, status) in [(bad.string, 65), ("missing.xml", 66)] {
            let arguments = session.arguments(.standalone).replacing(session.demo.taskSequenceExport.string, by: path)
            #expect(try session.run(arguments).status == status)
        }
    }
}

extension [String] {
    /// The arguments with one of them exchanged.
    func replacing(_ old: String, by new: String) -> [String] { map { $0 == old ? new : $0 } }
}
