// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import ContentTransfer
import Identifiers
import Support
import SystemPackage

/// A distribution point on a share, which is mounted: a content library on a path.
struct ShareLibrary: ContentServer {
    let location: String
    private let library: ContentLibrary
    private let interruption: Interruption

    /// Connects the share at `location`.
    ///
    /// - Throws: ``EngineError`` when it cannot be connected; `ContentLibraryError` when it is no content library.
    init(_ location: String, account: String, password: String, _ session: EngineSession) throws {
        guard let folder = NetworkFolder(location) else {
            throw EngineError(
                .content, "distribution point '\(location.onOneLine)'", "names no share",
                nextStep: "name it as \\\\server\\SCCMContentLib$")
        }
        self.location = location
        interruption = session.interruption
        try session.shares.connect(folder, account: account, password: password, letter: "", session)
        guard let place = session.shares.location(location) else {
            throw EngineError(
                .content, "distribution point \(location.onOneLine)", "is not connected", nextStep: "see the log")
        }
        library = try ContentLibrary(drives: [place])
    }

    func package(_ id: PackageID) throws -> LibraryPackage? {
        do throws(ContentLibraryError) {
            return try library.package(id)
        } catch {
            if error.code == .packageMissing { return nil }
            throw error
        }
    }

    func contentHash(_ id: ContentID) throws -> String? { try content(id).contentHash }

    func content(_ id: ContentID) throws -> Content { try library.content(id, keepsRefused: true) }

    func fetch(_ files: [ServedFile], of content: ContentID, _ progress: (Int64) -> Void) throws {
        var done: Int64 = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        for served in files {
            let source = try library.locate(served.file.file, of: content)
            let input = try InputFile.open(source)
            try input.closeAfter {
                let output = try FileError.wrap("written", served.target) {
                    try FileDescriptor.open(
                        served.target, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                        permissions: [.ownerReadWrite])
                }
                try output.closeAfter {
                    while true {
                        try interruption.check()
                        let count = try FileError.wrap("read", source) {
                            try buffer.withUnsafeMutableBytes { try input.read(into: $0) }
                        }
                        if count == 0 { return }
                        try FileError.wrap("written", served.target) { _ = try output.writeAll(buffer[..<count]) }
                        done += Int64(count)
                        progress(done)
                    }
                }
            }
        }
    }
}
