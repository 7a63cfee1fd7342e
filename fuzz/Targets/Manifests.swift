// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import Support

@testable import MediaBuilder
@testable import MediaFormat

extension FuzzTarget {
    private static let digest = String(repeating: "0123456789abcdef", count: 4)
    private static let vocabulary = ManifestVocabulary(["standalone", "bootable"]) { _ in
        [
            .init("output", .value), .init("task-sequence", .value), .init("variable", .list, isPair: true),
            .init("force", .flag), .init("label", .value), .init("boot-image", .value),
        ]
    }

    /// What people and runs before write down.
    static let manifests = [
        FuzzTarget(
            "build-manifest",
            words: [
                "media:\n", "defaults:\n", "templates:\n", "matrix:\n", "exclude:\n", "include:\n", "fleet:", "from:",
                "${",
                "}", "- type: ", "variable:",
            ],
            texts: """
                defaults:
                  label: L
                media:
                - name: a-${x}
                  type: standalone
                  output: ${x}.iso
                  matrix: {x: [1, 2], y: [b]}
                  exclude: [{x: 1, y: b}]
                  variable: {A: B}
                """,
            "templates:\n  t: {label: A}\nmedia:\n- {name: b, type: bootable, from: t, output: b.iso, force: true}\n"
        ) { input in
            _ = try ManifestReader("input.yaml", vocabulary: vocabulary, environment: { $0 == "HOME" ? "/h" : nil })
                .read(input)
        },
        FuzzTarget(
            "fleet-csv", words: ["\"\"", "\r\n", ";", "\t", ",", "name", "drivers", "\u{FEFF}"],
            texts: "name;drivers;image\r\na;ABC00001;\"b;c\"\r\n", "name,drivers\n\"x\"\"y\",\"l1\nl2\"\n"
        ) { input in try ScratchFile.with(input, suffix: ".csv") { _ = try FleetFile.read($0) } },
        FuzzTarget(
            "fleet-yaml", words: ["models:\n", "- name: "], texts: "models:\n- name: a\n  drivers: [ABC00001]\n"
        ) { input in
            try ScratchFile.with(input, suffix: ".yaml") { _ = try FleetFile.read($0) }
        },
        FuzzTarget(
            "partition-layout", words: ["size: ", "GiB", "%", "type: efi", "fileSystem: ", "content: true"],
            texts: """
                scheme: gpt
                partitions:
                  - {type: efi, size: 1GiB, label: System}
                  - {type: msr, size: 16MiB}
                  - {type: primary, size: 98%, fileSystem: ntfs, label: Windows, content: true}
                """
        ) { input in try ScratchFile.with(input) { _ = try PartitionLayoutFile.read($0) } },
        FuzzTarget(
            "media-manifest",
            words: ["\"schemaVersion\":1", "\"files\":[", "9223372036854775807", "\"volume\":", "\"..\\\\"],
            texts: MediaSeed.manifest
        ) { input in
            let manifest = try MediaManifest(decoding: input, of: "input")
            _ = try JSON.bytes(of: manifest, .line)
        },
        FuzzTarget("bootstrap", words: ["[MediaInfo]", "MediaType=", "PasswordRequired="], texts: MediaSeed.bootstrap) {
            input in
            _ = try Bootstrap(input)
        },
        FuzzTarget(
            "ledger-line",
            texts: """
                {"madeAt":"2024-01-01T00:00:00Z","mediaGuid":"g","mediaType":"standalone","label":"l","outputs":["a.iso"],\
                "drives":[],"contents":[]}
                """
        ) { input in _ = LedgerEntry(line: input) },
        FuzzTarget(
            "build-record",
            texts: """
                {"schemaVersion":1,"manifest":"m","media":[{"output":"o","key":"\(digest)","files":[{"path":"p","size":1,\
                "modified":1,"sha256":"\(digest)"}]}]}
                """
        ) { input in
            var reader = JSONReader(input)
            let node = try reader.node(limit: 100_000)
            try reader.end()
            _ = RecordDocument(node)
        },
        FuzzTarget(
            "trusted-root-key", words: ["SMSPublicRootKey=", "0602000000A40000525341310008000001000100"],
            texts: "SMSPublicRootKey=0602000000A4000052534131" + String(repeating: "00080000", count: 70)
        ) { input in _ = try TrustedRootKey(input, name: "input") },
        FuzzTarget(
            "times-and-values", words: ["GiB", "T", "Z", "+00:00", "="], texts: "2024-02-30T25:61:61Z", "4.5GiB", "A=B"
        ) {
            input in
            guard let text = String(validating: input, as: UTF8.self) else { return }
            _ = try? FieldValue.variable(text)
            _ = try? MediaCapacity(text)
            _ = BootImageReference(text)
            _ = try? LabelTemplate(text)
            _ = ManagementPointURL(text)
        },
    ]
}
