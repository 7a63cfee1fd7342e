// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// The files of an open boot image made of Debian's own packages.
@Suite("Open boot images of Debian's packages", .inTargetSuite, .serialized)
struct OpenBootImageBuildTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    @Test("the same packages give the same bytes, whatever the folder, the time and the names of temporary files")
    func reproducible() throws {
        let options = ["--hardware", "virtual", "--keyboard", "fr-latin9"]
        try OpenBootFixture.build(session, "one.wim", more: options)
        let copied = session.work.appending("elsewhere")
        try Program.succeed("cp", ["-r", OpenBootFixture.packages.string, copied.string])
        try session.succeed(
            [
                "bootimage", "build", "--output", "two.wim", "--packages", copied.string, "--engine",
                Repository.file("fixtures/linux/stand-in-engine").string,
            ] + options, environment: ["TMPDIR": session.work.path.string, "LC_ALL": "C", "TZ": "Asia/Tokyo"])
        #expect(try session.bytes("one.wim") == session.bytes("two.wim"))
    }

    @Test("busybox' depmod finds the same dependencies by symbols as the index has by names")
    func dependencies() throws {
        try OpenBootFixture.build(session)
        let tree = session.work.appending("tree")
        try TestFolder.makeFolder(tree)
        try Program.succeed(
            "7z", ["e", "-y", "-bd", "../out/open-boot.wim", "tsmedia/boot/initrd.img"], in: tree)
        try Program.succeed("zstd", ["-dq", "initrd.img", "-o", "initrd.cpio"], in: tree)
        try Program.succeed("7z", ["x", "-y", "-bd", "initrd.cpio", "-oroot"], in: tree)
        let root = tree.appending("root")
        let modules = root.appending("lib/modules")
        let version = try #require(try FolderEntry.entries(of: modules).first?.name)
        let index = modules.appending(version).appending("modules.dep")
        let ours = try Self.dependencies(index)
        let busybox = try busybox()
        try Program.succeed(
            busybox, ["depmod", "-b", root.string, version])
        let theirs = try Self.dependencies(index)
        #expect(ours.count > 100)
        #expect(ours == theirs)
    }

    /// The program of the packages.
    private func busybox() throws -> String {
        let package = try #require(
            try FolderEntry.entries(of: OpenBootFixture.packages).compactMap(\.name).first {
                $0.hasPrefix("busybox-static_")
            })
        let folder = session.work.appending("bb").string
        try Program.succeed("dpkg-deb", ["-x", OpenBootFixture.packages.appending(package).string, folder])
        return try #require(
            try Program.succeed("find", [folder, "-path", "*/bin/busybox", "-type", "f"]).output
                .split(separator: "\n").first.map(String.init))
    }

    @Test("the programs of busybox are those that it says itself")
    func applets() throws {
        let busybox = try busybox()
        let said = try Program.succeed(busybox, ["--list"]).output.split(separator: "\n").map(String.init)
        try OpenBootFixture.build(session)
        let tree = session.work.appending("applets")
        try TestFolder.makeFolder(tree)
        try Program.succeed("7z", ["e", "-y", "-bd", "../out/open-boot.wim", "tsmedia/boot/initrd.img"], in: tree)
        try Program.succeed("zstd", ["-dq", "initrd.img", "-o", "initrd.cpio"], in: tree)
        let listing = try Program.succeed(
            busybox, ["cpio", "-tv"], input: SmallFile.read(tree.appending("initrd.cpio"), limit: 1 << 30))
        let links = listing.output.split(separator: "\n").filter { $0.hasSuffix("-> busybox") }.compactMap {
            $0.split(separator: " ").dropLast(2).last?.split(separator: "/").last.map(String.init)
        }
        #expect(said.count > 200)
        #expect(Set(links) == Set(said).subtracting(["busybox"]))
    }

    /// Each module with the names of all that it needs.
    private static func dependencies(_ index: FilePath) throws -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        for line in String(decoding: try SmallFile.read(index), as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            let needed = parts.count > 1 ? parts[1].split(separator: " ").map(String.init) : []
            found[String(parts[0])] = Set(needed)
        }
        return found
    }

    @Test("packages that are fetched again are the same, and nothing of the system's apt is touched")
    func fetch() throws {
        let before = try Program.succeed("ls", ["-laR", "/var/lib/apt", "/var/cache/apt"]).output
        let output = try session.succeed(["bootimage", "fetch", "--output", "fetched"]).output
        #expect(output.contains("shim-signed"))
        #expect(try Program.succeed("ls", ["-laR", "/var/lib/apt", "/var/cache/apt"]).output == before)
        try session.succeed([
            "bootimage", "build", "--output", "x.wim", "--packages", "fetched", "--engine", "/bin/true", "--dry-run",
        ])
    }

    @Test("a kernel and a layout that there are not are named with those that there are")
    func unknown() throws {
        let kernel = try session.run(["bootimage", "fetch", "--output", "x", "--kernel", "0.0.1"])
        #expect(kernel.status == 66)
        #expect(kernel.failure.contains("kernel 0.0.1"))
        let keyboard = try session.run([
            "bootimage", "build", "--output", "x.wim", "--packages", OpenBootFixture.packages.string, "--engine",
            "/bin/true", "--hardware", "virtual", "--keyboard", "deutsch",
        ])
        #expect(keyboard.status == 65)
        #expect(keyboard.failure.contains("de-latin1"), "\(keyboard.failure)")
    }
}
