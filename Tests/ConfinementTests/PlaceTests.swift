// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import Confinement

/// Files and folders: what was not named is out of reach, for root as well.
@Suite(.enabled(if: ConfinedProcess.kernelVersion >= Landlock.oldestVersion, "this kernel has no Landlock"))
struct PlaceTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try folder.write("source".utf8, to: "sources/one")
        try folder.write("secret".utf8, to: "home/secret")
        try TestFolder.makeFolder(folder.appending("out"))
        try TestFolder.makeFolder(folder.appending("store"))
    }

    private func path(_ name: String) -> String { folder.appending(name).string }

    @Test("what is named is read, and neither /etc/shadow nor a file of the user's is")
    func reading() throws {
        let outcome = try ConfinedProcess.outcome(
            ["--read", path("sources")],
            [
                ("read", path("sources/one")), ("list", path("sources")), ("read", "/etc/shadow"),
                ("read", path("home/secret")), ("list", path("home")), ("append", path("sources/one")),
                ("create", path("sources/new")), ("remove", path("sources/one")), ("read", "/etc/passwd"),
            ])
        #expect(
            outcome == [
                "read 0", "list 0", "read EACCES", "read EACCES", "list EACCES", "append EACCES", "create EACCES",
                "remove EACCES", "read 0",
            ])
        #expect(Glibc.access(path("sources/new"), F_OK) != 0)
        #expect(Glibc.access(path("sources/one"), F_OK) == 0)
    }

    @Test("a file that is named lets nobody at its neighbours, and a link leads no further")
    func neighbours() throws {
        try folder.write("two".utf8, to: "sources/two")
        #expect(symlink(path("home/secret"), path("sources/link")) == 0)
        let outcome = try ConfinedProcess.outcome(
            ["--read", path("sources/one")],
            [("read", path("sources/one")), ("read", path("sources/two")), ("list", path("sources"))])
        #expect(outcome == ["read 0", "read EACCES", "list EACCES"])
        let linked = try ConfinedProcess.outcome(["--read", path("sources")], [("read", path("sources/link"))])
        #expect(linked == ["read EACCES"])
    }

    @Test("outputs are made, moved to their names and removed in their folder, and nowhere else")
    func writing() throws {
        let outcome = try ConfinedProcess.outcome(
            ["--write", path("out/media.iso"), "--change", path("store")],
            [
                ("create", path("out/temporary")), ("move", "\(path("out/temporary")):\(path("out/media.iso"))"),
                ("create", path("store/kept")), ("move", "\(path("store/kept")):\(path("out/kept"))"),
                ("remove", path("out/kept")), ("create", path("home/planted")), ("create", "/root/planted"),
                ("move", "\(path("home/secret")):\(path("out/stolen"))"), ("remove", path("home/secret")),
            ])
        #expect(
            outcome == [
                "create 0", "move 0", "create 0", "move 0", "remove 0", "create EACCES", "create EACCES",
                "move EACCES", "remove EACCES",
            ])
        #expect(Glibc.access(path("out/media.iso"), F_OK) == 0)
        #expect(Glibc.access(path("home/secret"), F_OK) == 0)
    }

    @Test("a log that is there is written and its folder is not; one that is not there is made and read by nobody")
    func logs() throws {
        try folder.write("log".utf8, to: "out/run.log")
        let there = try ConfinedProcess.outcome(
            ["--append", path("out/run.log")], [("append", path("out/run.log")), ("create", path("out/other"))])
        #expect(there == ["append 0", "create EACCES"])
        let new = try ConfinedProcess.outcome(
            ["--append", path("out/new.log")],
            [("create", path("out/new.log")), ("read", path("out/run.log")), ("remove", path("out/run.log"))])
        #expect(new == ["create 0", "read EACCES", "remove EACCES"])
    }

    @Test("names are listed where only they are needed, and files are not read")
    func listing() throws {
        let outcome = try ConfinedProcess.outcome(
            ["--list", path("home")], [("list", path("home")), ("read", path("home/secret"))])
        #expect(outcome == ["list 0", "read EACCES"])
    }

    @Test("a place that is not there is passed over, and is as absent as before")
    func missing() throws {
        let outcome = try ConfinedProcess.outcome(
            ["--read", path("nowhere"), "--in-place", "/dev/nothing"], [("read", path("nowhere"))])
        #expect(outcome == ["read ENOENT"])
    }

    @Test("a user without a home has the same limits", .enabled(if: geteuid() == 0))
    func ordinaryUser() throws {
        try Program.succeed("chmod", ["-R", "a+rwX", folder.path.string])
        let outcome = try ConfinedProcess.outcome(
            ["--read", path("sources"), "--change", path("out")],
            [("read", path("sources/one")), ("create", path("out/new")), ("read", path("home/secret"))],
            runner: ["setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups"])
        #expect(outcome == ["read 0", "create 0", "read EACCES"])
    }

    @Test(
        "of each version of Landlock as many rights are asked for as it knows",
        arguments: [(1, 13), (2, 14), (3, 15), (4, 15), (5, 16), (7, 16), (99, 16)])
    func versions(version: Int32, count: Int) {
        #expect(PlaceAccess.known(version: version).rawValue.nonzeroBitCount == count)
        #expect(PlaceAccess.change.intersection(.known(version: version)).contains(.writeFile))
    }
}
