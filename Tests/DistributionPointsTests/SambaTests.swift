// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Cryptography
import Fixtures
import Glibc
import Identifiers
import Servers
import Shares
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DistributionPoints

/// Against a server that is not ours: Samba.
@Suite("Shares of a real server")
struct SambaTests {
    private let folder: TestFolder
    private let served: ServedLibrary

    init() throws {
        folder = try TestFolder()
        served = try ServedLibrary(folder: folder)
    }

    private static let share = "SCCMContentLib$"

    private func samba(
        _ options: SambaServer.Options = SambaServer.Options(), share: String = SambaTests.share
    ) throws -> SambaServer { try SambaServer([share: served.library], options, in: folder) }

    private static func access(_ lines: String = "") throws -> ServerAccess {
        var access = ServedLibrary.access()
        access.shareProgram = try BuiltProgram.tsmedia
        // A process is started for each connection, and the machine may be busy.
        access.stallSeconds = 5
        access.credentials = try ServerCredentials(lines: Array(lines.utf8), name: "file")
        return access
    }

    private func open(
        _ locations: [String], _ access: ServerAccess? = nil, store: String = "store",
        interruption: Interruption = Interruption()
    ) throws -> DistributionPointGroup {
        let access = try access ?? Self.access()
        return try DistributionPoints([LocalTransport(), HTTPTransport(access), SMBTransport(access)]).open(
            locations: locations, store: ContentStore(folder: folder.appending(store)), interruption: interruption)
    }

    private func failure(_ location: String, _ access: ServerAccess? = nil) throws -> DistributionPointError {
        try #require(throws: DistributionPointError.self) {
            try served.find(try open([location], access, store: "none"))
        }
    }

    private var largeFile: FilePath {
        let name = served.files["setup.exe"].map { SHA256.digest(of: $0).upperCase } ?? ""
        return served.library.appending("FileLib").appending(String(name.prefix(4))).appending(name)
    }

    // MARK: Reading

    @Test("a library is listed and read as on a path, by a guest, however the share is written")
    func guest() throws {
        let samba = try samba()
        let locations = [
            samba.location(Self.share), "\\\\127.0.0.1:\(samba.port)\\sccmcontentlib$\\",
            "//localhost:\(samba.port)/\(Self.share)", "smb://127.0.0.1:\(samba.port)",
        ]
        for (number, location) in locations.enumerated() {
            let found = try served.find(try open([location], store: "store\(number)"))
            #expect(found.content.warnings.isEmpty)
            #expect(found.content.files.map(\.path.description).sorted() == served.files.keys.sorted())
            if number < 2 { #expect(try served.read(found) == served.files) }
        }
        // What was kept serves without the server.
        var offline = try Self.access()
        offline.isOffline = true
        #expect(
            try served.read(try served.find(try open([samba.location(Self.share)], offline, store: "store0")))
                == served.files)
    }

    @Test("names of shares and folders may hold what URLs encode; a library lies in the folder that is named, or in it")
    func names() throws {
        try TestFolder.makeFolder(folder.appending("outer"))
        let name = "Süd & 50% #1"
        let root = folder.appending("outer").appending(name)
        try TestFolder.makeFolder(root)
        try Program.succeed("cp", ["-a", served.library.string, root.appending("SCCMContentLib").string])
        let samba = try SambaServer(["Ablage Süd#1": folder.appending("outer")], in: folder)
        let encoded = "S%C3%BCd%20%26%2050%25%20%231"
        for location in [
            samba.location("Ablage%20S%C3%BCd%231/\(encoded)/SCCMContentLib"),
            "\\\\127.0.0.1:\(samba.port)\\Ablage Süd#1\\\(name)",
        ] {
            #expect(try served.read(try served.find(try open([location], store: "s"))) == served.files)
        }
    }

    @Test(
        "a server may want signatures, encryption and SMB 3.1.1",
        arguments: [
            ["server signing = mandatory"], ["smb encrypt = required"],
            ["server min protocol = SMB3_11", "server smb3 encryption algorithms = AES-256-GCM"],
            ["server max protocol = SMB2_02"],
        ])
    func protection(lines: [String]) throws {
        var options = SambaServer.Options()
        options.password = "Kennwört 1"
        options.global = lines
        let samba = try samba(options)
        let access = try Self.access("127.0.0.1 \(SambaServer.user) Kennwört 1")
        #expect(try served.read(try served.find(try open([samba.location(Self.share)], access))) == served.files)
    }

    @Test("a server that speaks SMB 1 only is not asked")
    func oldProtocol() throws {
        var options = SambaServer.Options()
        options.global = ["server min protocol = NT1", "server max protocol = NT1"]
        let samba = try samba(options)
        let error = try failure(samba.location(Self.share))
        #expect(error.failureClass == .unreachable)
        #expect(error.description.contains("does not answer as a server of SMB 2 or 3 does"), "\(error)")
    }

    @Test("further drives of the server are found by themselves, and by their name")
    func drives() throws {
        let second = folder.appending("second/FileLib")
        let place = second.appending(largeFile.removingLastComponent().lastComponent?.string ?? "")
        try TestFolder.makeFolder(place)
        try Program.succeed("mv", [largeFile.string, place.string])
        let shares = [Self.share: served.library, "SCCMContentLibQ$": folder.appending("second")]
        let samba = try SambaServer(shares, in: folder)
        let main = samba.location(Self.share)
        #expect(try served.read(try served.find(try open([main]))) == served.files)
        let named = try open([main, samba.location("SCCMContentLibQ$")], store: "other")
        #expect(named.points.count == 1)
        #expect(try served.read(try served.find(named)) == served.files)
    }

    // MARK: Users

    @Test("who asks is shown, and a refusal says who was refused and how it was shown")
    func users() throws {
        var options = SambaServer.Options()
        options.password = "secret phrase"
        let samba = try samba(options)
        let (location, user) = (samba.location(Self.share), SambaServer.user)
        for (line, words) in [
            ("", "is not open to guests; ask for the right to read it, or use another account with credentials"),
            ("* \(user) wrong", "does not accept us as \(user) with a password (NTLM); correct credentials"),
            ("* EX\\nobody secret phrase", "does not accept us as EX\\nobody with a password (NTLM)"),
        ] {
            let error = try failure(location, try Self.access(line))
            #expect(error.failureClass == .refused, "\(error)")
            #expect(error.description.contains(words), "\(error)")
            #expect(!error.description.contains("secret"))
        }
        // The user of the location chooses among the lines.
        let access = try Self.access("* other wrong\n127.0.0.1 \(user) secret phrase")
        let named = "smb://\(user)@127.0.0.1:\(samba.port)/\(Self.share)"
        #expect(try served.read(try served.find(try open([named], access))) == served.files)
        let ticket = try failure(named)
        #expect(ticket.description.contains("as \(user) with a Kerberos ticket"), "\(ticket)")
    }

    @Test("who shows a wrong password does not become a guest, where guests are let in")
    func noGuest() throws {
        var options = SambaServer.Options()
        options.password = "secret phrase"
        (options.global, options.share) = (["map to guest = Bad User"], ["guest ok = yes"])
        let samba = try samba(options)
        let location = samba.location(Self.share)
        #expect(try served.find(try open([location])).content.files.count == served.files.count)
        let error = try failure(location, try Self.access("* \(SambaServer.user) wrong"))
        #expect(error.failureClass == .refused)
        #expect(error.description.contains("does not accept us as \(SambaServer.user) with a password"), "\(error)")
    }

    @Test("a share that is not for us is told from a user that is not, and from one that is not there")
    func shares() throws {
        var options = SambaServer.Options()
        options.share = ["valid users = nobody-at-all"]
        let closing = try self.samba(options)
        let closed = try failure(closing.location(Self.share))
        #expect(closed.failureClass == .refused)
        #expect(closed.description.contains("is not open to guests"), "\(closed)")
        let samba = try self.samba()
        let missing = try failure(samba.location("NoSuch$"))
        #expect(missing.failureClass == .notFound)
        #expect(missing.description.contains("is no share of that server"), "\(missing)")
        let empty = try failure(samba.location("\(Self.share)/FileLib"))
        #expect(empty.failureClass == .malformed)
        #expect(empty.description.contains("is not a content library"), "\(empty)")
        let package = try #require(PackageID("ABC99999"))
        let none = try #require(throws: DistributionPointError.self) {
            try open([samba.location(Self.share)]).package(package)
        }
        #expect(none.code == .packageMissing)
    }

    // MARK: Faults

    @Test("nobody listens, nobody is known, somebody speaks something else: each is said, and is unreachable")
    func unreachable() throws {
        let http = try served.server()
        for (location, words) in [
            ("smb://127.0.0.1:\(try ApacheServer.freePort())/x", "refuses the connection"),
            ("smb://no-such-host.invalid/x", "its name is not known"),
            ("smb://127.0.0.1:\(http.port)/x", "does not answer as a server of SMB 2 or 3 does"),
        ] {
            let error = try failure(location)
            #expect(error.failureClass == .unreachable)
            #expect(error.description.contains(words), "\(error)")
        }
    }

    @Test("a connection that breaks or falls silent is made again, and goes on where it broke")
    func faults() throws {
        let samba = try samba()
        for (number, fault) in [["--break-after", "150000", "--times", "3"], ["--stall-after", "150000"]].enumerated() {
            let proxy = try FaultyProxy(to: samba.port, fault, in: folder)
            var access = try Self.access()
            access.stallSeconds = 1
            let group = try open([samba.location(Self.share, port: proxy.port)], access, store: "store\(number)")
            #expect(try served.read(try served.find(group)) == served.files)
            // Each of them is a failure of the server that reports count, though it passed.
            let failures = try #require(group.served.first?.failureCount)
            #expect(number == 0 ? failures >= 2 : failures >= 1, "\(fault)")
        }
    }

    @Test("what an earlier run left of a file is not read again, and what it left is proved")
    func resumed() throws {
        let samba = try samba()
        let whole = try #require(served.files["setup.exe"])
        let digest = SHA256.digest(of: whole)
        try TestFolder.write(
            whole.prefix(300_000), to: folder.appending("store/files/incoming/\(digest).part"))
        // Nobody who reads it from its start comes to its end: there is one try, and it breaks before.
        let proxy = try FaultyProxy(to: samba.port, ["--break-after", "250000", "--times", "1000"], in: folder)
        var access = try Self.access()
        access.retries = .once
        let group = try open([samba.location(Self.share, port: proxy.port)], access)
        let found = try served.find(group)
        let file = try #require(found.content.files.first { $0.sha256 == digest })
        let fetched = try found.point.fetch(file.file, of: found.content.id)
        #expect(try SmallFile.read(fetched.path) == whole)
        #expect(group.served.first?.byteCount == 100_003)
    }

    @Test("a fault that stays is an error with the object named, and nothing is kept")
    func stayingFault() throws {
        let samba = try samba()
        let proxy = try FaultyProxy(to: samba.port, ["--break-after", "150000", "--times", "1000"], in: folder)
        let found = try served.find(try open([samba.location(Self.share, port: proxy.port)]))
        let file = try #require(found.content.files.first { $0.byteCount > 100_000 })
        let error = try #require(throws: DistributionPointError.self) {
            try found.point.fetch(file.file, of: found.content.id)
        }
        #expect(error.failureClass == .unreachable)
        #expect(
            error.description.contains("file 'setup.exe' of package ABC00001 (content ABC00001.1) cannot be fetched"),
            "\(error)")
        // Beside a note of what is in use, and what has come so far, from which the next run goes on.
        let kept = [
            folder.appending("store/files").string, "-type", "f", "!", "-path", "*/uses*", "!", "-path", "*/incoming/*",
        ]
        #expect(try Program.succeed("find", kept).output == "")
    }

    @Test("a server over HTTP stands in for one over SMB, in the middle of a file, and the other way round")
    func failover() throws {
        let (samba, http) = (try samba(), try served.server())
        let proxy = try FaultyProxy(to: samba.port, ["--break-after", "150000", "--times", "1000"], in: folder)
        let broken = samba.location(Self.share, port: proxy.port)
        let group = try open([broken, http.location])
        #expect(try served.read(try served.find(group)) == served.files)
        let warnings = group.takeWarnings().map(\.description)
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("distribution point \(broken) is passed over: ") == true, "\(warnings)")
        let closing = try served.server(faults: ["close:1000"])
        let other = try open([closing.location, samba.location(Self.share)], store: "other")
        #expect(try served.read(try served.find(other)) == served.files)
        #expect(other.takeWarnings().count == 1)
    }

    @Test("who waits for a server that says nothing is heard at once, and the process that waits is gone")
    func interruption() throws {
        let silent = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(silent) }
        try #require(listen(silent, 5) == 0)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(silent, $0, &length) }
        }
        let interruption = Interruption()
        let location = "smb://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/x"
        let group = try open([location], interruption: interruption)
        let id = try #require(PackageID(ServedLibrary.id))
        WorkerThreads.run(count: 2) { number in
            if number == 0 {
                #expect(throws: InterruptedError.self) { try group.package(id) }
            } else {
                usleep(200_000)
                interruption.request()
            }
        }
    }

    @Test("names that differ in case only are refused")
    func hostileNames() throws {
        let data = served.library.appending("DataLib/ABC00001.1")
        try TestFolder.write("x".utf8, to: data.appending("SETUP.exe.INI"))
        var options = SambaServer.Options()
        options.share = ["case sensitive = yes"]
        let samba = try samba(options)
        let error = try failure(samba.location(Self.share))
        #expect(error.failureClass == .malformed)
        #expect(error.description.contains("twice"), "\(error)")
        // A list that is longer than it may be is left where it is, and the next one is read.
        let location = try ShareLocation(samba.location(Self.share))
        let (shares, place) = (try Self.access().shares(location), SharePlace(Self.share).appending("DataLib"))
        let long = try #require(throws: ShareError.self) { try shares.list(place, limit: 1, Interruption()) }
        #expect(long.description.contains("/DataLib lists more than 1 names"), "\(long)")
        #expect(try shares.list(place, limit: 2, Interruption()).count == 2)
    }
}
