// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Requests that make no sense: 64, the option named, nothing written.
@Suite("Usage errors")
struct UsageTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    @Test(
        "a bad value names its option",
        arguments: [
            (CommandSession.Media.bootable, ["--label", ""], "--label"),
            (.bootable, ["--label", String(repeating: "x", count: 129)], "--label"),
            (.bootable, ["--label", "two\nlines"], "--label"),
            (.bootable, ["--media-guid", "1234"], "--media-guid"),
            (.bootable, ["--media-mode", "site-based", "--management-point", "http://b"], "--management-point"),
            (.bootable, ["--management-point", "mp.example.com"], "--management-point"),
            (.bootable, ["--management-point", "http://a*http://b"], "--management-point"),
            (.bootable, ["--management-point", "ftp://mp.example.com"], "--management-point"),
            (.bootable, ["--media-mode", "static"], "--media-mode"),
            (.bootable, ["--user-device-affinity", "always"], "--user-device-affinity"),
            (.bootable, ["--variable", "novalue"], "--variable"),
            (.bootable, ["--variable", "=value"], "--variable"),
            (.bootable, ["--variable", "_SMSTSMine=1"], "--variable"),
            (.capture, ["--boot-loader-certificate", "2042"], "--boot-loader-certificate"),
            (.capture, ["--jobs", "0"], "--jobs"),
            (.capture, ["--jobs", "many"], "--jobs"),
            (.capture, ["--media-size", "cd"], "--media-size"),
            (.standalone, ["--media-size", "huge"], "--media-size"),
            (.standalone, ["--media-size", "-5"], "--media-size"),
            (.standalone, ["--media-expiration-date", "2030-02-30"], "--media-expiration-date"),
            (.standalone, ["--media-expiration-date", "tomorrow"], "--media-expiration-date"),
            (.standalone, ["--media-expiration-date", "2026-1-1"], "--media-expiration-date"),
            (.standalone, ["--media-expiration-date", "2026-99999999999999999-01"], "--media-expiration-date"),
            (.standalone, ["--package", "nonsense/../"], "--package"),
            (.standalone, ["--driver-package", "x"], "--driver-package"),
            (.standalone, ["--application", "Demo Reader"], "--application"),
            (.standalone, ["--boot-image", "what"], "--boot-image"),
            (.standalone, ["--no-such-option"], "--no-such-option"),
        ])
    func badValue(media: CommandSession.Media, options: [String], name: String) throws {
        let result = try session.run(session.arguments(media, "media.iso", options))
        #expect(result.status == 64, "\(result.errorText)")
        #expect(result.failure.contains(name), "\(result.errorText)")
        #expect(result.output.isEmpty)
        #expect(try session.outputs() == [])
    }

    @Test(
        "a bad site code names its option", arguments: ["AB", "ABCD", "A-C", "ÄBC"])
    func siteCode(code: String) throws {
        let result = try session.run(session.arguments(.bootable).replacing("ABC", by: code))
        #expect(result.status == 64)
        #expect(result.failure.contains("--site-code"))
    }

    @Test(
        "what is missing is named",
        arguments: [
            (["create", "capture", "--output", "a.iso"], "--boot-image"),
            (["create", "bootable", "--output", "a.iso", "--boot-image", "ABC00005"], "--management-point"),
            (["create", "standalone", "--output", "a.iso"], "--task-sequence"),
            (["create", "capture", "--boot-image", "ABC00005"], "--output"),
            (["create", "capture", "--boot-image", "ABC00005", "--output", "a.iso"], "--distribution-point"),
            (["inspect"], "media"), (["verify"], "media"),
        ])
    func missing(arguments: [String], name: String) throws {
        let result = try session.run(arguments)
        #expect(result.status == 64, "\(result.errorText)")
        #expect(result.failure.contains(name), "\(result.errorText)")
        #expect(try session.outputs() == [])
    }

    @Test("an output that is a WIM is prestaged media, which is another command")
    func wim() throws {
        let result = try session.run(session.arguments(.capture, "media.wim"))
        #expect(result.status == 64)
        #expect(result.failure.contains("--output media.wim"))
    }

    @Test("an unknown command is 64", arguments: [["make"], ["create", "something"], ["create"], []])
    func unknownCommand(arguments: [String]) throws {
        let result = try session.run(arguments)
        // Without a command the help is the answer.
        #expect(result.status == (arguments.isEmpty || arguments == ["create"] ? 0 : 64), "\(result.errorText)")
        #expect(!(result.output + result.errorText).isEmpty)
    }

    @Test(
        "an empty path is a usage error, not a crash",
        arguments: [
            "--output", "--distribution-point", "--task-sequence", "--store", "--client-binaries", "--log-file",
            "--password-file",
        ])
    func emptyPath(option: String) throws {
        let result = try session.run(session.arguments(.standalone, "media.iso", [option, ""]))
        #expect(result.status == 64, "\(result.errorText)")
        #expect(result.failure == "error: \(option) has an empty value; give it one, or leave it out")
        #expect(try session.outputs() == [])
        let joined = try session.run(session.arguments(.standalone, "media.iso", ["\(option)="]))
        #expect(joined.status == 64 && joined.failure == result.failure, "\(joined.errorText)")
    }

    @Test("an empty path that no option names is a usage error", arguments: ["verify", "inspect", "update"])
    func emptyArgument(command: String) throws {
        let result = try session.run([command, ""])
        #expect(result.status == 64)
        #expect(result.failure == "error: an argument is empty; name a file, or leave it out")
    }

    @Test("text may be empty")
    func emptyText() throws {
        let arguments = session.arguments(.bootable, "media", ["--dry-run", "--variable", "X=", "--progress", "none"])
        #expect(try session.run(arguments).status == 0)
    }
}
