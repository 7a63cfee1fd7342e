// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import TSMediaTestSupport

/// A command whose outputs are files or folders in the folder that it runs in, made of what lies there too.
struct FileCommand: WritingCommand {
    var name: String
    var outputs: [String]
    /// What is there before: command lines that must succeed.
    var before: @Sendable (Stage) -> [[String]]
    /// Files that are written before.
    var files: [String: String] = [:]
    /// What it reads.
    var sources: [String] = []
    var command: @Sendable (Stage) -> [String]

    func prepare(_ stage: Stage) throws {
        for (path, text) in files { try stage.session.work.write(text.utf8, to: path) }
        for line in before(stage) {
            let result = try stage.run(line)
            guard result.status == 0 else { throw StageFailure("\(line): \(result.errorText)") }
        }
    }

    func arguments(_ stage: Stage) throws -> [String] { command(stage) }
    var units: [String] { outputs.map { "out/\($0)" } }
    func isOwn(_ path: String) -> Bool { SharedPlaces.holds(path) }

    private static func sequence(_ kind: String, _ output: String, _ name: String) -> [String] {
        [
            "sequence", "new", kind, "--name", name, "--boot-image", DemoSite.bootImage, "--capture-path",
            #"\\server\share\"# + "\(name).wim", "--capture-account", #"EXAMPLE\capture"#, "--output", output,
            "--force",
        ]
    }

    static let all: [FileCommand] = [
        FileCommand(
            name: "extract", outputs: ["tree"],
            before: {
                [
                    $0.session.arguments(.standalone) + ["--staging-folder", $0.staging],
                    ["extract", "media.iso", "sources", "SMS/data", "--output", "tree"],
                ]
            }, sources: ["out/media.iso"], command: { _ in ["extract", "media.iso", "--output", "tree", "--force"] }),
        FileCommand(
            name: "sequence new", outputs: ["new.zip"], before: { _ in [sequence("capture", "new.zip", "old")] },
            command: { _ in sequence("capture", "new.zip", "new") }),
        FileCommand(
            name: "sequence format", outputs: ["new.xml"],
            before: { _ in
                [
                    sequence("capture", "new.xml", "old"), sequence("capture", "other.zip", "new"),
                ]
            }, command: { _ in ["sequence", "format", "other.zip", "--output", "new.xml", "--force"] }),
        FileCommand(
            name: "sequence document", outputs: ["new.html"],
            before: { _ in
                [
                    sequence("capture", "old.zip", "old"), sequence("capture", "other.zip", "new"),
                    ["sequence", "document", "old.zip", "--format", "html", "--output", "new.html"],
                ]
            },
            command: { _ in
                ["sequence", "document", "other.zip", "--format", "html", "--output", "new.html", "--force"]
            }),
    ]
}

/// A drive image that is brought up to date where it is.
struct UpdateCommand: WritingCommand {
    let name = "update"
    let units: [String] = []
    var changesLibrary: Bool { true }

    private func source(_ stage: Stage) -> [String] {
        [
            "--distribution-point", stage.session.library.string, "--store", stage.session.store.string,
            "--task-sequence", stage.session.demo.taskSequenceExport.string, "--staging-folder", stage.staging,
        ]
    }

    func prepare(_ stage: Stage) throws {
        let session = stage.session
        try session.work.write("@echo changed\r\n".utf8, to: "tools/Setup.cmd")
        try session.work.write(
            [UInt8](repeating: 7, count: 700_000), to: "tools/New folder/a long file name.txt")
        let lines = [
            ["create", "standalone", "--output", "drive.img", "--media-size", "64MB"] + source(stage),
            [
                "content", "add", "--create", session.work.appending("tools").string, "--package-id",
                DemoSite.toolsPackage, "--version", "9", "--library", session.library.string,
            ],
        ]
        for line in lines {
            let result = try stage.run(line)
            guard result.status == 0 else { throw StageFailure("\(line): \(result.errorText)") }
        }
    }

    func arguments(_ stage: Stage) throws -> [String] { ["update", "drive.img"] + source(stage) }

    func isOwn(_ path: String) -> Bool { path == "out/drive.img" || SharedPlaces.holds(path) }
    var sources: [String] { [SharedPlaces.library] }
    let fitsSmallDisk = false

    func problems(in stage: Stage) throws -> [String] {
        var problems = try storeProblems(stage)
        let verified = try stage.run(["verify", "drive.img"])
        if verified.status != 0 { problems.append("the drive: \(verified.errorText)\(verified.output)") }
        return problems
    }

    /// The manifest of the drive, which `verify` holds all else against.
    func states(in stage: Stage) throws -> [String: String] {
        let image = stage.session.folder.appending("drive.img")
        let manifest = try Program.run(
            "sh", ["-c", "mtype -i \"$1@@1M\" ::/SMS/data/MediaManifest.json | sha256sum", "sh", image.string])
        return ["the manifest": manifest.output]
    }
}

/// A store from which files go.
struct PruneCommand: WritingCommand {
    let name = "store prune"
    let units: [String] = []

    func prepare(_ stage: Stage) throws {
        try FetchCommand().prepare(stage)
        let result = try stage.run(FetchCommand().arguments(stage))
        guard result.status == 0 else { throw StageFailure(result.errorText) }
    }

    func arguments(_ stage: Stage) throws -> [String] {
        ["store", "prune", "--unused-for", "0", "--store", stage.session.store.string]
    }

    func isOwn(_ path: String) -> Bool { SharedPlaces.holds(path) }
    func problems(in stage: Stage) throws -> [String] { try storeProblems(stage) }
    func states(in stage: Stage) throws -> [String: String] { try StoredFiles.states(stage) }
}

/// A boot image of Debian's packages.
struct BootImageCommand: WritingCommand {
    let name = "bootimage build"
    let units = ["out/x.wim"]

    func prepare(_ stage: Stage) throws {
        let packages = stage.session.work.appending("packages")
        try TestFolder.makeFolder(packages)
        try PackageFixture.bootImagePackages(in: packages)
        try stage.session.work.write("#!/bin/sh\n".utf8, to: "tsengine")
        let result = try stage.run(arguments(stage) + ["--keyboard", "de"])
        guard result.status == 0 else { throw StageFailure(result.errorText) }
    }

    func arguments(_ stage: Stage) throws -> [String] {
        [
            "bootimage", "build", "--output", "x.wim", "--packages", stage.session.work.appending("packages").string,
            "--engine", stage.session.work.appending("tsengine").string, "--force",
        ]
    }

    func isOwn(_ path: String) -> Bool { SharedPlaces.holds(path) }
}

/// Media that the ledger forgets.
struct ForgetCommand: WritingCommand {
    let name = "ledger forget"
    let units: [String] = []
    /// Media that is gone is not there a second time.
    let whenDone: Set<Int32> = [0, 66]

    func prepare(_ stage: Stage) throws {
        for output in ["one.iso", "two.iso"] {
            let result = try stage.run(
                stage.session.arguments(.capture, output, ["--label", output, "--staging-folder", stage.staging]))
            guard result.status == 0 else { throw StageFailure(result.errorText) }
        }
    }

    private func ledger(_ stage: Stage) throws -> [JSONValue] {
        let list = try stage.run(["ledger", "list", "--json", "--store", stage.session.store.string])
        return try JSONValue(parsing: list.output).entries.elements
    }

    func arguments(_ stage: Stage) throws -> [String] {
        // Of what was there before: a run that is repeated forgets the same.
        let text = String(decoding: try SmallFile.read(stage.apartFolder.appending("guid")), as: UTF8.self)
        return ["ledger", "forget", text, "--store", stage.session.store.string]
    }

    func begin(_ stage: Stage) throws -> AnyObject? {
        let entry = try ledger(stage).first { $0.media.label.text == "two.iso" }
        try stage.apartFolder.write((entry?.media.mediaGuid.text ?? "none").utf8, to: "guid")
        return nil
    }

    func isOwn(_ path: String) -> Bool { SharedPlaces.holds(path) }

    func states(in stage: Stage) throws -> [String: String] {
        ["the ledger": try ledger(stage).compactMap(\.media.label.text).sorted().joined(separator: ", ")]
    }
}
