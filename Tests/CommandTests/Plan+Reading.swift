// SPDX-License-Identifier: GPL-3.0-or-later

import SystemPackage
import TSMediaTestSupport

/// What the tests ask of a plan, as `--dry-run --json` prints it.
extension JSONValue {
    /// The files of the first volume.
    var plannedFiles: [JSONValue] { self.volumes.elements.first?["files"].elements ?? [] }
    /// Their paths.
    var plannedPaths: [String] { plannedFiles.compactMap(\.path.text) }
    /// The file at `path`.
    func plannedFile(_ path: String) -> JSONValue { plannedFiles.first { $0.path.text == path } ?? .null }
}

extension CommandSession {
    /// Makes media and returns it together with its session, for tests that need nothing else of it.
    func createKept(_ media: Media, _ more: [String] = []) throws -> (path: FilePath, session: CommandSession) {
        (try create(media, "media.iso", more), self)
    }
}
