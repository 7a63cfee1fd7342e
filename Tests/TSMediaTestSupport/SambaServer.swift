// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage

/// Samba with folders as shares: SMB by somebody else's program.
public final class SambaServer {
    /// What it asks of clients, and how it answers.
    public struct Options {
        /// The password of ``SambaServer/user``, whom it wants to see then; guests are let in without one.
        public var password: String?
        /// Further lines of the section `[global]` of its smb.conf.
        public var global: [String] = []
        /// Further lines of every share.
        public var share: [String] = []
        /// The port, where clients can be told none; a free one else.
        public var port: Int?
        /// A folder that lies on a disk of so many bytes, which only Samba sees: for root.
        public var disk: (folder: FilePath, byteCount: Int64)?

        /// Anybody is let in, and nothing is asked for.
        public init() {}
    }

    /// The port on the loopback.
    public let port: Int
    private let program: RunningProgram
    private let folder: FilePath

    /// The user whom it knows: the one who runs the tests.
    public static var user: String {
        getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "root"
    }

    /// Starts Samba on a port of the loopback with `shares`: names and folders.
    public init(_ shares: [String: FilePath], _ options: Options = Options(), in work: TestFolder) throws {
        folder = work.appending("samba-\(UInt64.random(in: .min ... .max))")
        for name in ["lock", "private", "state", "cache", "pid", "ncalrpc"] {
            try TestFolder.makeFolder(folder.appending(name))
        }
        let port = try options.port ?? ApacheServer.freePort()
        self.port = port
        let configuration = folder.appending("smb.conf")
        try TestFolder.write(Self.configuration(shares, options, folder, port).utf8, to: configuration)
        if let password = options.password {
            let result = try Program.run(
                "pdbedit", ["-s", configuration.string, "-t", "-a", Self.user],
                input: Array("\(password)\n\(password)\n".utf8))
            guard result.status == 0 else { throw ServerFailure(name: "pdbedit", said: result.errorText) }
        }
        // It ends its whole process group with itself, which must not be ours.
        var command = ["/usr/sbin/smbd", "-s", configuration.string, "-F", "--no-process-group"]
        if let disk = options.disk {
            let script = "mount -t tmpfs -o mode=777,size=\(disk.byteCount) none \"$1\" && shift && exec \"$@\""
            command = ["unshare", "-m", "sh", "-c", script, "sh", disk.folder.string] + command
        }
        program = try RunningProgram(
            FilePath(command[0]), Array(command.dropFirst()), environment: [:], folder: folder,
            work: folder.appending("run"), ownSession: true)
        guard try program.wait(until: { ApacheServer.isListening(port) }) else {
            throw ServerFailure(name: "smbd", said: try program.errorText())
        }
    }

    deinit {
        program.send(SIGTERM)
        _ = try? program.waitForEnd()
    }

    /// Ends it and all of its connections, as a power cut does.
    public func kill() throws {
        program.sendToGroup(SIGKILL)
        _ = try program.waitForEnd()
    }

    /// Where the files lie that Samba sees at `path`.
    public func place(_ path: FilePath) -> FilePath {
        program.root.appending(path.components)
    }

    /// The URL of a share, or of a place on it.
    public func location(_ path: String, port: Int? = nil) -> String { "smb://127.0.0.1:\(port ?? self.port)/\(path)" }

    private static func configuration(
        _ shares: [String: FilePath], _ options: Options, _ folder: FilePath, _ port: Int
    ) -> String {
        let guests = options.password == nil
        var lines = [
            "[global]", "server role = standalone server", "smb ports = \(port)", "interfaces = lo",
            "bind interfaces only = yes", "disable netbios = yes", "disable spoolss = yes", "load printers = no",
            "printing = bsd", "passdb backend = tdbsam:\(folder.string)/private/passdb.tdb",
            "guest account = \(user)", "map to guest = \(guests ? "Bad User" : "Never")",
            "log file = \(folder.string)/log", "log level = 1",
        ]
        lines += [
            ("lock directory", "lock"), ("private dir", "private"), ("state directory", "state"),
            ("cache directory", "cache"), ("pid directory", "pid"), ("ncalrpc dir", "ncalrpc"),
        ].map { "\($0) = \(folder.string)/\($1)" }
        lines += options.global
        for (name, path) in shares.sorted(by: { $0.key < $1.key }) {
            lines += ["[\(name)]", "path = \(path.string)", "read only = no", "guest ok = \(guests ? "yes" : "no")"]
            lines += options.share
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// A server between a client and another server, which breaks connections or falls silent.
public final class FaultyProxy {
    private let script: ServerScript
    /// The port on the loopback.
    public var port: Int { script.port }

    /// Starts fixtures/servers/tcp-proxy.py on a free port.
    public init(to port: Int, _ arguments: [String], in work: TestFolder) throws {
        script = try ServerScript("tcp-proxy.py", ["--to", "\(port)"] + arguments, in: work)
    }
}
