// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// `--data-partition` as users give it; what is on such partitions is tried with small files in MediaBuilderTests.
@Suite("The option --data-partition")
struct DataPartitionCommandTests {
    @Test("without a file that needs it, the image is the one without it, and a note says so")
    func notNeeded() throws {
        let session = try CommandSession()
        try session.create(.standalone, "plain.img")
        let result = try session.succeed(session.arguments(.standalone, "with.img", ["--data-partition"]))
        #expect(result.errorText.contains("note: no file needs a data partition"), "\(result.errorText)")
        try Program.succeed("cmp", ["plain.img", "with.img"], in: session.folder)
        let plan = try session.plan(.standalone, "other.img", ["--data-partition"])
        #expect(plan.notes.elements.contains { $0.text?.contains("--data-partition changes nothing") == true })
    }

    @Test(
        "it is for drives, as the scheme of partitions is: 64 for anything else", arguments: ["media.iso", "folder"],
        [["--data-partition"], ["--partition-scheme", "gpt"]])
    func usage(output: String, option: [String]) throws {
        let session = try CommandSession()
        let result = try session.run(session.arguments(.standalone, output, option))
        #expect(result.status == 64)
        #expect(result.failure.contains("\(option[0]) is for drives"), "\(result.failure)")
        #expect(try session.outputs() == [])
    }

    @Test(
        "a file of more than 4 GiB goes there, is read back by ntfs-3g, and is not written without the option",
        .enabled(if: getenv("TSMEDIA_TEST_ALL") != nil, "it takes 15 GB and some minutes"))
    func largeFile() throws {
        let session = try CommandSession(ownLibrary: true)
        let source = session.work.appending("large")
        try TestFolder.makeFolder(source)
        let file = source.appending("huge.vhdx")
        try Program.succeed("truncate", ["--size", "4400M", file.string])
        try Program.succeed(
            "sh", ["-c", "printf end | dd of='\(file)' bs=1 seek=4300000000 conv=notrunc status=none"])
        try session.succeed([
            "content", "add", "--create", source.string, "--package-id", "ABC00099", "--library",
            session.library.string,
        ])
        let package = ["--package", "ABC00099"]
        let refused = try session.run(session.arguments(.standalone, "media.img", package))
        #expect(refused.status == 73)
        #expect(refused.failure.contains("huge.vhdx") && refused.failure.contains("add --data-partition"))
        let image = try session.create(.standalone, "media.img", package + ["--data-partition"])
        try session.succeed(["verify", "media.img"])
        let volume = session.work.appending("data.ntfs")
        let start = try Program.succeed("sfdisk", ["--dump", image.string]).output.split(separator: "\n").last
        let sector = try #require(
            start?.split(separator: ",").first?.split(separator: "=").last.flatMap {
                Int($0.drop { $0 == " " })
            })
        try Program.succeed(
            "dd",
            ["if=\(image)", "of=\(volume)", "bs=1M", "skip=\(sector / 2048)", "conv=sparse", "status=none"])
        try Program.succeed("ntfsfix", ["-n", volume.string])
        let compared = try Program.run(
            "sh", ["-c", "ntfscat '\(volume)' SMS/PKG/ABC00099/huge.vhdx | cmp - '\(file)'"])
        #expect(compared.status == 0, "\(compared.errorText)")
    }
}
