// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Fixtures
import Glibc
import Identifiers
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// docs/fleet/slurm-array.sh on a Slurm of Debian: slow, and for root only.
@Suite("A Slurm array", .enabled(if: getenv("TSMEDIA_TEST_ALL") != nil && geteuid() == 0))
struct SlurmTests {
    /// What some media alone has: the server stalls in the middle of it, once.
    private static let packages = [(id: "ABC00071", byteCount: 500_000), (id: "ABC00072", byteCount: 400_000)]
    private static let stallsAt: Int64 = 100_000

    private static let manifest = """
        defaults:
          distribution-point: http://127.0.0.1:PORT
          store: store
          timeout: 600
          boot-image: \(DemoSite.bootImage)
          task-sequence: "SEQUENCE"
          variable: { Number: "${i}" }
        media:
          - { name: "boot${i}", type: bootable, management-point: "http://mp.example.com", output: "media/boot${i}.iso", matrix: { i: [1, 2, 3, 4] } }
          - { name: "capture${i}", type: capture, output: "media/capture${i}.iso", matrix: { i: [1, 2, 3, 4] } }
          - { name: "large${i}", type: standalone, package: "ABC0007${i}", output: "media/large${i}.iso", matrix: { i: [1, 2] } }
          - { name: "full${i}", type: standalone, output: "media/full${i}.iso", matrix: { i: [3, 4] } }
        """

    /// What is done beside the cluster: it submits the jobs of docs/fleet.md, waits until two parts have two of their media and are
    /// in the middle of a file of the third, kills the program of one, requeues the other, and waits for the end.
    ///
    /// Slurm lets two minutes pass before a task begins again, unless somebody says that it may begin now.
    private static let command = """
        set -eu
        await() {
            for ((look = 0; look < 2400; look++)); do "$@" && return; sleep 0.1; done
            echo "waited in vain for $*" >&2; squeue >&2; cat ./*.log >&2; exit 1
        }
        PROGRAMS
        server() { [[ -s port ]]; }
        python3 'SERVER' --library 'LIBRARY' --log requests --fault 'stall:STALL@HASH1*1' --fault 'stall:STALL@HASH2*1' 2>port &
        await server
        sed -i "s/PORT/$(tr -dc 0-9 <port)/" shared/media.yaml
        cd shared
        SUBMIT
        ready() {
            hash=${2,,}
            [[ $(grep -o '"status"' "reports/$job/$1.json" | wc -l) == 2 ]] \\
                && [[ $(stat -c %s store/files/incoming/*"$hash"*.part) == STALL ]]
        } 2>/dev/null
        program() {
            for process in /proc/[0-9]*; do
                if [[ $(readlink "$process/exe") == */tsmedia ]] && grep -qz "^SLURM_ARRAY_TASK_ID=$1\\$" "$process/environ"; then
                    echo "${process#/proc/}"
                fi
            done
        }
        ended() {
            squeue --noheader --array --states PENDING --format '%i %r' | while read -r task reason; do
                if [[ $reason == BeginTime ]]; then scontrol update "JobId=$task" StartTime=now; fi
            done
            [[ -z $(squeue --noheader) ]]
        }
        await ready 1 HASH1
        await ready 2 HASH2
        cp "reports/$job/1.json" ../killed.json
        cp "reports/$job/2.json" ../requeued.json
        stat -c '%n %i %s %y' media/*.iso >../before
        kill -KILL "$(program 1)"
        scontrol requeue "${job}_2"
        # slurmd takes what begins in the second in which its like was ended for that, and does not launch it.
        sleep 3
        await ended
        stat -c '%n %i %s %y' media/*.iso >../after
        cp "media-$job.json" ../merged.json
        cp "media-$job.xml" ../merged.xml
        cat "media-${job}_1.log"
        """

    private let session: CommandSession
    private let folder: FilePath

    init() throws {
        session = try CommandSession(ownLibrary: true)
        folder = session.folder
    }

    /// Adds the packages to the library, and returns the hashes of their files.
    private func addPackages() throws -> [String] {
        var generator = SeededGenerator(seed: 19)
        return try Self.packages.map { package in
            let bytes = (0..<package.byteCount / 8).flatMap { _ in
                withUnsafeBytes(of: generator.next()) { Array($0) }
            }
            let file = try session.work.write(bytes, to: "\(package.id)/data.bin")
            try ContentLibraryWriter(path: session.library).add(
                source: file.removingLastComponent(), packageID: try #require(PackageID(package.id)))
            return try Program.succeed("sha256sum", [file.string]).output.prefix(64).uppercased()
        }
    }

    /// The commands that docs/fleet.md tells.
    private func submission() throws -> String {
        let lines = try #require(try DocumentationPage("docs/fleet.md").block("sh"))
        return lines.joined(separator: "\n")
            .replacing("/shared", with: folder.appending("shared").string)
            .replacing("slurm-array.sh", with: "'\(Repository.file("docs/fleet/slurm-array.sh"))'")
    }

    private func document(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: String(decoding: session.bytes(name), as: UTF8.self))
    }

    private func lines(_ name: String) throws -> [String] {
        String(decoding: try session.bytes(name), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test(
        "four tasks build twelve media from one store; one is killed and one requeued in the middle; all is whole, each file came once, and the report is true"
    )
    func array() throws {
        let hashes = try addPackages()
        try TestFolder.makeFolder(folder.appending("shared"))
        try TestFolder.makeFolder(folder.appending("shared").appending("media"))
        let manifest = Self.manifest.replacing("SEQUENCE", with: session.demo.taskSequenceExport.string)
        try session.work.write(Array(manifest.utf8), to: "out/shared/media.yaml")
        let home = session.work.appending("home")
        try TestFolder.makeFolder(home)
        let programs = """
            export HOME='\(home)' PATH='\(try BuiltProgram.tsmedia.removingLastComponent())':"$PATH"
            unset XDG_STATE_HOME XDG_CACHE_HOME SOURCE_DATE_EPOCH
            """
        let command = Self.command
            .replacing("PROGRAMS", with: programs)
            .replacing("SERVER", with: Repository.file("fixtures/servers/distribution-point.py").string)
            .replacing("LIBRARY", with: session.library.string).replacing("STALL", with: String(Self.stallsAt))
            .replacing("HASH1", with: hashes[0]).replacing("HASH2", with: hashes[1])
            .replacing("SUBMIT", with: try submission())
        let result = try Program.run(
            "bash", [Repository.file("fixtures/servers/slurm.sh").string, folder.string, "4", command])
        try #require(result.status == 0, "\(result.output) \(result.errorText)")
        // The script had the killed one begin again by itself.
        #expect(result.output.contains("part 1 ended with 137 and begins again"), "\(result.output)")

        try checkReport()
        try checkFiles()
        try checkRequests(hashes)
    }

    /// The merged report has all media: what the first attempts made was not made again, and all else was.
    private func checkReport() throws {
        let before = try ["killed.json", "requeued.json"].flatMap { try document($0).media.elements }
        #expect(before.allSatisfy { $0.status.text == "built" })
        let kept = Set(before.compactMap(\.name.text))
        #expect(kept.count == 4)
        let merged = try document("merged.json")
        #expect(merged.media.elements.compactMap { $0["number"].number } == Array(1...12))
        #expect(merged.counts.missing.number == 0)
        for media in merged.media.elements {
            let name = media.name.text ?? ""
            #expect(media.status.text == (kept.contains(name) ? "unchanged" : "built"), "\(name)")
            #expect(media.buildKey.text != nil)
        }
        #expect(try lines("merged.xml").joined().contains("tests=\"12\" failures=\"0\""))
        // And that is what happened to the files.
        let after = Set(try lines("after"))
        let left = try lines("before").filter { line in kept.contains { line.hasPrefix("media/\($0).iso ") } }
        #expect(left.count == 4)
        for line in left { #expect(after.contains(line), "\(line) was written again") }
    }

    /// Nothing but the media is there, and all of it verifies.
    private func checkFiles() throws {
        let media = folder.appending("shared").appending("media")
        let names = try FolderEntry.entries(of: media).map { $0.name ?? "?" }.sorted()
        let expected = ["boot", "capture"].flatMap { kind in (1...4).map { "\(kind)\($0).iso" } }
        #expect(names == expected + ["full3.iso", "full4.iso", "large1.iso", "large2.iso"])
        for name in names {
            let verified = try session.run(["verify", media.appending(name).string])
            #expect(verified.status == 0, "\(name): \(verified.errorText)")
        }
    }

    /// All parts together asked for each file once, and for the rest of those that were on their way.
    private func checkRequests(_ hashes: [String]) throws {
        var asked: [String: [Int64]] = [:]
        for line in try lines("requests") where line.contains("/FileLib/") {
            let words = line.split(separator: " ")
            let hash = words[1].split(separator: "/").last?.uppercased() ?? ""
            asked[hash, default: []].append(Int64(words[2]) ?? -1)
        }
        #expect(asked.count > 10)
        for (hash, places) in asked {
            #expect(places == (hashes.contains(hash) ? [0, Self.stallsAt] : [0]), "\(hash)")
        }
    }
}
