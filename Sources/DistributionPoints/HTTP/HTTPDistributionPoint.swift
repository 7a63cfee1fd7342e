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
    private let lists: RememberedLists
    private let store: ContentStore
    private let state = Mutex(State())

    private struct State {
        /// The virtual directory that has answered.
        var root: String?
        var packages: [PackageID: LibraryPackage] = [:]
        var contents: [ContentID: Content] = [:]
        /// The way in which folders are listed here.
        var listing: ListingWay?
    }

    init(_ location: WebLocation, _ access: ServerAccess, store: ContentStore) {
        self.location = location.text
        server = WebServer(location, access)
        self.store = store
        lists = RememberedLists(of: location, in: store)
    }

    var retryPolicy: RetryPolicy { server.policy }
    var isStreaming: Bool { true }
    var faultCount: Int { server.faultCount }
    var isKept: Bool { !server.access.bypassesStore }
    private var isOffline: Bool { server.access.isOffline }

    // MARK: Packages

    func package(
        _ id: PackageID, interruption: Interruption, progress: any ProgressObserver
    ) throws -> LibraryPackage? {
        if let known = state.withLock({ $0.packages[id] }) { return known }
        if isOffline {
            let remembered = lists.package(id)
            state.withLock { $0.packages[id] = remembered }
            return remembered
        }
        guard let found = try ask(below: ["PkgLib", "\(id).INI"], interruption) else { return nil }
        let package = try parsed(found.url) { () throws(ContentLibraryError) in
            try LibraryDocument.package(id, found.body)
        }
        lists.remember(package)
        state.withLock { $0.packages[id] = package }
        return package
    }

    /// A small file of the library; nil when it is not there.
    ///
    /// The first virtual directory that has one is the one that is used from then on.
    private func ask(
        below names: [String], _ interruption: Interruption
    ) throws -> (body: [UInt8], url: String)? {
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
        if let known = state.withLock({ $0.contents[id] }) { return known }
        let content =
            try isOffline
            ? lists.completeContent(id, in: store, location: location) : askedContent(id, interruption, progress)
        state.withLock { $0.contents[id] = content }
        return content
    }

    private func askedContent(
        _ id: ContentID, _ interruption: Interruption, _ progress: any ProgressObserver
    ) throws -> Content {
        var warnings: [String] = []
        var hash: String?
        if let found = try ask(below: ["DataLib", "\(id).INI"], interruption) {
            hash = try parsed(found.url) { () throws(ContentLibraryError) in
                try LibraryDocument.contentHash(found.body)
            }
            if hash == nil { warnings.append("\(id.noun): \(found.url) names no content hash that is known") }
        } else {
            warnings.append("\(id.noun): there is no \(id).INI in DataLib, so its content hash is not known")
        }
        // A version of a content never changes its hash: with the hash, the list is the one that was read before.
        if let hash, let known = lists.content(id), known.contentHash == hash { return known }
        let content = try ContentReading(
            id: id, server: server, root: root, known: state.withLock { $0.listing },
            interruption: interruption, progress: progress
        ).read(hash: hash, warnings: warnings) { way in state.withLock { $0.listing = way } }
        lists.remember(content)
        return content
    }

    /// Names the URL in what the library's reader says.
    private func parsed<Value>(
        _ url: String, _ body: () throws(ContentLibraryError) -> Value
    ) throws(DistributionPointError) -> Value {
        do { return try body() } catch {
            throw DistributionPointError(.malformedAnswer, .malformed, url, error.problem)
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
                    + parts.map { "/" + ServerAuthority.encoded($0) }.joined(),
            ])
        if isOffline, file.byteCount > 0 {
            throw DistributionPointError(
                .contentMissing, .notFound, DiagnosticText(wanted.noun),
                "is not in the store, and \(self.location) is not asked",
                nextStep: "fetch it first, or leave out \(.offline)")
        }
        return .stream { [server] interruption in HTTPFileStream(wanted, server, interruption) }
    }
}
