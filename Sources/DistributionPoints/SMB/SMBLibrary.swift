// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Servers
import Shares
import Support
import Synchronization

/// A content library on the shares of a server: asked again where it may pass.
final class SMBLibrary: Sendable {
    let location: ShareLocation
    let shares: ShareSession
    let retries: ServerRetries
    private let state: Mutex<State>

    private struct State {
        /// Where PkgLib and DataLib lie, once that is known.
        var root: SharePlace?
        /// The drives, the one with the metadata first.
        var drives: [SharePlace]
        /// Whether the further drives of the server were looked for.
        var isComplete = false
    }

    /// Connections to a server that are used at once: each is a process, and reads ahead.
    static let connectionLimit = 4
    /// Small files that are asked for at once on a connection.
    private static let batchCount = 64

    init(_ location: ShareLocation, drives: [SharePlace], _ access: ServerAccess) {
        self.location = location
        shares = access.shares(location)
        retries = ServerRetries(access)
        state = Mutex(State(drives: drives))
    }

    // MARK: Shares

    /// The share of the drive with the metadata [V] (docs/formats/content-library.md).
    static let mainShare = "SCCMContentLib$"

    private static func furtherShare(_ letter: String) -> String { "SCCMContentLib\(letter)$" }

    private static let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { String(Unicode.Scalar($0)) }

    /// Whether `place` is the share of a further drive by its name.
    static func isFurtherDrive(_ place: SharePlace) -> Bool {
        place.names.isEmpty
            && letters.contains { furtherShare($0).caseFolded == place.share.caseFolded }
    }

    /// Where the metadata lies.
    ///
    /// - Throws: ``DistributionPointError`` when the share holds no library.
    private func root(_ interruption: Interruption) throws -> SharePlace {
        if let root = state.withLock({ $0.root }) { return root }
        let named = state.withLock { $0.drives[0] }
        for place in [named, named.appending("SCCMContentLib"), named.appending("SCCMContentLib$")] {
            guard try exists(place.appending("PkgLib"), interruption) else { continue }
            state.withLock { state in
                state.root = place
                state.drives[0] = place
            }
            return place
        }
        throw DistributionPointError(
            .malformedAnswer, .malformed, location.server.text(named),
            "is not a content library: it has no PkgLib")
    }

    private func exists(_ place: SharePlace, _ interruption: Interruption) throws -> Bool {
        do {
            return try attempt(interruption) { try shares.information(place, interruption).isFolder }
        } catch let error as DistributionPointError where error.code == .contentMissing {
            return false
        }
    }

    /// Where bytes lie: the drives that are known, or all when a file is on none of these.
    func drives(all: Bool, _ interruption: Interruption) throws -> [SharePlace] {
        _ = try root(interruption)
        let (drives, isComplete) = state.withLock { ($0.drives, $0.isComplete) }
        guard all, !isComplete else { return drives }
        var found = drives
        if drives[0].names.isEmpty, drives[0].share.caseFolded == Self.mainShare.caseFolded {
            for letter in Self.letters {
                let place = SharePlace(Self.furtherShare(letter))
                guard !found.contains(where: { $0.share.caseFolded == place.share.caseFolded }) else { continue }
                do {
                    if try exists(place.appending("FileLib"), interruption) { found.append(place) }
                } catch let error as DistributionPointError where [.refused, .shareMissing].contains(error.code) {
                    // A share that is not for us; what lies there alone is told when it is missed.
                }
            }
        }
        state.withLock { state in
            guard !state.isComplete else { return }
            (state.drives, state.isComplete) = (found, true)
        }
        return found
    }

    // MARK: Asking

    /// Calls `body` until it succeeds or fails for good.
    ///
    /// - Throws: ``DistributionPointError``; `InterruptedError`.
    func attempt<Result>(_ interruption: Interruption, _ body: () throws -> Result) throws -> Result {
        var number = 1
        while true {
            do {
                return try body()
            } catch let error as ShareError {
                number += 1
                guard error.mayPass, number <= retries.policy.tryCount(after: error.fault)
                else {
                    throw DistributionPointError(error)
                }
                try retries.pause(before: number, after: error, error.fault, interruption)
            }
        }
    }

    /// A small file of the library; nil when it is not there.
    func file(_ names: [String], _ interruption: Interruption) throws -> AskedLists.Document? {
        let place = try root(interruption).appending(names)
        var found: Result<[UInt8], ShareError>?
        try attempt(interruption) {
            try shares.read([place], limit: LibraryDocument.maximumByteCount, interruption) { found = $1 }
        }
        switch found {
        case .success(let body): return (body, location.server.text(place))
        case .failure(let error) where error.code == .notFound: return nil
        case .failure(let error): throw DistributionPointError(error)
        case nil: return nil
        }
    }

    /// Reads small files of the library, several at once, and hands over each; one at a time, in whatever order they come.
    ///
    /// - Throws: ``DistributionPointError``; `InterruptedError`; what `receive` throws.
    func files(
        _ paths: [[String]], _ interruption: Interruption,
        _ receive: @escaping @Sendable (_ number: Int, _ body: [UInt8], _ place: String) throws -> Void
    ) throws {
        let root = try root(interruption)
        let batches = stride(from: 0, to: paths.count, by: Self.batchCount).map {
            $0..<min($0 + Self.batchCount, paths.count)
        }
        let lock = Mutex(())
        _ = try WorkerThreads.map(count: batches.count, threadCount: Self.connectionLimit) {
            [self] batch throws(any Error) in
            let numbers = batches[batch]
            var next = numbers.lowerBound
            try attempt(interruption) {
                // What came before a connection was lost is not asked for again.
                let first = next
                let places = (first..<numbers.upperBound).map { root.appending(paths[$0]) }
                try shares.read(places, limit: LibraryDocument.maximumByteCount, interruption) { index, result in
                    let name = location.server.text(places[index])
                    switch result {
                    case .success(let body): try lock.withLock { _ in try receive(first + index, body, name) }
                    case .failure(let error): throw DistributionPointError(error)
                    }
                    next = first + index + 1
                }
            }
        }
    }

    /// The members of folders, several at once, in the order of the folders.
    ///
    /// - Throws: ``DistributionPointError``; `InterruptedError`.
    func lists(_ folders: [[String]], _ interruption: Interruption) throws -> [(
        members: [ShareSession.Member], place: String
    )] {
        let root = try root(interruption)
        return try WorkerThreads.map(count: folders.count, threadCount: Self.connectionLimit) {
            [self] number throws(any Error) in
            let place = root.appending(folders[number])
            let members = try attempt(interruption) {
                try shares.list(place, limit: ContentTree.memberLimit, interruption)
            }
            return (members: members, place: location.server.text(place) + "/")
        }
    }
}

extension DistributionPointError {
    /// What a server with shares says.
    init(_ error: ShareError) {
        let code: Code =
            switch error.code {
            case .refusedUser, .accessDenied: .refused
            case .notFound: .contentMissing
            case .noSuchShare: .shareMissing
            case .tooLong: .malformedAnswer
            default: .unreachable
            }
        let nextStep: DiagnosticText? =
            switch error.code {
            case .refusedUser: "correct \(.credentials), or get a ticket with kinit"
            case .accessDenied: "ask for the right to read it, or use another account with \(.credentials) or a ticket"
            case .notFound: "distribute the content again"
            case .unavailable: error.nextStep
            default: error.nextStep.map { "\($0), or name another distribution point" }
            }
        self.init(code, error.failureClass, error.object, error.problem, nextStep: nextStep)
    }
}
