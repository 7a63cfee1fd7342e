// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage

/// What a program wrote, flushed and renamed, in the order in which it did, as strace(1) saw it.
public struct DurabilityTrace {
    /// A call that succeeded, with the numbers of the lines at which it began and ended.
    public struct Call {
        /// What was done.
        public enum Kind: Equatable {
            /// Bytes were written to a file, or its size was changed.
            case write
            /// fsync(2) or fdatasync(2) of a file or folder.
            case flush
            /// syncfs(2): everything on the file system.
            case flushAll
            /// A file or folder got another name; with RENAME_EXCHANGE two swapped theirs.
            case rename(to: FilePath)
        }

        /// What was done.
        public let kind: Kind
        /// To what.
        public let path: FilePath
        /// The line at which it began.
        public let start: Int
        /// The line at which it had ended.
        public let end: Int
    }

    /// The calls, by when they ended.
    public let calls: [Call]
    /// How the program ended.
    public let result: ProgramResult

    private static let writes = ["write", "pwrite64", "writev", "pwritev", "ftruncate", "sendfile", "fallocate"]
    private static let flushes = ["fsync", "fdatasync"]
    private static let copies = ["copy_file_range", "splice"]
    private static let renames = ["rename", "renameat", "renameat2"]

    /// Runs the program under strace in `folder`.
    public init(_ arguments: [String], environment: [String: String], in folder: FilePath) throws {
        let work = try TestFolder()
        let log = work.appending("trace")
        let traced = (Self.writes + Self.flushes + Self.copies + Self.renames + ["syncfs"]).joined(separator: ",")
        result = try Program.run(
            "strace", ["-f", "-y", "-qq", "-s", "0", "-o", log.string, "-e", "trace=\(traced)"] + arguments,
            environment: environment, in: folder)
        var calls: [Call] = []
        // By process: the line at which a call began that another thread's line cut in two.
        var begun: [Substring: (text: Substring, line: Int)] = [:]
        let text = String(decoding: try SmallFile.read(log, limit: 1 << 28), as: UTF8.self)
        for (number, line) in text.split(separator: "\n").enumerated() {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2 else { continue }
            var (call, start) = (parts[1].drop { $0 == " " }, number)
            if call.hasSuffix("<unfinished ...>") {
                begun[parts[0]] = (call.dropLast("<unfinished ...>".count), number)
                continue
            }
            if call.hasPrefix("<... "), let first = begun.removeValue(forKey: parts[0]) {
                guard let rest = call.firstRange(of: "resumed>")?.upperBound else { continue }
                (call, start) = (Substring(first.text + call[rest...]), first.line)
            }
            if let call = Self.call(call, start: start, end: number, folder) { calls.append(call) }
        }
        self.calls = calls
    }

    private static func call(_ text: Substring, start: Int, end: Int, _ folder: FilePath) -> Call? {
        guard let parenthesis = text.firstIndex(of: "("), let equals = text.lastIndex(of: "="),
            text[equals...].dropFirst(2).first?.isNumber == true
        else { return nil }
        let name = String(text[..<parenthesis])
        let arguments = text[text.index(after: parenthesis)..<equals]
        func whole(_ path: String) -> FilePath { folder.pushing(FilePath(path)).lexicallyNormalized() }
        if renames.contains(name) {
            let quoted = arguments.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
            guard quoted.count >= 5 else { return nil }
            return Call(kind: .rename(to: whole(quoted[3])), path: whole(quoted[1]), start: start, end: end)
        }
        // Descriptors are told as 5</the/path>.
        let paths = arguments.split(separator: "<").dropFirst().compactMap { $0.split(separator: ">").first }
        let target = copies.contains(name) ? paths.last : paths.first
        guard let target, target.hasPrefix("/") else { return nil }
        let kind: Call.Kind = name == "syncfs" ? .flushAll : flushes.contains(name) ? .flush : .write
        return Call(kind: kind, path: FilePath(String(target)), start: start, end: end)
    }

    // MARK: Promises

    /// The renames by which something got the name it is to keep; what is renamed inside folders of ours, such as files
    /// that are put aside, is left out.
    public var publications: [(call: Call, target: FilePath)] {
        calls.compactMap { call in
            guard case .rename(let target) = call.kind, !Self.isOurs(target) else { return nil }
            return (call, target)
        }
    }

    private static func isOurs(_ path: FilePath) -> Bool {
        path.removingLastComponent().components.contains { component in
            component.string.hasSuffix(".tsmedia-partial") || component.string.hasPrefix("tsmedia-work-")
                || component.string == ".tsmedia"
        } && path.lastComponent?.string != "journal"
    }

    /// What is wrong with the order: a file that was not on the disk when it got its name, or a name that is not on the
    /// disk when the program ends.
    public var violations: [String] {
        publications.flatMap { publication -> [String] in
            let (rename, target) = publication
            var found: [String] = []
            let written = calls.filter { $0.kind == .write && $0.end < rename.start && isAt($0.path, rename) }
            for path in Set(written.map(\.path)) {
                let last = written.filter { $0.path == path }.map(\.end).max() ?? 0
                let isSafe = calls.contains { call in
                    (call.kind == .flush && call.path == path || call.kind == .flushAll) && call.start > last
                        && call.end < rename.start
                }
                if !isSafe { found.append("\(path) was not flushed before it became \(target)") }
            }
            let folder = target.removingLastComponent()
            let isKept = calls.contains {
                $0.start > rename.end && ($0.kind == .flush && $0.path == folder || $0.kind == .flushAll)
            }
            if !isKept { found.append("\(folder) was not flushed after \(target) had its name") }
            return found
        }
    }

    /// True when what was written at `path` has the name that `rename` takes away: it, or the folder it lies in.
    private func isAt(_ path: FilePath, _ rename: Call) -> Bool {
        var current = path
        // It may have been renamed since it was written.
        for call in calls where call.end < rename.start {
            if case .rename(let target) = call.kind, current == call.path { current = target }
        }
        return current.starts(with: rename.path)
    }
}
