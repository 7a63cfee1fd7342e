// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import TSMediaTestSupport

/// Media that is created over media of another kind.
struct CreateCommand: WritingCommand {
    var name: String
    /// The outputs, in the folder that the program runs in.
    var outputs: [String]
    /// Options that make the media, without those that all have.
    var options: @Sendable (CommandSession) -> [String]
    /// Options that make what is there before; nil for nothing.
    var before: (@Sendable (CommandSession) -> [String])?
    var goesOnWhenInterrupted = true

    func prepare(_ stage: Stage) throws {
        guard let before else { return }
        let result = try stage.run(before(stage.session) + ["--staging-folder", stage.staging])
        guard result.status == 0 else { throw StageFailure(result.errorText) }
    }

    func arguments(_ stage: Stage) throws -> [String] {
        options(stage.session) + ["--force", "--staging-folder", stage.staging]
    }

    var units: [String] { outputs.map { "out/\($0)" } }
    func isOwn(_ path: String) -> Bool { SharedPlaces.holds(path) }
    func problems(in stage: Stage) throws -> [String] { try storeProblems(stage) }
    var sources: [String] { [SharedPlaces.library] }

    static let all: [CreateCommand] = [
        CreateCommand(
            name: "create bootable, a disc", outputs: ["media.iso"], options: { $0.arguments(.bootable) },
            before: { $0.arguments(.capture) }),
        CreateCommand(
            name: "create capture, a folder", outputs: ["media"], options: { $0.arguments(.capture, "media") },
            before: { $0.arguments(.standalone, "media") }),
        CreateCommand(
            name: "create capture, a drive image", outputs: ["media.img"],
            options: { $0.arguments(.capture, "media.img") },
            before: { $0.arguments(.standalone, "media.img", ["--media-size", "64MB"]) }),
        CreateCommand(
            name: "create standalone, a new disc", outputs: ["media.iso"], options: { $0.arguments(.standalone) },
            before: nil),
        CreateCommand(
            name: "create standalone, a disc in the place of one", outputs: ["media.iso"],
            options: { $0.arguments(.standalone) }, before: { $0.arguments(.capture) }),
        CreateCommand(
            name: "create standalone, a set of discs", outputs: ["media1.iso", "media2.iso"],
            options: { $0.arguments(.standalone, "media.iso", ["--media-size", "9500000"]) },
            before: { $0.arguments(.standalone, "media.iso", ["--media-size", "9500000", "--label", "old"]) }),
        CreateCommand(
            name: "create standalone, a folder", outputs: ["media"], options: { $0.arguments(.standalone, "media") },
            before: { $0.arguments(.capture, "media") }),
        CreateCommand(
            name: "create standalone, a compressed image with its map and sums",
            outputs: ["media.img.zst", "media.img.bmap", "SHA256SUMS"],
            options: { $0.arguments(.standalone, "media.img.zst", ["--bmap", "--checksums"]) },
            before: { $0.arguments(.capture, "media.img.zst", ["--bmap", "--checksums"]) }),
        CreateCommand(
            name: "create prestaged, a WIM", outputs: ["OEM.wim"],
            options: { $0.prestaged("OEM.wim", ["--compression", "fast"]) },
            before: { $0.prestaged("OEM.wim", ["--compression", "none", "--comment", "old"]) }),
        CreateCommand(
            name: "create prestaged, a WIM in parts", outputs: ["OEM.swm", "OEM2.swm", "OEM3.swm", "OEM4.swm"],
            options: { $0.prestaged("OEM.wim", ["--split", "4MB", "--compression", "fast"]) }, before: nil),
        CreateCommand(
            name: "create prestaged, a disk image", outputs: ["disk.img"],
            options: {
                $0.prestaged("disk.img", ["--disk-size", "1GB"]).map { $0 == "--output" ? "--disk-image" : $0 }
            }, before: nil, goesOnWhenInterrupted: false),
    ]
}

/// Media of a manifest.
struct BuildCommand: WritingCommand {
    let name = "build"
    let units = ["out/a.iso", "out/tree", "out/set1.iso", "out/set2.iso", "out/report.json", "out/report.xml"]

    func prepare(_ stage: Stage) throws {
        let session = stage.session
        let text = """
            defaults:
              distribution-point: "\(session.library)"
              store: "\(session.store)"
              boot-image: \(DemoSite.bootImage)
              staging-folder: "\(stage.staging)"
            media:
              - { name: a, type: capture, output: a.iso }
              - { name: tree, type: capture, output: tree }
              - { name: set, type: standalone, output: set.iso, task-sequence: "\(session.demo.taskSequenceExport)", media-size: "9500000" }
            """
        try session.work.write(text.utf8, to: "out/media.yaml")
    }

    func arguments(_ stage: Stage) throws -> [String] {
        ["build", "media.yaml", "--rebuild", "--jobs", "1"]
    }

    func isOwn(_ path: String) -> Bool { SharedPlaces.holds(path) }
    func problems(in stage: Stage) throws -> [String] { try storeProblems(stage) }
    var sources: [String] { [SharedPlaces.library] }
    /// What another entry made stays when one fails, in the report too.
    var fitsSmallDisk: Bool { false }
}

/// A stage could not be made.
struct StageFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension CommandSession {
    /// The arguments that make prestaged media of the demo at `output`, with the package of the operating system image.
    func prestaged(_ output: String, _ more: [String]) -> [String] {
        [
            "create", "prestaged", "--distribution-point", library.string, "--store", store.string, "--output", output,
            "--boot-image", DemoSite.bootImage, "--operating-system-image", DemoSite.operatingSystemImage,
            "--task-sequence", demo.taskSequenceExport.string, "--management-point", "http://mp.example.com",
            "--operating-system-image-layout", "package",
        ] + more
    }
}
