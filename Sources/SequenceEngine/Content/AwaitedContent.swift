// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import MediaFormat
import Support
import SystemPackage

/// A content that is brought from a distribution point before the first step.
struct AwaitedContent {
    private let id: String
    private let content: Content
    private let server: any ContentServer

    /// The bytes of all its files.
    var byteCount: Int64 { content.byteCount }

    /// The content `id`, which `server` lists as `content`.
    ///
    /// - Throws: ``EngineError`` `.content` when no volume can hold it.
    init(_ id: String, _ content: Content, of server: any ContentServer) throws(EngineError) {
        self.id = id
        self.content = content
        self.server = server
        if let refused = content.refused.first {
            throw EngineError(
                .content, "content \(id.onOneLine)",
                "has '\(refused.path.description.onOneLine)', which \(refused.problem)",
                nextStep: "name it anew, and distribute the content again")
        }
    }

    /// Where a content lies that was fetched, below the root of its volume.
    ///
    /// - Throws: `MediaPathError` for a name that is none.
    static func folder(of id: String, below root: FilePath) throws -> FilePath {
        try path(of: id).components.reduce(root) { $0.appending($1) }
    }

    private static func path(of id: String) throws(MediaPathError) -> MediaPath {
        try MediaPath(name: id, in: try MediaPath(ContentCache.fetchedFolder))
    }

    /// Brings it to `volume`; what an earlier run brought and is whole stays.
    ///
    /// - Throws: `DiagnosticError` when it cannot be had, or is not what the server says; `InterruptedError`.
    func fetch(to volume: VolumeFolder, _ session: EngineSession) throws {
        let place = try Self.path(of: id)
        let folder = try volume.makeFolder(place)
        for path in content.folders { _ = try volume.makeFolder(path.inside(place)) }
        let wanted = Set(content.files.map { $0.path.inside(place).caseFolded })
        for path in try volume.files(below: place) where !wanted.contains(path.caseFolded) {
            if let file = try volume.file(path) { try Folder.removeFile(file) }
        }
        let check = FileCheck(interruption: session.interruption)
        var missing: [ServedFile] = []
        for file in content.files {
            if let parent = file.path.parent { _ = try volume.makeFolder(parent.inside(place)) }
            let target = file.path.components.reduce(folder) { $0.appending($1) }
            if let known = try volume.file(file.path.inside(place)) {
                if try check.holds(known, called: file.path.name, byteCount: file.byteCount, sha256: file.sha256) {
                    continue
                }
                try Folder.removeFile(known)
            }
            missing.append(ServedFile(file: file, target: target))
        }
        let total = max(1, missing.reduce(Int64(0)) { $0 &+ $1.file.byteCount })
        let title = "fetching \(id.onOneLine)"
        session.log.note(
            "\(title): \(missing.count) of \(content.files.count) files, \(total) bytes, from \(server.location)")
        session.presenter.say("Fetching content \(id.onOneLine) from \(server.location.onOneLine).")
        // What came damaged may come whole; what comes damaged twice lies so on the server.
        for attempt in 1...2 where !missing.isEmpty {
            try server.fetch(missing, of: content.id) { done in
                session.presenter.progress(share: Double(done) / Double(total), text: title)
            }
            let damaged = try missing.filter { served in
                try !check.holds(
                    served.target, called: served.file.path.name, byteCount: served.file.byteCount,
                    sha256: served.file.sha256)
            }
            for served in damaged { try Folder.removeFile(served.target) }
            for served in missing where !damaged.contains(where: { $0.target == served.target }) {
                try VolumeFolder.secure(served.target, inheritance: [])
            }
            if let first = damaged.first {
                let file = "file \(first.file.path) of content \(id.onOneLine)"
                guard attempt == 1 else {
                    throw EngineError(
                        .content, "\(file)", "came from \(server.location.onOneLine) and is not what its list says",
                        nextStep: "distribute the content again")
                }
                session.log.warning("\(file) came damaged, and is fetched again")
            }
            missing = damaged
        }
        session.log.note("content \(id.onOneLine) was fetched and is whole")
    }
}
