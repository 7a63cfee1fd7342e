// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Synchronization
import SystemPackage

/// How servers with shares are asked.
public struct ShareSettings: Sendable {
    /// How long a server may say nothing, in seconds.
    public var stallSeconds: Double = 30
    /// The program that talks to a server: this one, started again (``ShareServant``).
    public var program = FilePath("/proc/self/exe")

    /// What is usual.
    public init() {}
}

/// Connections to a server with shares: each a process of its own, kept and used again.
///
/// Safe to use from several threads.
public final class ShareSession: Sendable {
    /// The server.
    public let server: ShareServer
    private let settings: ShareSettings
    private let state: Mutex<State>

    private struct State {
        /// Who asks, in the order in which the server is shown them; the first is who it takes, once that is known.
        var users: [ShareUser]
        var isKnown = false
        var idle: [ShareProcess] = []
    }

    /// A member of a folder.
    public struct Member: Sendable {
        /// Its name.
        public let name: String
        /// Its size in bytes; 0 for a folder.
        public let byteCount: Int64
        /// Whether it is a folder.
        public let isFolder: Bool
    }

    /// Connections to `server`, which takes the first of `users` that it takes.
    public init(_ server: ShareServer, users: [ShareUser], _ settings: ShareSettings) {
        self.server = server
        self.settings = settings
        state = Mutex(State(users: users))
    }

    // MARK: Connections

    /// Calls `body` with a connection to the share of `place`.
    func with<Result>(
        _ place: SharePlace, _ interruption: Interruption, _ body: (ShareProcess) throws -> Result
    ) throws -> Result {
        let process = try take(place, interruption)
        do {
            let result = try body(process)
            giveBack(process)
            return result
        } catch let error as ShareError where error.leavesConnection && !process.isBusy {
            giveBack(process)
            throw error
        }
    }

    private func take(_ place: SharePlace, _ interruption: Interruption) throws -> ShareProcess {
        try interruption.check()
        let idle = state.withLock { state -> ShareProcess? in
            if let number = state.idle.lastIndex(where: { $0.shares.contains(place.share) }) {
                return state.idle.remove(at: number)
            }
            return state.idle.popLast()
        }
        if let idle {
            if !idle.shares.contains(place.share) {
                do {
                    try connect(idle, place.share, nil, interruption)
                } catch let error as ShareError {
                    if error.leavesConnection { giveBack(idle) }
                    throw error
                }
            }
            return idle
        }
        let (users, isKnown) = state.withLock { ($0.users, $0.isKnown) }
        var refusals: [(ShareUser, ShareError)] = []
        for user in isKnown ? Array(users.prefix(1)) : users {
            do {
                let process = try start(user, interruption)
                try connect(process, place.share, user, interruption)
                state.withLock { state in
                    guard !state.isKnown else { return }
                    (state.users, state.isKnown) = ([user], true)
                }
                return process
            } catch let error as ShareError where error.code == .refusedUser || error.code == .accessDenied {
                refusals.append((user, error))
            }
        }
        // Who is somebody explains more than a guest.
        guard let refusal = refusals.first?.1 else {
            throw ShareError(.broken, server.text(place), "cannot be asked: nobody asks")
        }
        throw refusal
    }

    private func giveBack(_ process: ShareProcess) {
        guard !process.isBusy else { return }
        state.withLock { $0.idle.append(process) }
    }

    /// The process may load its libraries this long, in seconds: that is no silence of the server.
    private static let loadingSeconds = 30.0

    private func start(_ user: ShareUser, _ interruption: Interruption) throws -> ShareProcess {
        let process = try ShareProcess(
            settings.program, place: "smb://\(server)", stallSeconds: max(settings.stallSeconds, Self.loadingSeconds))
        var message = ShareMessage(.hello).appending(user.domain, user.name, user.password)
        message.append(user.usesKerberos ? 1 : 0)
        // A little more than we wait ourselves.
        message.append(Int64(settings.stallSeconds * 1_000) + 2_000)
        try process.send(message, interruption)
        var problem = "it has no memory"
        let (status, _) = try process.answer(interruption) { problem = try $0.text() }
        guard status == 0 else {
            throw ShareError(
                .unavailable, "smb://\(server)", "cannot be asked without libsmbclient: \(problem.onOneLine)")
        }
        process.stallSeconds = settings.stallSeconds
        return process
    }

    private func connect(
        _ process: ShareProcess, _ share: String, _ user: ShareUser?, _ interruption: Interruption
    ) throws {
        let place = SharePlace(share)
        let name = server.text(place)
        let user = user ?? state.withLock { $0.users.first ?? .guest }
        try process.send(
            ShareMessage(.connect).appending(server.url(place), server.host, server.url(SharePlace("IPC$"))),
            interruption)
        var (status, fields) = try process.answer(interruption)
        switch try ShareVerdict(rawValue: fields.number()) {
        case .connected: process.shares.insert(share)
        case .unknownHost: throw ShareError(.unknownHost, name, "cannot be reached: its name is not known")
        case .refusedUser:
            throw ShareError(
                .refusedUser, name, user.isGuest ? "wants to know who asks" : "does not accept us \(user)")
        case .accessDenied:
            throw ShareError(
                .accessDenied, name, user.isGuest ? "is not open to guests" : "is not open to us \(user)")
        case .noSuchShare: throw ShareError(.noSuchShare, name, "is no share of that server")
        case .failed, nil:
            let error = ShareError.call(status, name)
            guard error.code == .broken else { throw error }
            throw ShareError(
                .broken, name, "does not answer as a server of SMB 2 or 3 does: \(ShareError.words(status))")
        }
    }

    // MARK: Reading

    /// The members of a folder.
    ///
    /// - Parameter limit: how many there may be; a server that lists more is left.
    /// - Throws: ``ShareError``; `InterruptedError`.
    public func list(_ place: SharePlace, limit: Int = .max, _ interruption: Interruption) throws -> [Member] {
        try with(place, interruption) { process in
            process.isBusy = true
            try process.send(ShareMessage(.list).appending(server.url(place)), interruption)
            var members: [Member] = []
            let (status, _) = try process.answer(interruption) { fields in
                while !fields.isAtEnd {
                    guard members.count < limit else {
                        throw ShareError(.tooLong, server.text(place), "lists more than \(limit) names")
                    }
                    members.append(
                        Member(
                            name: try fields.text(), byteCount: try fields.number(),
                            isFolder: try fields.number() != 0))
                }
            }
            process.isBusy = false
            guard status == 0 else { throw ShareError.call(status, server.text(place)) }
            return members
        }
    }

    /// Reads small files of one share one after the other, and hands over each.
    ///
    /// - Parameters:
    ///   - limit: of a larger file one byte more than this comes.
    ///   - receive: gets the number of the file and what became of it; what it throws ends all.
    /// - Throws: ``ShareError`` when the connection is lost; `InterruptedError`; what `receive` throws.
    public func read(
        _ places: [SharePlace], limit: Int, _ interruption: Interruption,
        _ receive: (_ number: Int, _ result: Result<[UInt8], ShareError>) throws -> Void
    ) throws {
        guard let first = places.first else { return }
        try with(first, interruption) { process in
            process.isBusy = true
            var message = ShareMessage(.read).appending(Int64(limit))
            for place in places { message.append(server.url(place)) }
            try process.send(message, interruption)
            for (number, place) in places.enumerated() {
                var bytes: [UInt8] = []
                let (status, _) = try process.answer(interruption) { bytes = try $0.bytes() }
                let error = status == 0 ? nil : ShareError.call(status, server.text(place))
                if let error, !error.leavesConnection { throw error }
                try receive(number, error.map { .failure($0) } ?? .success(bytes))
            }
            process.isBusy = false
        }
    }

    /// Opens a file to read `count` bytes from `offset` on.
    ///
    /// - Throws: ``ShareError``; `InterruptedError`.
    public func open(
        _ place: SharePlace, from offset: Int64, count: Int64, _ interruption: Interruption
    ) throws -> ShareStream {
        let process = try take(place, interruption)
        process.isBusy = true
        try process.send(
            ShareMessage(.stream).appending(server.url(place)).appending(offset).appending(count), interruption)
        return ShareStream(process, server.text(place), interruption) { [self] in giveBack($0) }
    }

    /// What is said of a file or folder.
    ///
    /// - Throws: ``ShareError``; `InterruptedError`.
    public func information(_ place: SharePlace, _ interruption: Interruption) throws -> Member {
        var fields = try ask(.information, place, nil, interruption)
        let (byteCount, _) = (try fields.number(), try fields.number())
        return Member(name: place.names.last ?? place.share, byteCount: byteCount, isFolder: try fields.number() != 0)
    }

    /// Bytes that may still be written.
    ///
    /// - Throws: ``ShareError``; `InterruptedError`.
    public func freeByteCount(_ place: SharePlace, _ interruption: Interruption) throws -> Int64 {
        var fields = try ask(.space, place, nil, interruption)
        return try fields.number()
    }

    func ask(
        _ kind: ShareMessage.Kind, _ place: SharePlace, _ further: SharePlace?, _ interruption: Interruption
    ) throws -> ShareFields {
        try with(place, interruption) { process in
            var message = ShareMessage(kind).appending(server.url(place))
            if let further { message.append(server.url(further)) }
            try process.send(message, interruption)
            let (status, fields) = try process.answer(interruption)
            guard status == 0 else { throw ShareError.call(status, server.text(place)) }
            return fields
        }
    }
}

/// The bytes of a file on a share; letting go of it before its end ends its connection.
///
/// Unchecked: used by one thread at a time, as streams are.
public final class ShareStream: @unchecked Sendable {
    private var process: ShareProcess?
    private let place: String
    private let interruption: Interruption
    private let giveBack: (ShareProcess) -> Void
    /// Bytes of the part that is read which have not come yet.
    private var left = 0

    init(
        _ process: ShareProcess, _ place: String, _ interruption: Interruption,
        _ giveBack: @escaping (ShareProcess) -> Void
    ) {
        self.process = process
        self.place = place
        self.interruption = interruption
        self.giveBack = giveBack
    }

    /// Waits for bytes and puts them into `buffer`; returns how many they are, 0 only at the end.
    ///
    /// - Throws: ``ShareError``; `InterruptedError`.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let process, buffer.count > 0 else { return 0 }
        while left == 0 {
            let (kind, count) = try process.head(interruption)
            guard kind == .done else {
                left = count
                continue
            }
            self.process = nil
            var fields = try process.fields(count, interruption)
            let status = Int32(clamping: try fields.number())
            let error = status == 0 ? nil : ShareError.call(status, place)
            if error?.leavesConnection ?? true {
                process.isBusy = false
                giveBack(process)
            }
            if let error { throw error }
            return 0
        }
        let count = min(left, buffer.count)
        try process.receive(UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), interruption)
        left -= count
        return count
    }
}
