// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// `create --dry-run`: everything is known, nothing is written.
@Suite("Dry run")
struct DryRunTests {
    @Test("writes no output, and no more to the store than which files were verified")
    func writesNothing() throws {
        let session = try CommandSession()
        for output in ["media.iso", "media"] {
            let result = try session.succeed(session.arguments(.standalone, output, ["--dry-run"]))
            #expect(result.output.hasPrefix("would write \(output): stand-alone media, "))
        }
        #expect(try session.outputs() == [])
        let stored = (try? FolderEntry.entries(of: session.store)) ?? []
        #expect(Set(stored.compactMap(\.name)).subtracting(["verified.index", "verified.lock"]) == [])
        // Nor to the folders of the user.
        #expect(
            !(try FolderEntry.entries(of: session.work.path)).contains { $0.name == ".cache" || $0.name == "cache" })
    }

    @Test("prints JSON with the keys of the contract", arguments: CommandSession.Media.allCases)
    func keys(media: CommandSession.Media) throws {
        let session = try CommandSession()
        let plan = try session.plan(media)
        // Every key, whatever there is to say.
        #expect(
            plan.keys == [
                "mediaType", "label", "mediaGuid", "certificate", "registration", "volumes", "drives", "packing",
                "servers", "origins", "warnings", "notes",
            ])
        #expect(plan.drives == .null && plan.packing == .null)
        let volume = try #require(plan.volumes.elements.first)
        #expect(plan.volumes.elements.count == 1)
        #expect(
            volume.keys == [
                "number", "output", "label", "capacity", "size", "sizeIsExact", "bmap", "parts", "reuse", "partitions",
                "files",
                "operatingSystemImage",
            ])
        #expect(volume["number"].number == 1)
        #expect(volume.output.text == "media.iso")
        #expect(volume.capacity == .null)
        #expect(!plan.plannedFiles.isEmpty)
        #expect(plan.plannedFiles.allSatisfy { $0.keys == ["path", "size", "sha256", "source"] })
        #expect(plan.plannedFiles.allSatisfy { $0.sha256.text?.count == 64 && ($0.size.number ?? -1) >= 0 })
        let type: [CommandSession.Media: String] = [
            .bootable: "BootMedia", .capture: "CaptureMedia", .standalone: "FullMedia",
        ]
        #expect(plan.mediaType.text == type[media])
        #expect(plan.label.text == "Configuration Manager")
    }

    @Test("every referenced package is planned with the sizes and hashes of its sources")
    func contents() throws {
        let session = try CommandSession()
        let plan = try session.plan(.standalone)
        for content in session.demo.contents where content.kind != .bootImage {
            let folder = content.kind == .application ? content.contentID : content.packageID
            for (path, file) in content.files {
                let planned = plan.plannedFile("SMS/PKG/\(folder)/\(path)")
                #expect(planned.size.number == Int64(file.byteCount), "\(content.contentID)/\(path)")
                #expect(planned.sha256.text == file.digest.description, "\(content.contentID)/\(path)")
                #expect(planned.source.text?.hasPrefix("\(content.contentID)/\(path) on ") == true)
            }
        }
        #expect(plan.plannedFile("sources/boot.wim").sha256.text == session.demo.bootImageDigest?.description)
    }

    @Test("a distribution point with a hostile name comes through JSON unchanged, and as one line of text")
    func hostileNames() throws {
        let session = try CommandSession()
        let name = "x\" ], \\ \"files\" : [\n\u{1B}[31m\u{7F} é\u{2028}"
        let library = session.work.appending("hostile").appending(name)
        try Program.succeed("mkdir", ["-p", library.removingLastComponent().string])
        try Program.succeed("cp", ["-a", session.library.string, library.string])
        let options = ["--distribution-point", library.string, "--package", "ABC00010"]
        let arguments = [
            "create", "standalone", "--task-sequence", session.demo.taskSequenceExport.string, "--store",
            session.store.string, "--output", "media.iso", "--dry-run",
        ]
        let plan = try JSONValue(parsing: try session.succeed(arguments + options + ["--json"]).output)
        let sources = plan.plannedFiles.compactMap(\.source.text).filter { $0.contains(" on ") }
        #expect(!sources.isEmpty)
        #expect(sources.allSatisfy { $0.hasSuffix(" on \(library)") })
        let lines = try session.succeed(arguments + options + ["--list-files"]).output.split(separator: "\n")
        #expect(lines.count == plan.plannedFiles.count + 1)
        #expect(lines.allSatisfy { !$0.contains("\u{1B}") && !$0.contains("\u{2028}") })
    }

    @Test("contents lie in the order in which the task sequence uses them first")
    func order() throws {
        let plan = try CommandSession().plan(.standalone)
        var folders: [String] = []
        for path in plan.plannedPaths where path.hasPrefix("SMS/PKG/") {
            let folder = String(path.split(separator: "/")[2])
            if folders.last != folder { folders.append(folder) }
        }
        #expect(folders.prefix(4) == ["ABC00010", "ABC00012", "ABC00002", "ABC00011"])
        #expect(folders.count == 6)
        #expect(folders.suffix(2).allSatisfy { $0.hasPrefix("Content_") })
    }

    @Test("a folder is planned with the sum of its files")
    func folderSize() throws {
        let plan = try CommandSession().plan(.standalone, "media")
        #expect(plan.volumes.elements.first?.size.number == plan.plannedFiles.reduce(0) { $0 + ($1.size.number ?? 0) })
    }

    @Test("the plan is that of the media: its files are those of the manifest with the same hashes")
    func matchesMedia() throws {
        let session = try CommandSession()
        let options = ["--media-guid", "{11111111-2222-3333-4444-555555555555}"]
        let plan = try session.plan(.standalone, "media", options)
        try session.create(.standalone, "media", options)
        let bytes = try session.bytes("media/SMS/data/MediaManifest.json")
        let manifest = try JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
        func facts(_ files: [JSONValue]) -> Set<String> {
            Set(files.map { "\($0.path.text ?? "") \($0.size.number ?? -1) \($0.sha256.text ?? "")" })
        }
        let planned = facts(plan.plannedFiles.filter { $0.path.text != "SMS/data/MediaManifest.json" })
        #expect(facts(manifest.files.elements) == planned)
    }
}
