// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage

/// The content of media of one volume, of which each file is checked against the manifest when it is used.
package final class MediaContent: ContentSource {
    private var files: ContentFiles
    private let type: MediaType
    private var checked: Set<CaseFoldedName> = []
    package var observer: ((_ name: String, _ share: Double) -> Void)?
    /// Where its files lie, wherever that is mounted now.
    var root: FilePath {
        get { files.root }
        set { files = ContentFiles(root: newValue, manifest: files.manifest) }
    }

    /// The content of media whose files lie below `root`.
    package init(root: FilePath, type: MediaType, manifest: MediaManifest?) {
        files = ContentFiles(root: root, manifest: manifest)
        self.type = type
    }

    /// The folder of the content `id`, whether or not it is there.
    private func place(of id: String) -> FilePath? {
        guard let name = try? MediaPath(id), name.components.count == 1 else { return nil }
        let parts =
            files.content(id)?.folder.components ?? type.contentRoot.split(separator: "/").map(String.init) + [id]
        return parts.reduce(files.root) { $0.appending($1) }
    }

    package func preflight(_ id: String, interruption: Interruption) throws -> [PreflightFinding] {
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

    package func folder(
        of id: String, exceptions: (MediaPath) -> Bool, interruption: Interruption
    ) throws -> FilePath {
        let folder = try requireFolder(id)
        guard checked.insert(id.caseFolded).inserted else { return folder }
        for file in files.files(of: id) where !exceptions(file.path) {
            do {
                try files.check(file, interruption: interruption, observer: observer)
            } catch {
                // What was found once is found again.
                checked.remove(id.caseFolded)
                throw error
            }
        }
        return folder
    }
}
