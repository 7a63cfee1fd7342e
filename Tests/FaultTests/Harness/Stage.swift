// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport

/// Where a command is run again and again: a session whose files are put back between two runs.
final class Stage {
    let session: CommandSession
    private let saved: TestFolder
    private let counts: FilePath
    private let apart: TestFolder

    /// Files of others that stand in the way: none of them may change, whatever their names look like.
    private static let bystanders = [
        "out/notes.txt", "out/media.iso.bak", "out/.media.iso.tsmedia-partial",
        "out/.media.iso.0.tsmedia-partial/content", "out/.media.1.tsmedia-partial/mark/x", "out/other/a/b",
        "out/.notes.swp", "others/tsmedia-work-0/content", "others/SHA256SUMS", "temporary/tsmedia-work-1/content",
    ]

    /// A stage on the demo; `own` copies its library.
    init(ownLibrary: Bool = false) throws {
        session = try CommandSession(demo: try SmallDemo.distributionPoint(), ownLibrary: ownLibrary)
        saved = try TestFolder()
        apart = try TestFolder()
        counts = apart.appending("counts")
        for (number, name) in Self.bystanders.enumerated() {
            try session.work.write("not yours \(number)".utf8, to: name)
        }
    }

    /// The root of everything that is compared.
    var root: FilePath { session.work.path }

    /// Keeps what is there now as the old state.
    func save() throws {
        try Program.succeed(
            "sh",
            ["-c", "rm -rf \"$2/old\" && cp -a --reflink=auto \"$1\" \"$2/old\"", "sh", root.string, saved.path.string])
    }

    /// Puts the old state back.
    func restore() throws {
        let script = """
            find "$1" -mindepth 1 -delete && cp -a --reflink=auto "$2/old/." "$1/"
            """
        try Program.succeed("sh", ["-c", script, "sh", root.string, saved.path.string])
    }

    /// Puts back what is at `paths`, from the root.
    func restore(_ paths: [String]) throws {
        for path in paths {
            try Program.succeed(
                "sh",
                [
                    "-c", "rm -rf \"$1/$3\" && cp -a --reflink=auto \"$2/old/$3\" \"$1/$3\"", "sh", root.string,
                    saved.path.string, path,
                ])
        }
    }

    /// What is needed as long as the stage, such as a server.
    var held: [AnyObject] = []

    /// The program that faults are put to; nil for `tsmedia`.
    var program: FilePath?

    private var programPath: FilePath { get throws { try program ?? BuiltProgram.tsmedia } }

    /// What else than the stage and its library counts.
    var places: [String] = []

    /// A folder for what is not compared.
    var apartFolder: TestFolder { apart }

    /// What is there.
    func tree() throws -> FileTree { try FileTree(root) }

    /// How many seconds a run may take; it gets SIGQUIT then.
    private static let net = 240
    /// The status of one that got it.
    static let hung: Int32 = 128 + 3

    /// Runs the program with a fault that the library before the C library makes.
    func run(_ arguments: [String], _ fault: some Fault) throws -> (result: ProgramResult, counts: CallCounts) {
        let environment = try settings(fault)
        let result = try Program.run(
            "timeout", ["--signal=QUIT", "\(Self.net)", try programPath.string] + arguments,
            environment: environment, in: session.folder)
        return (result, try CallCounts(counts))
    }

    /// Runs the program on a small disk, which has what is here and is full but for some bytes; afterwards what is on
    /// it is here.
    func runOnDisk(
        _ arguments: [String], _ disk: SmallDisk
    ) throws -> (result: ProgramResult, counts: CallCounts) {
        // A hole where there would be too little room for the files that are there already is no test: cp says so.
        let script = """
            old=$1 new=$2 root=$3 kind=$4 free=$5 image=$6; shift 6
            if [ "$kind" = ext4 ]; then
                truncate -s 64M "$image" && mkfs.ext4 -q -F -m 0 "$image" && mount -o loop "$image" "$root"
            else
                mount -t tmpfs -o size=64m none "$root"
            fi && cp -a "$old/." "$root/" || exit 98
            left=$(( $(stat -f -c '%a * %S' "$root") - free ))
            if [ "$left" -gt 0 ]; then fallocate -l "$left" "$root/hog" || exit 98; fi
            cd "$root/out" && "$@"; status=$?
            rm -f "$root/hog"; rm -rf "$new" && mkdir "$new" && cp -a "$root/." "$new/" || exit 98
            cd / && umount "$root"
            exit $status
            """
        let new = saved.path.appending("new")
        let result = try Program.run(
            "unshare",
            (disk.fileSystem == "ext4" ? ["-m"] : ["-rm"]) + ["sh", "-c", script, "sh"]
                + [saved.path.appending("old").string, new.string, root.string, disk.fileSystem]
                + ["\(disk.freeByteCount)", apart.appending("disk.img").string]
                + ["timeout", "--signal=QUIT", "\(Self.net)", try programPath.string] + arguments,
            environment: try settings(disk))
        guard result.status != 98 else { throw StageFailure("no small disk: \(result.errorText)") }
        try Program.succeed(
            "sh",
            [
                "-c", "find \"$1\" -mindepth 1 -delete && cp -a \"$2/.\" \"$1/\" && rm -rf \"$1/lost+found\"", "sh",
                root.string,
                new.string,
            ])
        return (result, try CallCounts(counts))
    }

    private func settings(_ fault: some Fault) throws -> [String: String] {
        try TestFolder.write([UInt8](repeating: 0, count: 4_096), to: counts)
        let folders = (Set([root, session.library, session.demo.library]).map(\.string) + places).joined(separator: ":")
        var environment = [
            "LD_PRELOAD": try FaultLibrary.path.string, "FAULT_PROGRAM": try programPath.lastComponent?.string ?? "",
            "FAULT_FOLDERS": folders,
            "FAULT_COUNTS": counts.string, "FAULT_CLASSES": fault.classes.map(\.rawValue).joined(),
        ]
        environment.merge(fault.settings) { $1 }
        environment.merge(surroundings) { $1 }
        return environment
    }

    /// Runs the program without one; `others` is another program that runs it.
    func run(_ arguments: [String], by others: [String] = []) throws -> ProgramResult {
        try Program.run(
            "timeout", ["--signal=QUIT", "\(Self.net)"] + others + [try programPath.string] + arguments,
            environment: surroundings, in: session.folder)
    }

    private var surroundings: [String: String] {
        [
            "HOME": session.work.appending("home").string, "XDG_CACHE_HOME": session.work.appending("cache").string,
            "SOURCE_DATE_EPOCH": "", "TMPDIR": session.work.appending("temporary").string,
        ]
    }

    /// The folder for what a command stages.
    var staging: String { session.work.appending("temporary").string }
}

/// The demo with a small operating system image: hundreds of runs copy it.
enum SmallDemo {
    private static let made = Result {
        try demoDistributionPoint(in: try RunFolders.make().path, operatingSystemImageByteCount: 1 << 20)
    }

    /// The distribution point; tests only read it.
    static func distributionPoint() throws -> DemoDistributionPoint { try made.get() }
}
