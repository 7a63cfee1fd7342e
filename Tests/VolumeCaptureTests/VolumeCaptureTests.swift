// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import VolumeCapture
import WindowsImaging

@Suite("volumes become images")
struct VolumeCaptureTests {
    private let volumes: CapturedVolumes

    init() throws { volumes = try CapturedVolumes() }

    @Test(
        "a volume of NTFS is captured as wimlib-imagex captures it: descriptors, streams, links, short names, junctions",
        .enabled(if: WindowsTree.isPossible))
    func ntfs() throws {
        let ours = try volumes.capture([volumes.volume(try volumes.ntfs(), .ntfs, "Windows")])
        let other = volumes.folder.appending("other.wim")
        try Program.succeed(
            "wimlib-imagex", ["capture", try volumes.ntfs().string, other.string, "Windows", "--compress=XPRESS"])
        let (left, right) = (try ImageListing(ours), try ImageListing(other))
        #expect(left.entries.count > 20)
        #expect(left.differences(from: right) == [])
        #expect(right.differences(from: left) == [])
        try Program.succeed("wimlib-imagex", ["verify", ours.string])
    }

    @Test(
        "a volume of FAT32 is captured with its attributes, its short names and its files, whatever order volumes have")
    func fat() throws {
        let fat = volumes.volume(try volumes.fat(), .fat32, "Data")
        let ours = try volumes.capture([fat])
        try Program.succeed("wimlib-imagex", ["verify", ours.string])
        let listing = try ImageListing(ours)
        #expect(
            listing.entries.keys.sorted()
                == [
                    "\"/\"", "\"/NOTHING\"", "\"/Sub folder\"", "\"/Sub folder/Mixed Case.bin\"",
                    "\"/Sub folder/empty.txt\"", "\"/a long name.text\"", "\"/plain.txt\"",
                ].sorted())
        let plain = try #require(listing.entries["\"/plain.txt\""])
        #expect(plain.contains("Attributes          = 0x00000027"), "\(plain)")
        #expect(plain.contains("Short Name          = \"\""))
        let long = try #require(listing.entries["\"/a long name.text\""])
        #expect(long.contains("Short Name          = \"ALONGN~1.TEX\""), "\(long)")
        #expect(long.contains("Attributes          = 0x00000080"))
        #expect(listing.entries["\"/NOTHING\""]?.contains("Attributes          = 0x00000012") == true)
        let applied = volumes.folder.appending("applied")
        try Program.succeed("wimlib-imagex", ["apply", ours.string, "1", applied.string])
        try Program.succeed(
            "diff", ["-r", "--exclude=PAGEFILE.SYS", volumes.folder.appending("fat.img-files").string, applied.string])
    }
}
