// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import Support
import Synchronization

/// What a server lists of packages and contents, whatever it is asked by: asked for once in a run, remembered in the store,
/// and taken from there where no server is asked.
final class AskedLists: Sendable {
    /// A small file of the library, and where it lies, for messages.
    typealias Document = (body: [UInt8], place: String)

    private let location: String
    private let isOffline: Bool
    private let remembered: RememberedLists
    private let store: ContentStore
    private let state = Mutex(State())

    private struct State {
        var packages: [PackageID: LibraryPackage] = [:]
        var contents: [ContentID: Content] = [:]
    }

    /// The lists of the server at `location`, which is called `name` in the store.
    init(of location: String, named name: String, isOffline: Bool, in store: ContentStore) {
        self.location = location
        self.isOffline = isOffline
        self.store = store
        remembered = RememberedLists(named: name, in: store)
    }

    /// The package `id`; nil when the server, or offline the store, does not know it.
    ///
    /// - Parameter file: reads the file of the library that names lead to; nil when there is none.
    /// - Throws: what `file` throws; ``DistributionPointError`` `.malformedAnswer`.
    func package(_ id: PackageID, _ file: ([String]) throws -> Document?) throws -> LibraryPackage? {
        if let known = state.withLock({ $0.packages[id] }) { return known }
        let package: LibraryPackage
        if isOffline {
            guard let known = remembered.package(id) else { return nil }
            package = known
        } else {
            guard let found = try file(["PkgLib", "\(id).INI"]) else { return nil }
            package = try DistributionPointError.naming(found.place) { () throws(ContentLibraryError) in
                try LibraryDocument.package(id, found.body)
            }
            remembered.remember(package)
        }
        state.withLock { $0.packages[id] = package }
        return package
    }

    /// The files and folders of a content.
    ///
    /// - Parameters:
    ///   - file: as of ``package(_:_:)``.
    ///   - read: reads the list; gets the content hash, nil when it is not known, and what is to be told.
    /// - Throws: what `file` and `read` throw; ``DistributionPointError``.
    func content(
        _ id: ContentID, _ file: ([String]) throws -> Document?,
        _ read: (_ hash: String?, _ warnings: [String]) throws -> Content
    ) throws -> Content {
        if let known = state.withLock({ $0.contents[id] }) { return known }
        let content =
            try isOffline
            ? remembered.completeContent(id, in: store, location: location) : askedContent(id, file, read)
        state.withLock { $0.contents[id] = content }
        return content
    }

    private func askedContent(
        _ id: ContentID, _ file: ([String]) throws -> Document?,
        _ read: (_ hash: String?, _ warnings: [String]) throws -> Content
    ) throws -> Content {
        var warnings: [String] = []
        var hash: String?
        if let found = try file(["DataLib", "\(id).INI"]) {
            hash = try DistributionPointError.naming(found.place) { () throws(ContentLibraryError) in
                try LibraryDocument.contentHash(found.body)
            }
            if hash == nil { warnings.append("\(id.noun): \(found.place) names no content hash that is known") }
        } else {
            warnings.append("\(id.noun): there is no \(id).INI in DataLib, so its content hash is not known")
        }
        // A version of a content never changes its hash: with the hash, the list is the one that was read before. Sizes,
        // attributes and times are not part of the hash.
        if !store.isDistrustful, let hash, let known = remembered.content(id), known.contentHash == hash {
            return known
        }
        let content = try read(hash, warnings)
        // What is refused is told anew each time.
        if content.refused.isEmpty { remembered.remember(content) }
        return content
    }

    /// Forgets what was remembered of a content whose files are not what its list says.
    func forget(_ id: ContentID) { remembered.forget(id) }

    /// Makes sure that a file may be asked for.
    ///
    /// - Throws: ``DistributionPointError`` `.contentMissing` where no server is asked; an empty file needs none.
    func requireAsking(for file: MediaFile, called noun: String) throws(DistributionPointError) {
        if isOffline, file.byteCount > 0 { throw .notAsked(DiagnosticText(noun), location) }
    }
}

extension DistributionPointError {
    /// That `object` would have to be asked for, and nobody may be.
    static func notAsked(_ object: DiagnosticText, _ location: String) -> DistributionPointError {
        DistributionPointError(
            .contentMissing, .notFound, object, "is not in the store, and \(location) is not asked",
            nextStep: "fetch it first, or leave out \(.offline)")
    }

    /// Names `place` in what the library's reader says of a file from there.
    static func naming<Value>(
        _ place: String, _ body: () throws(ContentLibraryError) -> Value
    ) throws(DistributionPointError) -> Value {
        do { return try body() } catch {
            throw DistributionPointError(.malformedAnswer, .malformed, place, error.problem)
        }
    }
}
