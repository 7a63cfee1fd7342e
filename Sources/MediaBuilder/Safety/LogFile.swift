// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Support
import SystemPackage

/// What a log may be appended to.
enum LogFile {
    /// How every entry of a CMTrace log begins.
    private static let entryStart = Array("<![LOG[".utf8)
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Makes sure that the file at `path` is a log in CMTrace format, empty, not there yet, or a pipe or terminal, and
    /// that it lies in no content library.
    ///
    /// - Throws: ``MediaBuilderError`` `.unsafeOutput`; `FileError` when it cannot be read.
    static func check(_ path: FilePath) throws {
        func refusal(_ problem: DiagnosticText) -> MediaBuilderError {
            MediaBuilderError(.unsafeOutput, "log \(path)", problem, nextStep: "name a new file, or an earlier log")
        }
        if let library = library(around: path) {
            throw refusal("lies inside \(library), which is a content library")
        }
        guard let status = try? Stat(path) else { return }
        switch status.type {
        case .regular: break
        case .blockSpecial: throw refusal("is a drive, and a log is a file")
        case .directory: throw refusal("is a folder, and a log is a file")
        default: return
        }
        guard status.size > 0 else { return }
        let descriptor = try InputFile.open(path)
        var start = [UInt8](repeating: 0, count: byteOrderMark.count + entryStart.count)
        try descriptor.closeAfter {
            try FileError.wrap("read", path) {
                _ = try start.withUnsafeMutableBytes { try descriptor.read(fromAbsoluteOffset: 0, into: $0) }
            }
        }
        let text = start.starts(with: byteOrderMark) ? start.dropFirst(byteOrderMark.count) : start[...]
        guard text.starts(with: entryStart) else {
            throw refusal("exists and is no log in CMTrace format, so that nothing is appended to it")
        }
    }

    /// The content library, or the further drive of one, that `path` lies in.
    private static func library(around path: FilePath) -> FilePath? {
        var folder = AtomicFile.parent(of: FilePlace(path).resolved)
        while true {
            switch try? LibraryLocation(folder) {
            // A folder that holds a library is none itself.
            case .library(let drives) where drives.first == folder: return folder
            case .furtherDrive(let drive): return drive
            default: break
            }
            guard folder.lastComponent != nil else { return nil }
            folder.removeLastComponent()
        }
    }
}
