// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// A folder of a share: \\\\server\\share\\folder.
package struct NetworkFolder: Sendable, Equatable {
    package let server: String
    package let share: String
    /// The folders below the share.
    package let folders: [String]

    /// Reads `path`; nil for what is none.
    package init?(_ path: String) {
        let parts = path.split(omittingEmptySubsequences: false) { $0 == "\\" || $0 == "/" }.map(String.init)
        guard parts.count >= 4, parts[0].isEmpty, parts[1].isEmpty else { return nil }
        let names = parts[2...].filter { !$0.isEmpty }
        guard names.count >= 2, names.allSatisfy(Self.isName) else { return nil }
        (server, share, folders) = (names[0], names[1], Array(names[2...]))
    }

    /// What may stand in a mount's source, and leads nowhere else.
    private static func isName(_ name: String) -> Bool {
        name != "." && name != ".." && !name.unicodeScalars.contains { $0.isControl || $0 == "," }
    }

    /// The share as the kernel names it.
    var source: String { "//\(server)/\(share)" }
}

/// The shares that are mounted.
package final class NetworkFolders {
    private let mountRoot: FilePath
    private let network = TargetNetwork()
    private var mounted: [(source: String, folder: FilePath)] = []

    /// Shares will be mounted below `mountRoot`.
    package init(mountRoot: FilePath) { self.mountRoot = mountRoot }

    /// Brings the network up, once.
    ///
    /// - Throws: ``EngineError`` `.disk` when no adapter gets an address; `FileError`; `InterruptedError`.
    func bringUpNetwork(_ session: EngineSession) throws { try network.bringUp(session) }

    /// Mounts the share of `folder`, and gives it `letter` where that is one.
    ///
    /// - Throws: ``EngineError`` `.disk` with what the kernel says; `FileError`.
    func connect(
        _ folder: NetworkFolder, account: String, password: String, letter: String, _ session: EngineSession
    ) throws {
        try network.bringUp(session)
        let point = try mount(folder, account: account, password: password)
        let place = folder.folders.reduce(point) { $0.appending($1) }
        guard Folder.exists(place) else {
            throw EngineError(
                .disk, "folder \(folder.folders.joined(separator: "\\").onOneLine) of \(folder.source)",
                "does not exist",
                nextStep: "make it on the server, or change the step")
        }
        session.log.note("\(folder.source) is connected at \(place)")
        guard let first = letter.uppercased().first, first.isLetter else { return }
        var volume = TargetVolume(
            device: FilePath(folder.source), diskNumber: -1, partitionNumber: 0, fileSystem: "SMB", label: folder.share)
        volume.letter = first
        volume.mountPoint = place
        session.volumes.volumes.removeAll { $0.letter == first && $0.diskNumber == -1 }
        session.volumes.volumes.append(volume)
    }

    private func mount(_ folder: NetworkFolder, account: String, password: String) throws -> FilePath {
        if let known = mounted.first(where: { $0.source.caseFolded == folder.source.caseFolded }) {
            return known.folder
        }
        let point = mountRoot.appending("\(mounted.count + 1)")
        try Folder.create(mountRoot)
        try Folder.create(point)
        let names = account.split(separator: "\\", maxSplits: 1).map(String.init)
        // The kernel's cifs takes commas in a password as they are only when they are doubled (mount.cifs(8)).
        var options = ["ip=\(try NetworkAddress.of(folder.server))", "vers=default", "noperm"]
        if account.isEmpty {
            options.append("guest")
        } else {
            options.append("user=\(names.last ?? account)")
            if names.count == 2 { options.append("domain=\(names[0])") }
            options.append(
                "pass=\(password.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,"))")
        }
        do throws(FileError) {
            try Mounts.mount(
                folder.source, on: point, type: "cifs", options: options.joined(separator: ","), isReadOnly: false)
        } catch {
            throw EngineError(
                .disk, "share \(folder.source.onOneLine)",
                "could not be connected: \(Errno(rawValue: error.errno.rawValue))",
                nextStep: "check the server, the account and its password, and the network of this computer")
        }
        mounted.append((folder.source, point))
        return point
    }

    /// The folder of a share that is connected; nil for another one, and for what is none.
    package func location(_ path: String) -> FilePath? {
        guard let folder = NetworkFolder(path),
            let share = mounted.first(where: { $0.source.caseFolded == folder.source.caseFolded })
        else { return nil }
        return folder.folders.reduce(share.folder) { $0.appending($1) }
    }

    /// Disconnects all of them.
    package func disconnect() {
        for share in mounted.reversed() { try? Mounts.unmount(share.folder) }
        mounted = []
    }
}

/// Addresses of servers, asked of the system's resolver.
enum NetworkAddress {
    /// The first address of `server`.
    ///
    /// - Throws: ``EngineError`` `.disk` when it has none.
    static func of(_ server: String) throws(EngineError) -> String {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(server, nil, &hints, &list) == 0, let found = list else {
            throw EngineError(
                .disk, "server \(server.onOneLine)", "has no address that this computer can find",
                nextStep: "check its name, and the network of this computer")
        }
        defer { freeaddrinfo(list) }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard
            getnameinfo(
                found.pointee.ai_addr, found.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
                == 0
        else {
            throw EngineError(
                .disk, "server \(server.onOneLine)", "has an address of an unknown kind",
                nextStep: "name its IP address")
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
