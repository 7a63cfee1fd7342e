// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// A command line of `create` that is a manifest too.
struct BuildCase: Sendable, CustomTestStringConvertible {
    let name: String
    let ending: String
    let options: [String]

    var testDescription: String { name }

    static let all: [BuildCase] = [
        BuildCase(
            name: "bootable", ending: ".iso",
            options: [
                "--boot-image", DemoSite.bootImage, "--management-point", "http://mp.example.com", "--site-code", "ABC",
                "--variable", "A=1 ${x}", "--variable", "B=\"quoted\" \\ and: more", "--no-prompt", "--label", "on",
            ]),
        BuildCase(
            name: "bootable", ending: ".img",
            options: [
                "--boot-image", DemoSite.bootImage, "--management-point", "http://mp.example.com", "--partition-scheme",
                "gpt",
                "--password-file", "../password",
            ]),
        BuildCase(name: "capture", ending: "", options: ["--boot-image", DemoSite.bootImage, "--autorun"]),
        BuildCase(
            name: "standalone", ending: ".iso",
            options: [
                "--task-sequence", "TASKSEQUENCE", "--media-expiration-date", "2098-12-31", "--package", "ABC00002",
                "--prestart-command", "cmd /c echo 'a # b'", "--prestart-package", "ABC00011",
            ]),
        BuildCase(
            name: "prestaged", ending: ".wim",
            options: [
                "--boot-image", DemoSite.bootImage, "--operating-system-image", DemoSite.operatingSystemImage,
                "--management-point", "http://mp.example.com", "--comment", "a comment: #1", "--compression", "none",
            ]),
    ]

    /// The command line that makes `output` of the demo.
    func arguments(_ session: CommandSession, _ output: String) -> [String] {
        ["create", name, "--distribution-point", session.library.string, "--store", session.store.string]
            + options.map { $0 == "TASKSEQUENCE" ? session.demo.taskSequenceExport.string : $0 } + ["-o", output]
    }
}

/// Lines of a manifest that are wrong, behind media that is right.
struct WrongManifest: Sendable, CustomTestStringConvertible {
    let text: String
    let status: Int32
    let says: [String]

    var testDescription: String { text }

    init(_ text: String, _ status: Int32, _ says: String...) {
        (self.text, self.status, self.says) = (text, status, says)
    }

    private static let numbers = (1...101).map(String.init).joined(separator: ", ")

    static let all: [WrongManifest] = [
        .init("  - { name: b, type: capture, output: b.iso, lable: x }", 65, "media.yaml:8:46:", "did you mean label?"),
        .init("  - { name: b, type: captures, output: b.iso }", 65, "media.yaml:8:22:", "did you mean capture?"),
        .init(
            "  - { name: b, type: capture, output: b.iso, management-point: 'http://x' }", 65, "media.yaml:8:46:",
            "belongs to bootable, prestaged"),
        .init("  - { name: b, type: capture, output: b.iso, label: '${NOPE}' }", 65, "media.yaml:8:53:", "${NOPE}"),
        .init("  - { name: b, type: capture, output: b.iso, autorun: maybe }", 65, "media.yaml:8:55:", "true or false"),
        .init("  - { name: good, type: capture, output: b.iso }", 65, "media.yaml:8:7:", "'good'"),
        .init("  - { name: b, type: capture, output: good.iso }", 65, "media.yaml:8:5 ", "good.iso"),
        .init("  - { name: b, type: capture, output: b.wim }", 64, "media.yaml:8:31:", "is a WIM"),
        .init("  - { name: b, type: capture, output: b.isoo }", 64, "media.yaml:8:31:", "would become a folder"),
        .init("  - { name: b, type: capture }", 64, "media.yaml:8:5:", "output"),
        .init("  - { name: b, type: capture, output: b.iso, from: goood }", 65, "did you mean good?"),
        .init("  - { name: b, type: capture, output: b.iso, label: [a] }", 65, "media.yaml:8:53:", "one text"),
        .init("  - { name: b, type: bootable, output: b.iso, management-point: 'ftp://x' }", 64, "media.yaml:8:47:"),
        .init(
            "  - { name: 'b${i}', type: capture, output: b.iso, matrix: { i: [1, 2] } }", 65, "media.yaml:8:5 ", "b.iso"
        ),
        .init("  - { name: b, type: capture, output: b.iso, force: true }", 65, "media.yaml:8:46:", "force"),
        .init(
            "  - { name: b, type: bootable, output: b.iso, management-point: 'http://x', password-file: '-' }", 64,
            "standard input"),
        .init("  - { name: b, type: capture, output: b.iso, from: b }", 65, "inherits from itself: b, b"),
        .init(
            "  - { name: b, type: capture, output: b.iso, matrix: { i: [\(numbers)], j: [\(numbers)] } }", 65,
            "media.yaml:8:46:", "more than 10000 combinations"),
        .init("  - { name: b, type: capture, output: b.iso, matrix: { 'a b': 1 } }", 65, "use letters, digits and _"),
        .init(
            "  - { name: b, type: capture, output: b.iso, matrix: { i: [1] }, exclude: { i: 1 } }", 65,
            "excludes every combination"),
        .init(
            "  - { name: b, type: capture, output: b.iso, matrix: { site: [1] }, include: { sit: 1 } }", 65,
            "did you mean site?"),
        .init("  - { name: b, type: capture, output: b, fleet: x.csv }", 65, "media.yaml:8:42:", "prestaged"),
        .init("  - { name: b, type: capture, output: 'smb://host/share/b.iso' }", 64, "media.yaml:8:31:", "share"),
        .init("defautls: {}", 65, "media.yaml:8:1:", "did you mean defaults?"),
    ]
}

extension CommandSession {
    /// What all media of the demo needs, as the first five lines of a manifest.
    var manifestDefaults: String {
        """
        # Media of the demo.
        defaults:
          distribution-point: "\(library)"
          store: "\(store)"
          boot-image: \(DemoSite.bootImage)
        """
    }

    /// Builds the manifest `text`, which lies where the program runs.
    func build(
        _ text: String, _ more: [String] = [], environment: [String: String] = [:]
    ) throws -> ProgramResult {
        try work.write(Array(text.utf8), to: "out/media.yaml")
        return try run(["build", "media.yaml"] + more, environment: environment)
    }

    /// What is there beside the manifest.
    func made() throws -> [String] { try outputs().filter { $0 != "media.yaml" } }

    /// The boot image of the demo as a file.
    func bootImageFile() throws -> FilePath {
        let files = demo.contents(of: DemoSite.bootImage).flatMap(\.files).map(\.key.description)
        return try libraryFile(files.first ?? "", of: DemoSite.bootImage)
    }
}
