// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage

/// The content of media of one volume, of which each file is checked against the manifest when it is used.
package final class MediaContent: ContentSource {
    /// Where its files lie, wherever that is mounted now.
    var root: FilePath
    private let type: MediaType
    private let manifest: MediaManifest?
    private var checked: Set<CaseFoldedName> = []
    package var observer: ((_ name: String, _ share: Double) -> Void)?

    /// The content of media whose files lie below `root`.
    package init(root: FilePath, type: MediaType, manifest: MediaManifest?) {
        self.root = root
        self.type = type
        self.manifest = manifest
    }

    /// The folder of the content `id`, whether or not it is there.
    private func place(of id: String) -> FilePath? {
        guard let name = try? MediaPath(id), name.components.count == 1 else { return nil }
        let folder = manifest?.contents.first { $0.id.caseFolded == id.caseFolded }?.folder
        let parts = folder?.components ?? type.contentRoot.split(separator: "/").map(String.init) + [id]
        return parts.reduce(root) { $0.appending($1) }
    }

    package func preflight(_ id: String, interruption: Interruption) throws -> [PreflightFinding] {
        if let content = manifest?.contents.first(where: { $0.id.caseFolded == id.caseFolded }),
            let manifest, !content.volumes.contains(manifest.volume)
        {
            let numbers = content.volumes.map { "#\($0)" }.joined(separator: ", ")
            return [
                PreflightFinding(
                    "needs content \(id.onOneLine), which is on \(numbers) of this set",
                    remedy: "make the media as one volume, or copy the set to a USB drive")
            ]
        }
        do {
            try requireFolder(id)
            // Every byte, images too: a disk that was emptied for media that is damaged has lost what was on it.
            _ = try folder(of: id, exceptions: { _ in false }, interruption: interruption)
            return []
        } catch let error as InterruptedError {
            throw error
        } catch {
            return [PreflightFinding(step: nil, error)]
        }
    }

    @discardableResult
    package func requireFolder(_ id: String) throws -> FilePath {
        guard let folder = place(of: id), Folder.exists(folder) else {
            throw EngineError(
                .content, "content \(id.onOneLine)", "is not on this media",
                nextStep: "make the media again from a task sequence whose references are whole")
        }
        return folder
    }

    private func files(of id: String) -> [MediaManifest.File] {
        guard let manifest, let content = manifest.contents.first(where: { $0.id.caseFolded == id.caseFolded }) else {
            return []
        }
        let prefix = content.folder.components
        return manifest.files.filter { $0.path.components.starts(with: prefix) }
    }

    private func location(_ file: MediaManifest.File) -> FilePath {
        file.path.components.reduce(root) { $0.appending($1) }
    }

    package func folder(
        of id: String, exceptions: (MediaPath) -> Bool, interruption: Interruption
    ) throws -> FilePath {
        let folder = try requireFolder(id)
        guard checked.insert(id.caseFolded).inserted else { return folder }
        for file in files(of: id) where !exceptions(file.path) {
            do {
                try check(file, interruption)
            } catch {
                // What was found once is found again.
                checked.remove(id.caseFolded)
                throw error
            }
        }
        return folder
    }

    private func check(_ file: MediaManifest.File, _ interruption: Interruption) throws {
        let path = location(file)
        let damaged = EngineError(
            .content, "file \(file.path)", "of the media is damaged", nextStep: "verify the media, and make it again")
        guard
            try FileCheck(interruption: interruption, observer: observer)
                .holds(path, called: file.path.name, byteCount: file.size, sha256: file.sha256)
        else { throw damaged }
    }
}
