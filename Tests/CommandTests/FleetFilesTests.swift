// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import tsmedia

/// The files of docs/fleet, run as a cluster would run them, and the program that foretells what a fleet takes.
@Suite("Files for clusters")
struct FleetFilesTests {
    private static let manifest = """
        media:
          - { name: "c${i}", type: capture, output: "c${i}.iso", matrix: { i: [1, 2, 3, 4, 5, 6] } }
          - { name: "s${i}", type: standalone, output: "s${i}.iso", task-sequence: "SEQUENCE", matrix: { i: [1, 2] } }
        """

    /// A document of docs/fleet, as PyYAML reads it.
    private func yaml(_ name: String) throws -> JSONValue {
        let script = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)"
        return try JSONValue(
            parsing: Program.succeed(
                "/usr/bin/python3", ["-c", script, Repository.file("docs/fleet/\(name)").string]
            ).output)
    }

    private func session() throws -> CommandSession {
        let session = try CommandSession()
        let text = Self.manifest.replacing("SEQUENCE", with: session.demo.taskSequenceExport.string)
        try session.work.write(Array((session.manifestDefaults + "\n" + text).utf8), to: "out/media.yaml")
        return session
    }

    /// Runs a command of a container or a script, with the built program, and nothing else of this environment.
    private func run(
        _ command: [String], _ variables: [String: String], _ session: CommandSession
    ) throws -> ProgramResult {
        let path = "\(try BuiltProgram.tsmedia.removingLastComponent()):/usr/bin:/bin"
        return try Program.run(
            command[0], Array(command.dropFirst()),
            environment: ["PATH": path, "HOME": session.work.path.string, "SOURCE_DATE_EPOCH": ""]
                .merging(variables) { $1 }, in: session.folder)
    }

    // MARK: Kubernetes

    @Test("the Jobs are what Kubernetes takes, in everything that one field says of another")
    func fields() throws {
        let job = try yaml("kubernetes-job.yaml")
        #expect(job.apiVersion.text == "batch/v1" && job.kind.text == "Job")
        let count = try #require(job.spec.completions.number)
        #expect(job.spec.completionMode.text == "Indexed" && job.spec.parallelism.number == count)
        #expect((job.spec.backoffLimitPerIndex.number ?? 0) > 0)
        // backoffLimitPerIndex and podFailurePolicy both ask for that.
        #expect(job.spec.template.spec.restartPolicy.text == "Never")
        let arguments = job.spec.template.spec.containers.elements[0].args.elements.compactMap(\.text).joined()
        #expect(arguments.contains("--shard auto/\(count)"))
        #expect(arguments.contains("-of-\(count).json"))
        let rule = try #require(
            job.spec.podFailurePolicy.rules.elements.first { $0.action.text == "FailIndex" })
        // What is not worth another try: every code of an error but those of servers and disks, in order, as the API wants them.
        #expect(rule.onExitCodes.values.elements.compactMap(\.number) == [64, 65, 66, 73, 77])
        let merge = try yaml("kubernetes-merge.yaml")
        #expect(merge.metadata.name.text != job.metadata.name.text)
        for document in [job, merge] {
            let pod = document.spec.template.spec
            let volumes = pod.volumes.elements.compactMap(\.name.text)
            #expect(pod.containers.elements.count == 1 && pod.restartPolicy.text == "Never")
            for container in pod.containers.elements {
                #expect(rule.onExitCodes.containerName.text == container.name.text)
                #expect(container.volumeMounts.elements.compactMap(\.name.text) == volumes)
            }
        }
        #expect(merge.spec.template.spec.volumes == job.spec.template.spec.volumes)
        #expect(merge.spec.template.spec.securityContext == job.spec.template.spec.securityContext)
    }

    @Test("the commands of the containers build all media, and a part that begins again leaves what is whole")
    func kubernetes() throws {
        let session = try session()
        func command(_ name: String) throws -> (words: [String], count: Int) {
            let spec = try yaml(name).spec
            let container = spec.template.spec.containers.elements[0]
            let words = (container.command.elements + container.args.elements).compactMap(\.text)
            let count = Int(spec.completions.number ?? 1)
            return (words.map { $0.replacing("/media/", with: "\(session.folder)/") }, count)
        }
        let build = try command("kubernetes-job.yaml")
        for index in Array(0..<build.count) + [0] {
            let result = try run(build.words, ["JOB_COMPLETION_INDEX": String(index)], session)
            #expect(result.status == 0, "\(result.errorText)")
        }
        let merged = try run(try command("kubernetes-merge.yaml").words, [:], session)
        #expect(merged.status == 0, "\(merged.errorText)")
        try check(try session.bytes("reports/all.json"), again: 1)
        #expect(try String(decoding: session.bytes("reports/all.xml"), as: UTF8.self).contains("tests=\"8\""))
    }

    /// The merged report of eight media in which one part was built twice, which is `again` media.
    private func check(_ report: [UInt8], again: Int64) throws {
        let counts = try JSONValue(parsing: String(decoding: report, as: UTF8.self)).counts
        #expect(counts.built.number == 8 - again && counts.unchanged.number == again)
        #expect(counts.missing.number == 0)
    }

    // MARK: Slurm

    private func task(
        _ number: Int, _ session: CommandSession, _ more: [String: String] = [:]
    ) throws -> ProgramResult {
        let script = Repository.file("docs/fleet/slurm-array.sh").string
        let variables = [
            "SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": String(number), "SLURM_ARRAY_TASK_COUNT": "4",
            "SLURM_ARRAY_TASK_MIN": "1",
        ]
        return try run(["bash", script, "media.yaml"], variables.merging(more) { $1 }, session)
    }

    @Test("the tasks of the array build all media, and a part that begins again leaves what is whole")
    func slurm() throws {
        let session = try session()
        try Program.succeed("bash", ["-n", Repository.file("docs/fleet/slurm-array.sh").string])
        for number in [1, 2, 3, 4, 1] {
            let result = try task(number, session)
            #expect(result.status == 0, "\(result.errorText)")
        }
        let reports = (1...4).map { "reports/7/\($0).json" }
        let merged = try session.run(["report", "merge"] + reports + ["--json"])
        #expect(merged.status == 0, "\(merged.errorText)")
        // Both large ones are parts of their own, with one or none of the small.
        let again = try JSONValue(parsing: String(decoding: session.bytes(reports[0]), as: UTF8.self)).mediaCount
        try check(merged.outputBytes, again: try #require(again.number))
    }

    /// A scontrol that says what it is asked, and a program that ends as it is told, stand for the real ones.
    @Test(
        "a task begins again by itself when a server, a disk or a signal ended it, three times at most, and never for what stays wrong",
        arguments: [
            (69, nil, true), (74, nil, true), (137, nil, true), (143, "2", true), (137, "3", false), (130, nil, false),
            (0, nil, false), (64, nil, false), (65, nil, false), (66, nil, false), (73, nil, false), (77, nil, false),
        ] as [(Int, String?, Bool)])
    func again(status: Int, restarts: String?, isRequeued: Bool) throws {
        let session = try session()
        for (name, text) in [
            ("tsmedia", "exit \(status)"), ("scontrol", "echo scontrol \"$@\""), ("sleep", "exit 0"),
        ] {
            let file = try session.work.write(Array("#!/bin/sh\n\(text)\n".utf8), to: "bin/\(name)")
            try Program.succeed("chmod", ["755", file.string])
        }
        var variables = ["PATH": "\(session.work.appending("bin")):/usr/bin:/bin"]
        if let restarts { variables["SLURM_RESTART_COUNT"] = restarts }
        let result = try task(2, session, variables)
        #expect(result.output.contains("scontrol requeue 7_2") == isRequeued, "\(result.output)")
        #expect(result.status == Int32(status))
    }

    // MARK: The simulation

    private func simulate(_ arguments: [String], input: [UInt8] = []) throws -> String {
        try Program.succeed(
            "/usr/bin/python3", [Repository.file("benchmarks/fleet.py").string] + arguments, input: input
        ).output
    }

    @Test("the simulation divides media as the program does", arguments: [2, 3, 5])
    func division(count: Int) throws {
        let session = try session()
        let plan = ["build", "media.yaml", "--dry-run", "--json"]
        let media = try JSONValue(parsing: session.succeed(plan).output).media.elements
        let sizes = media.map { "\($0.size.number ?? 0)\n" }.joined()
        let parts = try simulate(["--divide", String(count)], input: Array(sizes.utf8)).split(separator: "\n")
        #expect(parts.count == media.count)
        for part in 0..<count {
            let shard = try JSONValue(parsing: session.succeed(plan + ["--shard", "\(part + 1)/\(count)"]).output)
            let expected = zip(media, parts).filter { $1 == "\(part)" }.map { $0.0.name }
            #expect(shard.media.elements.map(\.name) == expected)
        }
    }

    @Test("the simulation says what arithmetic says, and the same each time")
    func arithmetic() throws {
        let arguments = ["--json", "--given-links-only", "--media", "400", "--nodes", "4"]
        let text = try simulate(arguments)
        #expect(try simulate(arguments) == text)
        let script = """
            import json, math, sys
            sys.path.insert(0, sys.argv[1])
            import fleet
            def run(store, *words):
                options = fleet.parser().parse_args([*words, '--plan-ms', '0'])
                made = fleet.Fleet(options)
                return made, fleet.Run(made, options, store, options.points_gbit, options.store_gbit).run()
            def near(found, expected): assert math.isclose(found, expected, rel_tol=0.01), (found, expected)
            # Without a store, all bytes come over the link, which is always full.
            made, found = run('none', '--media', '400', '--nodes', '20', '--points-gbit', '1')
            near(found['hours'] * 3600, sum(made.sizes) / 125e6)
            near(found['distributionPoints']['gigabytes'] * 1e9, sum(made.sizes))
            # One node with a store writes what it fetches twice, and the rest once.
            made, found = run('node', '--media', '40', '--nodes', '1', '--node-gbit', '1000', '--points-gbit', '1000')
            near(found['hours'] * 3600, (sum(made.sizes) + made.distinct_bytes()) / 400e6)
            # A shared store gets each file once, whoever wants it, and gives all that was not written in passing.
            made, found = run('shared', '--media', '400', '--nodes', '20')
            near(found['distributionPoints']['gigabytes'] * 1e9, made.distinct_bytes())
            near(found['storeIn']['gigabytes'] * 1e9, made.distinct_bytes())
            near(found['storeOut']['gigabytes'] * 1e9, sum(made.sizes) - made.distinct_bytes())
            # Nobody is faster than its disk.
            made, found = run('shared', '--media', '400', '--nodes', '20', '--points-gbit', '9999', '--store-gbit', '9999')
            loads = [0] * 20
            for size, part in zip(made.sizes, made.parts): loads[part] += size
            assert 0.999 <= found['hours'] * 3600 / (max(loads) / 400e6) <= 1.02
            # No store shares an output link evenly.
            made, found = run('none', '--media', '400', '--nodes', '20', '--points-gbit', '9999', '--outputs-gbit', '2')
            near(found['hours'] * 3600, sum(made.sizes) / 250e6)
            print('right')
            """
        let folder = Repository.file("benchmarks").string
        #expect(try Program.succeed("/usr/bin/python3", ["-B", "-c", script, folder]).output == "right\n")
    }
}
