// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import ContentTransfer
import Identifiers
import Servers
import Shares
import Support
import Synchronization

/// A distribution point that is asked over SMB (docs/distribution-points.md).
final class SMBDistributionPoint: DistributionPoint {
    let location: String
    private let library: SMBLibrary
    private let access: ServerAccess
    private let lists: RememberedLists
    private let store: ContentStore
    private let state = Mutex(State())

    private struct State {
        var packages: [PackageID: LibraryPackage] = [:]
        var contents: [ContentID: Content] = [:]
    }

    init(_ location: ShareLocation, drives: [SharePlace], _ access: ServerAccess, store: ContentStore) {
        self.location = location.text
        self.access = access
        self.store = store
        library = SMBLibrary(location, drives: drives, access)
        let port = location.server.port ?? ShareServer.usualPort
        let path = ([drives[0].share] + drives[0].names).joined(separator: "/").caseFolded
        lists = RememberedLists(named: "smb://\(location.server.host):\(port)/\(path)", in: store)
    }

    var retryPolicy: RetryPolicy { access.retries }
    var isStreaming: Bool { true }
    var isKept: Bool { !access.bypassesStore }

    func package(
        _ id: PackageID, interruption: Interruption, progress: any ProgressObserver
    ) throws -> LibraryPackage? {
        if let known = state.withLock({ $0.packages[id] }) { return known }
        let package: LibraryPackage
        if access.isOffline {
            guard let remembered = lists.package(id) else { return nil }
            package = remembered
        } else {
            guard let found = try library.file(["PkgLib", "\(id).INI"], interruption) else { return nil }
            package = try parsed(found.place) { () throws(ContentLibraryError) in
                try LibraryDocument.package(id, found.body)
            }
            lists.remember(package)
        }
        state.withLock { $0.packages[id] = package }
        return package
    }

    func content(_ id: ContentID, interruption: Interruption, progress: any ProgressObserver) throws -> Content {
        if let known = state.withLock({ $0.contents[id] }) { return known }
        let content =
            try access.isOffline
            ? lists.completeContent(id, in: store, location: location) : askedContent(id, interruption, progress)
        state.withLock { $0.contents[id] = content }
        return content
    }

    private func askedContent(
        _ id: ContentID, _ interruption: Interruption, _ progress: any ProgressObserver
    ) throws -> Content {
        var warnings: [String] = []
        var hash: String?
        if let found = try library.file(["DataLib", "\(id).INI"], interruption) {
            hash = try parsed(found.place) { () throws(ContentLibraryError) in
                try LibraryDocument.contentHash(found.body)
            }
            if hash == nil { warnings.append("\(id.noun): \(found.place) names no content hash that is known") }
        } else {
            warnings.append("\(id.noun): there is no \(id).INI in DataLib, so its content hash is not known")
        }
        // A version of a content never changes its hash: with the hash, the list is the one that was read before.
        if let hash, let known = lists.content(id), known.contentHash == hash { return known }
        let tree = try tree(id, interruption)
        let records = try records(tree, interruption, progress)
        let content = try tree.content(
            hash: hash, warnings: warnings, records: records, sizes: try sizes(ofUnknown: records, interruption),
            place: location)
        lists.remember(content)
        return content
    }

    /// The folders of a content, a level at a time.
    private func tree(_ id: ContentID, _ interruption: Interruption) throws -> ContentTree {
        var tree = ContentTree(of: id)
        var level: [(path: MediaPath?, names: [String])] = [(nil, ["DataLib", id.description])]
        while !level.isEmpty {
            var next: [(path: MediaPath?, names: [String])] = []
            for (folder, list) in zip(level, try library.lists(level.map(\.names), interruption)) {
                var listing = FolderListing()
                for member in list.members {
                    do throws(FolderListing.Hostile) { try listing.add(member.name, isFolder: member.isFolder) } catch {
                        throw DistributionPointError(.malformedAnswer, .malformed, list.place, error.problem)
                    }
                }
                next += try tree.take(listing, of: folder.path, place: list.place, isInDataLib: true).map {
                    ($0.path, folder.names + [$0.name])
                }
            }
            level = next
        }
        return tree
    }

    /// Files whose INIs take long enough to be shown.
    private static let longListCount = 1_000

    private func records(
        _ tree: ContentTree, _ interruption: Interruption, _ progress: any ProgressObserver
    ) throws -> [LibraryDocument.File?] {
        let meter = ProgressMeter(
            phase: "listing \(tree.id)", totalByteCount: nil,
            observer: tree.files.count > Self.longListCount ? progress : SilentProgress())
        defer { meter.finish() }
        let records = Mutex([LibraryDocument.File?](repeating: nil, count: tree.files.count))
        let paths = tree.files.map { path in
            var names = ["DataLib", tree.id.description] + path.components
            names[names.count - 1] += ".INI"
            return names
        }
        try library.files(paths, interruption) { [self] number, body, place in
            let record = try parsed(place) { () throws(ContentLibraryError) in try LibraryDocument.file(body) }
            records.withLock { $0[number] = record }
            meter.advance(by: body.count)
        }
        return records.withLock { $0 }
    }

    /// The sizes of files whose INIs name none: FileLib's.
    private func sizes(
        ofUnknown records: [LibraryDocument.File?], _ interruption: Interruption
    ) throws -> [SHA256Digest: Int64] {
        var sizes: [SHA256Digest: Int64] = [:]
        for digest in Set(records.lazy.compactMap { $0 }.filter { $0.byteCount == nil }.map(\.sha256)) {
            let found = try place(of: digest, interruption) { place in
                try library.attempt(interruption) { try library.shares.information(place, interruption).byteCount }
            }
            sizes[digest] = found
        }
        return sizes
    }

    /// Looks for a file of FileLib on one drive after the other.
    private func place<Result>(
        of digest: SHA256Digest, _ interruption: Interruption, _ body: (SharePlace) throws -> Result
    ) throws -> Result {
        var missing: DistributionPointError?
        var looked = 0
        for all in [false, true] {
            for drive in try library.drives(all: all, interruption).dropFirst(looked) {
                looked += 1
                do {
                    return try body(Self.place(of: digest, on: drive))
                } catch let error as DistributionPointError where error.code == .contentMissing {
                    missing = missing ?? error
                }
            }
        }
        throw missing ?? DistributionPointError(.contentMissing, .notFound, location, "has no FileLib")
    }

    static func place(of digest: SHA256Digest, on drive: SharePlace) -> SharePlace {
        let name = digest.upperCase
        return drive.appending("FileLib", String(name.prefix(4)), name)
    }

    /// Names the file in what the library's reader says.
    private func parsed<Value>(
        _ place: String, _ body: () throws(ContentLibraryError) -> Value
    ) throws(DistributionPointError) -> Value {
        do { return try body() } catch {
            throw DistributionPointError(.malformedAnswer, .malformed, place, error.problem)
        }
    }

    func supply(of file: MediaFile, in content: ContentID) throws -> ContentSupply {
        let noun = "file '\(file.path)' of \(content.noun)"
        if access.isOffline, file.byteCount > 0 {
            throw DistributionPointError(
                .contentMissing, .notFound, DiagnosticText(noun), "is not in the store, and \(location) is not asked",
                nextStep: "fetch it first, or leave out \(.offline)")
        }
        return .stream { [library] interruption in
            SMBFileStream(
                SMBFileStream.Wanted(noun: noun, byteCount: file.byteCount, sha256: file.sha256), library, interruption)
        }
    }
}
