// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// Keeps an output from destroying what it is made from.
public enum OutputSafety {
    /// Refuses an output that cannot be created, or that is one of our sources, holds one or lies inside one.
    ///
    /// Called before anything is read for the output. `sources` are content libraries and the store; what the request
    /// itself names is added.
    ///
    /// - Throws: `OutputError`; ``MediaBuilderError`` `.unsafeOutput`.
    public static func check(_ request: MediaRequest, sources: [FilePath]) throws {
        try check(request.output, of: request, sources: sources)
    }

    /// Refuses volumes of a set as ``check(_:sources:)`` refuses the output they are named after.
    ///
    /// - Throws: as ``check(_:sources:)``.
    public static func check(_ plan: MediaPlan, of request: MediaRequest, sources: [FilePath]) throws {
        for volume in plan.volumes where volume.output != request.output {
            try check(volume.output, of: request, sources: sources)
        }
    }

    private static func check(_ path: FilePath, of request: MediaRequest, sources: [FilePath]) throws {
        let kind: PendingOutput.Kind = request.format == .folder ? .folder : .file
        let output = canonical(
            try PendingOutput.check(path, kind: kind, replacesExisting: request.replacesExisting))
        for source in (sources + request.sources).map(canonical) {
            if source.starts(with: output) {
                throw refusal(path, "is \(source), from which this media is made, or holds it")
            }
            if output.starts(with: source), isFolder(source) {
                throw refusal(path, "lies inside \(source), from which this media is made")
            }
        }
    }

    private static func refusal(_ output: FilePath, _ problem: String) -> MediaBuilderError {
        MediaBuilderError(.unsafeOutput, "output \(output)", problem, nextStep: "write somewhere else")
    }

    private static func isFolder(_ path: FilePath) -> Bool { (try? Stat(path))?.type == .directory }

    /// The path without links, as far as it exists.
    private static func canonical(_ path: FilePath) -> FilePath {
        if let resolved = realpath(path.string, nil) {
            defer { free(resolved) }
            return FilePath(String(cString: resolved))
        }
        guard let name = path.lastComponent, let folder = realpath(AtomicFile.parent(of: path).string, nil) else {
            return path.lexicallyNormalized()
        }
        defer { free(folder) }
        return FilePath(String(cString: folder)).appending(name)
    }
}
