// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import NetworkTransfer
import Servers
import Support

/// How the folders of a content are listed on a server.
enum ListingWay: CaseIterable {
    /// PROPFIND in DataLib, as genuine clients do [V].
    case dataLibByWebDAV
    /// The page of a folder in DataLib.
    case dataLibByPage
    /// PROPFIND of the content itself, whose files are not INIs.
    case contentByWebDAV
    /// The page of a folder of the content itself.
    case contentByPage

    var isInDataLib: Bool { self == .dataLibByWebDAV || self == .dataLibByPage }
    var isByWebDAV: Bool { self == .dataLibByWebDAV || self == .contentByWebDAV }
}

/// Reads the list of a content from a server: its folders first, a level at a time, then the INI of each file.
struct ContentReading {
    let id: ContentID
    let server: WebServer
    let root: String
    /// How folders are listed here, when that is known.
    let known: ListingWay?
    let interruption: Interruption
    let progress: any ProgressObserver

    /// Bytes of one list: some 100,000 members.
    private static let listByteLimit = 32 << 20

    /// The content.
    ///
    /// - Parameter found: is told how folders are listed here.
    /// - Throws: ``DistributionPointError``; `InterruptedError`.
    func read(hash: String?, warnings: [String], _ found: (ListingWay) -> Void) throws -> Content {
        var first: DistributionPointError?
        for way in known.map({ [$0] }) ?? ListingWay.allCases {
            do {
                let tree = try listTree(way)
                found(way)
                return try content(tree, hash: hash, warnings: warnings)
            } catch let error as NotListed {
                // What the way that clients use says is the better explanation, but for a method that is not known.
                if first == nil || first?.code == .listingRefused { first = error.error }
            }
        }
        throw first ?? DistributionPointError(.contentMissing, .notFound, "\(id.noun)", "is not listed")
    }

    /// A folder cannot be listed in this way.
    private struct NotListed: Error {
        let error: DistributionPointError
    }

    // MARK: Folders

    /// A folder of the content and the names of its path on the server.
    private struct Folder {
        let path: MediaPath?
        let names: [String]
    }

    private func listTree(_ way: ListingWay) throws -> ContentTree {
        let rootNames = root.split(separator: "/").map { String($0) }
        let below = way.isInDataLib ? ["DataLib", id.description] : [id.description]
        let decoded = rootNames.map { PercentEncoding.decoded($0) ?? $0 }
        var level = [Folder(path: nil, names: below)]
        var tree = ContentTree(of: id, error: DistributionPointError.wrongList)
        while !level.isEmpty {
            let folders = level
            var next: [Int: [Folder]] = [:]
            // A folder's URL ends with a slash, else servers send us there.
            let questions = folders.map {
                WebServer.Question(
                    url: server.location.url(root, $0.names) + "/", method: way.isByWebDAV ? .list : .get)
            }
            try server.ask(questions, limit: Self.listByteLimit, interruption) { number, answer in
                let url = questions[number].url
                try check(answer, url, way, isFirst: folders[number].path == nil)
                let listing = try parse(answer.body, url, decoded + folders[number].names, way)
                next[number] = try tree.take(
                    listing, of: folders[number].path, place: url, isInDataLib: way.isInDataLib
                ).map { Folder(path: $0.path, names: folders[number].names + [$0.name]) }
            }
            level = folders.indices.flatMap { next[$0] ?? [] }
        }
        return tree
    }

    private func check(_ answer: HTTPAnswer, _ url: String, _ way: ListingWay, isFirst: Bool) throws {
        // 207: several answers in one (RFC 4918 11.1).
        if answer.head.status == (way.isByWebDAV ? 207 : 200) { return }
        let error: DistributionPointError
        switch answer.head.status {
        case 200...299, 400, 405, 501:
            error = DistributionPointError(
                .listingRefused, .unreachable, url, "cannot be listed (\(answer.head.status))")
        default:
            error =
                DistributionPointError.status(answer.head, body: answer.body, url, server.location, server.user)
                ?? DistributionPointError(.listingRefused, .unreachable, url, "cannot be listed")
        }
        // A folder that its parent lists and that cannot be listed leaves the content incomplete.
        guard isFirst, error.code != .unreachable else { throw error }
        throw NotListed(error: error)
    }

    private func parse(
        _ body: [UInt8], _ url: String, _ folder: [String], _ way: ListingWay
    ) throws -> FolderListing {
        do throws(FolderListing.Hostile) {
            return try way.isByWebDAV
                ? FolderListing(dav: body, folder: folder, on: server.location.served)
                : FolderListing(html: body, folder: folder, on: server.location.served)
        } catch {
            throw DistributionPointError(.malformedAnswer, .malformed, url, error.problem)
        }
    }

    // MARK: Files

    private func content(_ tree: ContentTree, hash: String?, warnings: [String]) throws -> Content {
        let questions = tree.documents.map { WebServer.Question(url: server.location.url(root, $0)) }
        var records = [LibraryDocument.File?](repeating: nil, count: tree.files.count)
        let meter = tree.meter(progress)
        defer { meter.finish() }
        try server.ask(questions, limit: LibraryDocument.maximumByteCount, interruption) { number, answer in
            let url = questions[number].url
            if let error = DistributionPointError.status(
                answer.head, body: answer.body, url, server.location, server.user)
            {
                throw error
            }
            records[number] = try DistributionPointError.naming(url) { () throws(ContentLibraryError) in
                try LibraryDocument.file(answer.body)
            }
            meter.advance(by: answer.body.count)
        }
        return try tree.content(
            hash: hash, warnings: warnings, records: records, sizes: try sizes(ofUnknown: records),
            place: server.location.text)
    }

    /// The sizes of files whose INIs name none: FileLib's.
    private func sizes(ofUnknown records: [LibraryDocument.File?]) throws -> [SHA256Digest: Int64] {
        let unknown = Array(Set(records.lazy.compactMap { $0 }.filter { $0.byteCount == nil }.map(\.sha256)))
        let questions = unknown.map { digest in
            let name = digest.upperCase
            return WebServer.Question(
                url: server.location.url(root, ["FileLib", String(name.prefix(4)), name]), method: .head)
        }
        var sizes: [SHA256Digest: Int64] = [:]
        try server.ask(questions, limit: 0, interruption) { number, answer in
            guard let count = answer.head.byteCount, answer.head.status == 200 else {
                throw DistributionPointError(
                    .malformedAnswer, .malformed, questions[number].url, "has no size, and its INI names none")
            }
            sizes[unknown[number]] = count
        }
        return sizes
    }
}
