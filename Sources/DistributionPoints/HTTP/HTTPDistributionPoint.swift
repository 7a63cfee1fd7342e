// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import ContentTransfer
import Identifiers
import NetworkTransfer
import Servers
import Support
import Synchronization

/// A distribution point that is asked over HTTP or HTTPS (docs/distribution-points.md).
final class HTTPDistributionPoint: DistributionPoint {
    let location: String
    private let server: WebServer
    private let lists: AskedLists
    private let state = Mutex(State())

    private struct State {
        /// The virtual directory that has answered.
        var root: String?
        /// The way in which folders are listed here.
        var listing: ListingWay?
    }

    init(_ location: WebLocation, _ access: ServerAccess, store: ContentStore) {
        self.location = location.text
        server = WebServer(location, access)
        lists = AskedLists(
            of: location.text, named: location.listName, isOffline: access.isOffline, in: store)
    }

    var retryPolicy: RetryPolicy { server.retries.policy }
    var isStreaming: Bool { true }
    var faultCount: Int { server.retries.faultCount }
    var isKept: Bool { !server.access.bypassesStore }
    var isAsked: Bool { !server.access.isOffline }

    func forget(_ id: ContentID) { if isAsked { lists.forget(id) } }

    // MARK: Packages

    func package(
        _ id: PackageID, interruption: Interruption, progress: any ProgressObserver
    ) throws -> LibraryPackage? {
        try lists.package(id) { try ask(below: $0, interruption) }
    }

    /// A small file of the library; nil when it is not there.
    ///
    /// The first virtual directory that has one is the one that is used from then on.
    private func ask(
        below names: [String], _ interruption: Interruption
    ) throws -> AskedLists.Document? {
        let known = state.withLock { $0.root }
        var refusal: DistributionPointError?
        for root in known.map({ [$0] }) ?? server.location.roots {
            let url = server.location.url(root, names)
            let answer = try server.ask(
                WebServer.Question(url: url), limit: LibraryDocument.maximumByteCount, interruption)
            let error = DistributionPointError.status(
                answer.head, body: answer.body, url, server.location, server.user)
            guard let error else {
                guard !answer.head.isEncoded else {
                    throw DistributionPointError(
                        .malformedAnswer, .malformed, url, "comes packed, which was not asked for")
                }
                state.withLock { $0.root = root }
                return (answer.body, url)
            }
            if error.code == .contentMissing { continue }
            guard error.code == .refused else { throw error }
            refusal = refusal ?? error
        }
        if let refusal { throw try explained(refusal, interruption) }
        return nil
    }

    /// A refusal, and whether it is of the whole server: a name that nothing has tells (404 to those who may ask) [V].
    private func explained(
        _ refusal: DistributionPointError, _ interruption: Interruption
    ) throws -> DistributionPointError {
        let roots = state.withLock { $0.root }.map { [$0] } ?? server.location.roots
        let name = "tsmedia-\(UInt64.random(in: .min ... .max))"
        let answer = try server.ask(
            WebServer.Question(url: server.location.url(roots[0], [name])), limit: LibraryDocument.maximumByteCount,
            interruption)
        guard answer.head.status == 404 else { return refusal }
        return DistributionPointError(
            .refused, .refused, refusal.object, "\(refusal.problem), and the server lets us ask for other things",
            nextStep: refusal.nextStep)
    }

    /// The virtual directory that has answered; nobody is asked for a content before one has.
    private var root: String { state.withLock { $0.root } ?? server.location.roots[0] }

    // MARK: Contents

    func content(_ id: ContentID, interruption: Interruption, progress: any ProgressObserver) throws -> Content {
        try lists.content(id) {
            try ask(below: $0, interruption)
        } _: { hash, warnings in
            try ContentReading(
                id: id, server: server, root: root, known: state.withLock { $0.listing },
                interruption: interruption, progress: progress
            ).read(hash: hash, warnings: warnings) { way in state.withLock { $0.listing = way } }
        }
    }

    // MARK: Bytes

    func supply(of file: MediaFile, in content: ContentID) throws -> ContentSupply {
        let root = root
        let name = file.sha256.upperCase
        let parts = file.path.components
        let location = server.location
        let wanted = HTTPFileStream.Wanted(
            noun: "file '\(file.path)' of \(content.noun)", byteCount: file.byteCount,
            urls: [
                location.url(root, ["FileLib", String(name.prefix(4)), name]),
                location.url(root, [content.description] + parts),
                // The "?" is literal [V].
                location.url(root, [content.description]) + "/sccm?"
                    + parts.map { "/" + PercentEncoding.encoded($0) }.joined(),
            ])
        try lists.requireAsking(for: file, called: wanted.noun)
        return .stream { [server] interruption in HTTPFileStream(wanted, server, interruption) }
    }
}
