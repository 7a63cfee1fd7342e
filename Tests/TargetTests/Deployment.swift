// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport

/// What the tests of whole deployments share: an open boot image with the real engine, a library with an image of a stand-in for
/// Windows, and media of them.
final class Deployment: @unchecked Sendable {
    static let image = "ABC00010"
    static let package = "ABC00011"
    static let dataImage = "ABC00012"
    static let drivers = "ABC00013"
    static let client = "ABC00014"

    let session: CommandSession
    let bootImage: FilePath
    let library: FilePath
    /// The WIM that is applied.
    let windows: FilePath

    static let shared = Result { try Deployment() }

    private init() throws {
        session = try CommandSession()
        library = session.work.appending("library")
        bootImage = session.folder.appending("engine.wim")
        windows = session.work.appending("install.wim")
        try InstalledWindowsFixture().write(to: windows)
        let folders = session.work.appending("content")
        func add(_ id: String, _ files: [(String, [UInt8])]) throws {
            let folder = folders.appending(id)
            for (name, bytes) in files { try TestFolder.write(bytes, to: folder.appending(name)) }
            try session.succeed([
                "content", "add", folder.string, "--package-id", id, "--library", library.string, "--create",
            ])
        }
        try TestFolder.makeFolder(folders.appending(Self.image))
        try Program.succeed("cp", [windows.string, folders.appending(Self.image).appending("install.wim").string])
        try session.succeed([
            "content", "add", folders.appending(Self.image).string, "--package-id", Self.image, "--library",
            library.string,
            "--create",
        ])
        try add(Self.package, [("tool.sh", Array("#!/bin/sh\necho tool of the package says $1\n".utf8))])
        try add(
            Self.drivers,
            [("net/net.inf", Array("[Version]\r\nSignature=\"$WINDOWS NT$\"\r\n".utf8)), ("net/net.sys", [1, 2])])
        try add(Self.client, [("ccmsetup.exe", [0x4D, 0x5A])])
        try TestFolder.makeFolder(folders.appending(Self.dataImage))
        let data = session.work.appending("data")
        try TestFolder.write("data of the image\n".utf8, to: data.appending("Data.txt"))
        try Program.succeed(
            "wimlib-imagex",
            [
                "capture", data.string, folders.appending(Self.dataImage).appending("data.wim").string, "Data",
                "--compress=XPRESS",
            ])
        try session.succeed([
            "content", "add", folders.appending(Self.dataImage).string, "--package-id", Self.dataImage, "--library",
            library.string,
        ])
        try session.succeed(
            [
                "bootimage", "build", "--output", bootImage.string, "--engine",
                Repository.file(".build-engine/tsengine").string,
                "--hardware", "virtual",
            ] + BootPackages.arguments)
    }

    /// Stand-alone media `output` with a task sequence of `items`.
    @discardableResult
    func media(
        _ output: String, _ items: String, packages: [String] = [image], more: [String] = ["--allow-unattended"]
    ) throws -> FilePath {
        let references = packages.map { "<reference package=\"\($0)\"/>" }.joined()
        let text = "<sequence version=\"3.10\"><referenceList>\(references)</referenceList>\(items)</sequence>"
        let sequence = try session.work.write(text.utf8, to: "\(output).xml")
        try session.succeed(
            [
                "create", "standalone", "--distribution-point", library.string, "--store", session.store.string,
                "--boot-image",
                bootImage.string, "--task-sequence", sequence.string, "--output", output, "--force",
            ] + more)
        return session.folder.appending(output)
    }

    /// What `tsmedia try` says of `media`.
    func attempt(_ media: String, _ more: [String] = [], input: [UInt8] = []) throws -> (
        result: ProgramResult, report: JSONValue
    ) {
        let result = try session.run(["try", media, "--json", "--timeout", "420"] + more, input: input)
        return (result, try JSONValue(parsing: result.output))
    }
}

/// Where the packages of boot images come from: a folder that `make test-target` has filled, so that each run fetches them once.
enum BootPackages {
    static var arguments: [String] { ["--packages", Repository.file(".build-packages").string] }
}

/// Steps of task sequences.
enum TS {
    static func step(
        _ name: String, _ type: String, _ properties: [(String, String)] = [], condition: String = "",
        attributes: String = ""
    ) -> String {
        let list = properties.sorted { $0.0 < $1.0 }.map {
            "<variable name=\"\($0.0)\" property=\"\($0.0)\" hidden=\"true\">\($0.1)</variable>"
        }.joined()
        return
            "<step type=\"SMS_TaskSequence_\(type)Action\" name=\"\(name)\" description=\"\" \(attributes) runIn=\"WinPEandFullOS\">"
            + (condition.isEmpty ? "" : "<condition>\(condition)</condition>")
            + "<action>x</action><defaultVarList>\(list)</defaultVarList></step>"
    }

    static func variable(_ name: String, _ comparison: String, _ value: String = "") -> String {
        expression("Variable", [("Operator", comparison), ("Value", value), ("Variable", name)])
    }

    static func expression(_ type: String, _ operands: [(String, String)]) -> String {
        "<expression type=\"SMS_TaskSequence_\(type)ConditionExpression\">"
            + operands.map { "<variable name=\"\($0.0)\">\($0.1)</variable>" }.joined() + "</expression>"
    }

    static func command(_ name: String, _ line: String, condition: String = "", attributes: String = "") -> String {
        step(name, "RunCommandLine", [("CommandLine", line)], condition: condition, attributes: attributes)
    }

    /// Format and Partition Disk for a firmware.
    static func partition(
        _ firmware: String, windows: [(String, String)] = [("100", "Percent")], more: [(String, String)] = []
    ) -> String {
        let isUEFI = firmware == "UEFI"
        var parts =
            isUEFI
            ? [("EFI", "EFI", "FAT32", "260", "MB"), ("MSR", "", "", "16", "MB")]
            : [("PRIMARY", "System Reserved", "NTFS", "100", "MB")]
        for (number, size) in windows.enumerated() {
            parts.append(("PRIMARY", number == 0 ? "Windows" : "Data", "NTFS", size.0, size.1))
        }
        var properties = [
            ("DiskIndex", "0"), ("PartitionStyle", isUEFI ? "GPT" : "MBR"), ("GPTBootDisk", isUEFI ? "true" : "false"),
            ("Partitions", "\(parts.count)"),
        ]
        for (index, part) in parts.enumerated() {
            let name = part.1
            for (property, value) in [
                ("Type", part.0), ("VolumeName", name), ("FileSystem", part.2), ("Size", part.3), ("SizeUnits", part.4),
                ("QuickFormat", "true"), ("Bootable", !isUEFI && index == 0 ? "true" : "false"),
                ("VolumeLetterVariable", name == "Windows" ? "OSDisk" : name == "Data" ? "DataDisk" : ""),
            ] { properties.append(("Partitions\(index)\(property)", value)) }
        }
        return step(
            "Partition Disk 0 - \(firmware)", "PartitionDisk", properties + more,
            condition: variable("_SMSTSBootUEFI", isUEFI ? "equals" : "notEquals", "true"))
    }

    static let partition = partition("BIOS") + partition("UEFI")
    static let apply = apply(Deployment.image)
    /// Apply Operating System Image, to the volume for Windows.
    static func apply(_ image: String) -> String {
        step(
            "Apply Operating System", "ApplyOperatingSystem",
            [("ImagePackageID", image), ("ImageIndex", "1"), ("DestinationVariable", "OSDisk")])
    }
    static func set(_ variable: String, _ value: String) -> String {
        step("Set \(variable)", "SetVariable", [("VariableName", variable), ("VariableValue", value)])
    }
    static let setup = step("Setup Windows", "SetupWindowsAndSMS")
    static let deploy = partition + apply + setup
}
