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
    private let lists: AskedLists

    init(_ location: ShareLocation, drives: [SharePlace], _ access: ServerAccess, store: ContentStore) {
        self.location = location.text
        self.access = access
        library = SMBLibrary(location, drives: drives, access)
        let port = location.server.port ?? ShareServer.usualPort
        let path = ([drives[0].share] + drives[0].names).joined(separator: "/").caseFolded
        lists = AskedLists(
            of: location.text, named: "smb://\(location.server.host):\(port)/\(path)", isOffline: access.isOffline,
            in: store)
    }

    var retryPolicy: RetryPolicy { library.retries.policy }
    var isStreaming: Bool { true }
    var faultCount: Int { library.retries.faultCount }
    var isKept: Bool { !access.bypassesStore }
    var isAsked: Bool { !access.isOffline }

    func forget(_ id: ContentID) { if isAsked { lists.forget(id) } }

    func package(
        _ id: PackageID, interruption: Interruption, progress: any ProgressObserver
    ) throws -> LibraryPackage? {
        try lists.package(id) { try library.file($0, interruption) }
    }

    func content(_ id: ContentID, interruption: Interruption, progress: any ProgressObserver) throws -> Content {
        try lists.content(id) {
            try library.file($0, interruption)
        } _: { hash, warnings in
            let tree = try tree(id, interruption)
            let records = try records(tree, interruption, progress)
            return try tree.content(
                hash: hash, warnings: warnings, records: records, sizes: try sizes(ofUnknown: records, interruption),
                place: location)
        }
    }

    /// The folders of a content, a level at a time.
    private func tree(_ id: ContentID, _ interruption: Interruption) throws -> ContentTree {
        var tree = ContentTree(of: id, error: DistributionPointError.wrongList)
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

    private func records(
        _ tree: ContentTree, _ interruption: Interruption, _ progress: any ProgressObserver
    ) throws -> [LibraryDocument.File?] {
        let meter = tree.meter(progress)
        defer { meter.finish() }
        let records = Mutex([LibraryDocument.File?](repeating: nil, count: tree.files.count))
        try library.files(tree.documents, interruption) { number, body, place in
            let record = try DistributionPointError.naming(place) { () throws(ContentLibraryError) in
                try LibraryDocument.file(body)
            }
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

    func supply(of file: MediaFile, in content: ContentID) throws -> ContentSupply {
        let noun = "file '\(file.path)' of \(content.noun)"
        try lists.requireAsking(for: file, called: noun)
        return .stream { [library] interruption in
            SMBFileStream(
                SMBFileStream.Wanted(noun: noun, byteCount: file.byteCount, sha256: file.sha256), library, interruption)
        }
    }
}
