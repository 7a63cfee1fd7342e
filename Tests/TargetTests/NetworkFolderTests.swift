// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Shares that a computer connects to, of a real Samba.
@Suite("Network folders on the target", .inTargetSuite, .serialized)
struct NetworkFolderTests {
    private static let password = "p,ä \"ss\\w=rd"
    private let deployment: Deployment
    private let work: TestFolder
    private let share: FilePath
    private let server: SambaServer

    init() throws {
        deployment = try Deployment.shared.get()
        work = try TestFolder()
        share = work.appending("share")
        try TestFolder.makeFolder(share.appending("tools"))
        try TestFolder.write("from the share\n".utf8, to: share.appending("tools/Über.txt"))
        var options = SambaServer.Options()
        options.password = Self.password
        // The target names a server, and no port.
        options.port = 445
        server = try SambaServer(["deploy": share], options, in: work)
    }

    private static func connect(_ folder: String, _ password: String) -> String {
        TS.step(
            "Connect", "ConnectNetworkFolder",
            [
                ("Path", "\\\\10.0.2.2\\deploy\\\(folder)"), ("DriveLetter", "Z:"), ("Username", SambaServer.user),
                ("Password", password.replacing("\"", with: "&quot;")),
            ])
    }

    @Test("a share is connected with a password of any characters, read by conditions, and gets the log")
    func connected() throws {
        let items =
            TS.step("Log", "SetVariable", [("VariableName", "SLShare"), ("VariableValue", "Z:\\logs")])
            + Self.connect("tools", Self.password)
            + TS.command(
                "If there", "echo it is there", condition: TS.expression("File", [("Path", "Z:\\über.TXT")]))
            + TS.command(
                "If not there", "echo wrong", condition: TS.expression("File", [("Path", "Z:\\none.txt")]))
        try deployment.media("share.iso", items, packages: [])
        let (result, report) = try deployment.attempt(
            "share.iso",
            ["--network", "--firmware", "bios", "--disk", "1GiB", "--copy-out", "smsts.log=share.log", "--force"])
        let log = String(decoding: try deployment.session.bytes("share.log"), as: UTF8.self)
        #expect(result.status == 0, "\(result.errorText)\n\(log)")
        #expect(report.steps.elements.map { $0.name.text ?? "" } == ["Log", "Connect", "If there"])
        let copied = try String(
            decoding: SmallFile.read(share.appending("tools/logs/smsts.log")), as: UTF8.self)
        #expect(copied.contains("it is there"))
        for text in [log, copied] { #expect(!text.contains(Self.password)) }
        withExtendedLifetime(server) {}
    }

    @Test(
        "what keeps a share from being connected is told with what to do",
        arguments: [
            ("tools", "wrong", "Permission denied", "check the server, the account and its password"),
            ("none", NetworkFolderTests.password, "does not exist", "make it on the server"),
        ])
    func refused(folder: String, password: String, problem: String, nextStep: String) throws {
        try deployment.media("refused-share.iso", Self.connect(folder, password), packages: [])
        let (result, _) = try deployment.attempt(
            "refused-share.iso", ["--network", "--firmware", "bios", "--disk", "1GiB"])
        #expect(result.status == 65)
        #expect(result.errorText.contains(problem) && result.errorText.contains(nextStep), "\(result.errorText)")
        withExtendedLifetime(server) {}
    }

    @Test("a computer without a network is told so")
    func noNetwork() throws {
        try deployment.media("no-network.iso", Self.connect("tools", Self.password), packages: [])
        let (result, _) = try deployment.attempt("no-network.iso", ["--firmware", "bios", "--disk", "1GiB"])
        #expect(result.status == 65)
        #expect(result.errorText.contains("has no network adapter"), "\(result.errorText)")
    }
}
