// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import Confinement

/// What a process does to others: servers, programs, processes, and the system.
@Suite struct ProcessTests {
    @Test("a server at a port that was named is reached, and no other")
    func ports() throws {
        let (named, other) = (try LoopbackListener(), try LoopbackListener())
        let outcome = try ConfinedProcess.outcome(
            ["--port", "\(named.port)"], [("connect", "\(named.port)"), ("connect", "\(other.port)"), ("listen", "")])
        #expect(outcome[0] == "connect 0")
        if ConfinedProcess.kernelVersion >= 4 { #expect(outcome[1] == "connect EACCES") }
        #expect(outcome[2] == "listen EACCES")
    }

    @Test("without a server there is no socket of any kind")
    func noNetwork() throws {
        let server = try LoopbackListener()
        let kinds = [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET]
        let outcome = try ConfinedProcess.outcome(
            [], [("connect", "\(server.port)")] + kinds.map { ("socket", "\($0)") })
        #expect(outcome == ["connect EACCES"] + kinds.map { _ in "socket EACCES" })
    }

    @Test("with one there are those of servers and of their names, and no raw ones")
    func families() throws {
        let outcome = try ConfinedProcess.outcome(
            ["--port", "443"], [("socket", "\(AF_INET6)"), ("socket", "\(AF_PACKET)"), ("socket", "\(AF_VSOCK)")])
        #expect(outcome == ["socket 0", "socket EAFNOSUPPORT", "socket EAFNOSUPPORT"])
    }

    @Test("no program starts where none is needed, and threads do")
    func programs() throws {
        let outcome = try ConfinedProcess.outcome([], [("start", "/bin/true"), ("thread", "")])
        #expect(outcome == ["start EACCES", "thread 0"])
    }

    @Test("a program that is started has the same limits")
    func startedPrograms() throws {
        let folder = try TestFolder()
        try folder.write("#!/bin/sh\nread line < /etc/shadow\n".utf8, to: "thief")
        try folder.write("#!/bin/sh\nexit 0\n".utf8, to: "honest")
        try Program.succeed("chmod", ["-R", "755", folder.path.string])
        let outcome = try ConfinedProcess.outcome(
            ["--start", "--run", folder.path.string],
            [
                ("start", "/bin/true"), ("start", folder.appending("honest").string),
                ("start", folder.appending("thief").string),
            ])
        #expect(outcome[0...1] == ["start 0", "start 0"])
        if ConfinedProcess.kernelVersion >= Landlock.oldestVersion { #expect(outcome[2] == "start \(ECHILD)") }
    }

    @Test("other processes are neither looked into nor sent signals, and nothing is unmounted")
    func others() throws {
        let outcome = try ConfinedProcess.outcome(
            ["--change", "/tmp"],
            [
                ("unmount", "/proc"), ("user", ""), ("node", "/tmp/tsmedia-node-\(getpid())"),
                ("read", "/proc/\(getpid())/mem"), ("signal", "\(getpid())"),
            ])
        #expect(outcome[0...3] == ["unmount EPERM", "user EPERM", "node EPERM", "read EACCES"])
        if ConfinedProcess.kernelVersion >= 6 { #expect(outcome[4] == "signal EPERM") }
    }

    @Test("a process that unmounts drives may do that, and nothing that only servers do")
    func unmounting() throws {
        let outcome = try ConfinedProcess.outcome(
            ["--unmount"], [("unmount", "/nowhere"), ("socket", "\(AF_INET)"), ("start", "/bin/true")])
        #expect(outcome == ["unmount ENOENT", "socket EACCES", "start EACCES"])
    }

    @Test("a process that has threads already is not held to anything, and says so")
    func threads() {
        // The tests have threads.
        let error = #expect(throws: ConfinementError.self) { try Confinement.enter(ProcessNeeds()) }
        #expect(error?.failureClass == .refused)
        #expect(error?.text.names(.noSandbox) == true)
        #expect(access("/etc/shadow", F_OK) == 0 && !ProcessLimits.areInForce)
    }

    @Test("what is in force is told in words")
    func report() throws {
        let lines = try ConfinedProcess.report(["--change", "/srv/out", "--port", "8530", "--start"])
        #expect(lines.last == "sandbox: starts programs")
        if ConfinedProcess.kernelVersion >= 4 {
            let others = ["sandbox: writes to /srv/out", "sandbox: connects to ports 8530"]
            #expect(lines == others + ["sandbox: starts programs"])
        }
    }
}
