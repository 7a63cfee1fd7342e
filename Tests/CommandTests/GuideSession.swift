// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// A page of docs/guide with what it names: the demo stands for the distribution point, loop devices for sticks.
///
/// Where loop devices cannot be made, images of drives stand for them, and ``run(_:)`` says that what is printed differs.
final class GuideSession {
    private let session: CommandSession
    /// What the page calls a path, and where it is.
    private var places: [(page: String, here: String)] = []
    private var drives: [(page: String, device: LoopDevice?)] = []
    private let programs: String

    /// Prepares what the commands of `page` read.
    init(_ page: DocumentationPage) throws {
        let commands = page.commands.map(\.text).joined(separator: "\n")
        let isField = page.path.lastComponent == "field.md"
        session = try CommandSession(ownLibrary: isField)
        programs = try BuiltProgram.tsmedia.removingLastComponent().string
        places = [
            ("/srv/SCCMContentLib", session.library.string), ("/mnt/dp", session.library.string),
            ("/srv/library", session.work.appending("library").string),
            ("/srv/bin", session.demo.clientBinaries.string),
        ]
        for letter in ["b", "c"] where commands.contains("/dev/sd\(letter)") {
            let device =
                LoopDevice.isPossible ? try LoopDevice(mebibytes: 40, in: session.work, name: "sd\(letter)") : nil
            drives.append(("/dev/sd\(letter)", device))
            places.append(("/dev/sd\(letter)", device?.node.string ?? "sd\(letter).img"))
        }
        try write("password.txt", "Spring-2031\n")
        try copy(session.demo.taskSequenceExport, "Windows 11.zip")
        if commands.contains("winpe.wim"), let image = session.demo.contents(of: DemoSite.bootImage).first {
            try copy(image.source.appending("boot.\(DemoSite.bootImage).wim"), "winpe.wim")
        }
        if commands.contains("media.pfx") { try makeCertificate() }
        if let models = page.block("csv") { try write("models.csv", models.joined(separator: "\n") + "\n") }
        if commands.contains("--output oem") { try TestFolder.makeFolder(session.folder.appending("oem")) }
        if isField { try makeOutdatedStick() }
    }

    private func write(_ name: String, _ text: String) throws {
        try TestFolder.write(text.utf8, to: session.folder.appending(name))
    }

    private func copy(_ file: FilePath, _ name: String) throws {
        try Program.succeed("cp", ["-a", file.string, session.folder.appending(name).string])
    }

    private func makeCertificate() throws {
        let authority = try CertificateAuthority(in: session.work, name: "Example Root")
        try copy(FilePath(authority.export(authority.issue("Media"))), "media.pfx")
        try write("media.pfx.txt", "Kennwört\n")
        try copy(FilePath(authority.root), "root.cer")
    }

    /// A stick of the guide's own, and then a newer version of one of its packages on the distribution point.
    private func makeOutdatedStick() throws {
        let stick = try DocumentationPage("docs/guide/usb-stick.md").commands.first {
            $0.text.contains("--usb /dev/sdb")
        }
        let tools = session.demo.contents(of: "ABC00011").first
        try copy(#require(tools).source, "tools")
        try write("tools/Setup.cmd", "newer\n")
        for command in [
            try #require(stick).text, "tsmedia content add tools --package-id ABC00011 --library /srv/SCCMContentLib",
        ] {
            let result = try run(command)
            try #require(result.status == 0, "\(command)\n\(result.output)")
        }
    }

    /// Runs `command` of the page, with what stands here for its paths, and returns what it prints in the words of the page.
    ///
    /// - Returns: `isAsWritten` is false where something else had to be run.
    func run(_ command: String) throws -> (status: Int32, output: String, isAsWritten: Bool) {
        // The demo is as small as a small disc.
        var text = command.replacing("--media-size dvd", with: "--media-size 12MB")
        var isAsWritten = true
        var copies: [String] = []
        if ["create", "update", "write"].contains(where: { command.hasPrefix("tsmedia \($0)") }) {
            let used = drives.filter { text.contains($0.page) }
            if used.contains(where: { $0.device == nil }), command.hasPrefix("tsmedia write") {
                // It writes nothing but drives; what follows is tried on an image.
                isAsWritten = false
                let make = "tsmedia create capture --boot-image ABC00005 --distribution-point /srv/SCCMContentLib"
                text = used.map { "\(make) --output \($0.page)" }.joined(separator: " && ")
            } else if used.contains(where: { $0.device == nil }) {
                for (number, drive) in used.enumerated() where text.contains("--usb \(drive.page)") {
                    isAsWritten = false
                    let image = number == 0 ? "--output \(drive.page)" : ""
                    text = text.replacing("--usb \(drive.page)", with: image)
                    if number > 0 { copies.append("cp \(used[0].page) \(drive.page)") }
                }
            } else if !used.isEmpty {
                // To the program a loop device is a fixed disk.
                text += " --allow-fixed-disk" + used.map { " --confirm \($0.page)" }.joined()
            }
        }
        text = ([text + " 2>&1"] + copies).joined(separator: " && ")
        for place in places { text = text.replacing(place.page, with: place.here) }
        let result = try Program.run(
            "bash", ["-c", "PATH=\"$0:$PATH\"\n" + text, programs],
            environment: [
                "HOME": session.work.path.string, "XDG_CACHE_HOME": session.work.appending("cache").string,
                "SOURCE_DATE_EPOCH": "",
            ], in: session.folder)
        var output = result.output
        for place in places.sorted(by: { $0.here.count > $1.here.count }) {
            output = output.replacing(place.here, with: place.page)
        }
        // Two names of one folder: the page means the one that it used.
        if !command.contains("/srv/SCCMContentLib") {
            output = output.replacing("/srv/SCCMContentLib", with: "/mnt/dp")
        }
        return (result.status, output, isAsWritten)
    }
}
