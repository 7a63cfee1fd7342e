// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("tsmedia devices", .serialized)
struct DevicesCommandTests {
    @Test("the drives of this machine are listed, as text and as JSON, and none is written without a reason")
    func list() throws {
        let text = try BuiltProgram.run("devices")
        #expect(text.status == 0)
        let result = try BuiltProgram.run("devices", "--json")
        #expect(result.status == 0)
        let devices = try JSONValue(parsing: result.output)["devices"].elements
        for device in devices {
            let verdict = try #require(device.verdict.text)
            #expect(["writable", "needsConsent", "refused"].contains(verdict))
            #expect((verdict == "refused") == !device.refusals.elements.isEmpty)
            #expect((verdict == "needsConsent") == !device.demands.elements.isEmpty)
            #expect(text.output.contains("\n\(try #require(device.path.text)) "))
        }
        // lsblk of util-linux finds the same disks; it shows memory too, and mappings below their disks.
        let others = try Program.succeed(
            "lsblk", ["--nodeps", "--noheadings", "--output", "PATH", "--exclude", "1,253"])
        let ours = Set(devices.compactMap(\.path.text))
        for path in others.output.split(separator: "\n").map(String.init) where !path.hasPrefix("/dev/loop") {
            #expect(ours.contains(path.trimmingTrailing(\.isWhitespace)), "\(path)")
        }
    }

    @Test(
        "a name that is no drive is an error with its exit code, and hides no other",
        arguments: [("/dev/nope", 66), ("/dev/null", 77), ("/etc/passwd", 77), ("/etc", 77)])
    func wrongNames(_ name: String, _ status: Int32) throws {
        let result = try BuiltProgram.run("devices", name)
        #expect(result.status == status)
        #expect(result.errorText.hasPrefix("error: ") && result.output.isEmpty)
        let json = try BuiltProgram.run("devices", name, "--json")
        #expect(json.status == status)
        #expect(try JSONValue(parsing: json.output).errors.elements.count == 1)
    }

    @Suite("on loop devices", .enabled(if: LoopDevice.isPossible, "\(LoopDevice.reason)"))
    struct OnLoopDevices {
        @Test("a fixed disk with a mounted file system says what it takes to write it")
        func fixed() throws {
            let loop = try LoopDevice(prepare: LoopDevice.makeExt4)
            let point = try loop.mount()
            let node = loop.node.string
            let device = try #require(
                JSONValue(parsing: try BuiltProgram.run("devices", node, "--json").output).devices.elements.first)
            #expect(device.verdict.text == "needsConsent" && device.kind.text == "loop")
            #expect(device["size"].number == 64 << 20 && device.logicalSectorSize.number == 512)
            #expect(device.fileSystem.text == "ext4" && device.label.text == "STICK")
            #expect(device.mountPoints.elements.map(\.text) == [point.string])
            #expect(
                device.demands.elements.map { [$0.option.text, $0["value"].text] } == [
                    ["--allow-fixed-disk", nil], ["--confirm", node], ["--force", nil], ["--unmount", nil],
                ])
            let text = try BuiltProgram.run("devices", node).output
            #expect(text.contains("    holds ext4 \"STICK\"\n    mounted at \(point)\n"))
            #expect(text.contains("    needs --allow-fixed-disk --confirm \(node) --force --unmount\n"))
        }

        @Test("text fits on 80 columns, and a hostile label or mount point cannot drive the terminal")
        func hostile() throws {
            let loop = try LoopDevice { image in
                try Program.succeed("mkfs.ext4", ["-q", "-F", "-L", "\u{1B}[2J\u{202E}x", image.string])
            }
            try loop.mount(
                at: "a\u{1B}]0;title\u{7} new\nline and a long name that goes on and on for more than a line")
            let text = try BuiltProgram.run("devices", loop.node.string).output
            #expect(text.contains("\\u{1B}") || text.contains("\\u{001B}"))
            for scalar in text.unicodeScalars where scalar != "\n" {
                #expect(scalar.properties.generalCategory != .control && scalar.properties.generalCategory != .format)
            }
            for line in text.split(separator: "\n") where line.contains(" ") { #expect(line.count <= 80, "\(line)") }
        }

        @Test("a link to a drive and the drive are the same; a write-protected one is refused, which is no error here")
        func links() throws {
            let loop = try LoopDevice(options: ["--read-only"])
            let link = loop.folder.appending("by-id")
            try Program.succeed("ln", ["-s", loop.node.string, link.string])
            let result = try BuiltProgram.run("devices", link.string)
            #expect(result.status == 0 && result.output.contains("\n\(loop.node) "))
            #expect(result.output.contains("    refused: is write-protected\n"))
        }
    }
}
