// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Testing

@testable import WindowsSetup

@Suite("Scripts that Windows runs while it sets itself up")
struct SetupScriptTests {
    private func text(_ script: SetupCompleteScript) -> [String] {
        String(decoding: script.bytes, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false).map(
            String.init)
    }

    @Test("commands run in their order and folders, and what follows a failure does not")
    func order() {
        let lines = text(
            SetupCompleteScript(commands: [
                SetupCommand(
                    title: "First", commandLine: "one.exe /x", folder: "%SystemDrive%\\a b", successCodes: [0, 5]),
                SetupCommand(title: "Second", commandLine: "two.cmd", continuesOnError: true),
            ]))
        let places = ["pushd \"%SystemDrive%\\a b\"", "call one.exe /x ", "popd", "goto failed", "call two.cmd "]
            .compactMap { part in lines.firstIndex { $0.contains(part) } }
        #expect(places.count == 5 && places == places.sorted())
        #expect(lines.contains("if \"%TSMEDIA_CODE%\"==\"5\" set TSMEDIA_OK=1"))
        #expect(lines.count { $0.contains("goto failed") } == 1)
        #expect(lines.last == "" && lines.dropLast().last == "exit /b 1")
    }

    @Test("3010 is success and asks for one restart at the end")
    func restart() {
        let lines = text(SetupCompleteScript(commands: [SetupCommand(title: "x", commandLine: "x")]))
        #expect(lines.contains("if \"%TSMEDIA_CODE%\"==\"3010\" set TSMEDIA_OK=1"))
        #expect(lines.count { $0.contains("shutdown.exe") } == 1)
    }

    @Test("a title or a command cannot add lines of its own")
    func injection() {
        let lines = text(
            SetupCompleteScript(commands: [
                SetupCommand(title: "a & del *\r\nformat", commandLine: "x\r\nshutdown /r\u{0}", folder: "y\nz")
            ]))
        #expect(!lines.contains { $0.hasPrefix("format") || $0.hasPrefix("shutdown /r") || $0 == "z\"" })
        #expect(!lines.contains { $0.contains("& del") })
    }

    @Test("the image's own script runs first, the administrator is disabled last, and folders go")
    func frame() {
        let lines = text(
            SetupCompleteScript(
                commands: [SetupCommand(title: "x", commandLine: "x.exe")], callsImages: true,
                disablesAdministrator: true, removedFolders: ["%SystemDrive%\\_SMSTaskSequence\\Drivers"]))
        let places = ["call \"%~dp0SetupComplete-image.cmd\"", "call x.exe", "Disable-LocalUser", "rd /s /q "]
            .compactMap { part in lines.firstIndex { $0.contains(part) } }
        #expect(places.count == 4 && places == places.sorted())
    }

    @Test("drivers are added package by package, and the pass does not fail for one")
    func drivers() {
        let script = DriverStaging(packages: [.init(name: "ABC00001"), .init(name: "50% more", isRecursive: false)])
            .script
        let lines = String(decoding: script, as: UTF8.self).split(separator: "\r\n").map(String.init)
        #expect(
            lines.contains {
                $0.hasPrefix("pnputil.exe /add-driver \"%~dp0Drivers\\ABC00001\\*.inf\" /subdirs /install")
            })
        #expect(lines.contains { $0.hasPrefix("pnputil.exe /add-driver \"%~dp0Drivers\\50%% more\\*.inf\" /install") })
        #expect(lines.last == "exit /b 0")
        // A command of the pass has a limit of 259 characters (Windows' documentation, RunSynchronousCommand).
        #expect(DriverStaging.command.utf16.count < 259)
    }
}
