// SPDX-License-Identifier: GPL-3.0-or-later

import Archives
import Support
import SystemPackage

/// Reads chosen members of an export zip into memory, within limits.
struct ExportArchive {
    /// Members an archive may have; the largest real export has some hundreds.
    static let maximumMemberCount = 20_000
    /// Bytes that the chosen members may expand to together.
    static let maximumByteCount = 64 << 20
    /// How many times larger than the archive they may be, once they pass ``freeByteCount``.
    static let maximumRatio = 200
    private static let freeByteCount = 4 << 20

    private let archive: ArchiveReader
    private let source: String

    /// The members whose names `isWanted` accepts, by name.
    ///
    /// Every name is checked, wanted or not: an archive with a name that leaves its folder is refused as a whole.
    static func read(
        _ path: FilePath, isWanted: (MediaPath) -> Bool
    ) throws(TaskSequenceError) -> [MediaPath: [UInt8]] {
        let archiveByteCount = try byteCount(of: path)
        let reader = ExportArchive(
            archive: try of(path.string) { () throws(ArchiveFault) in try ArchiveReader(zip: path) },
            source: path.string)
        var members: [MediaPath: [UInt8]] = [:]
        var names: Set<CaseFoldedName> = []
        var total = 0
        while let member = try of(path.string, { () throws(ArchiveFault) in try reader.archive.next() }) {
            guard names.count < maximumMemberCount else {
                throw .archive(DiagnosticText(path.string), "has more than \(maximumMemberCount) members")
            }
            let (name, isFolder) = try reader.name(of: member)
            guard names.insert(name.caseFolded).inserted else {
                throw .archive(DiagnosticText(path.string), "has two members called '\(name)'")
            }
            guard !isFolder, isWanted(name) else { continue }
            let limit = min(maximumByteCount, max(freeByteCount, archiveByteCount * maximumRatio)) - total
            let bytes = try reader.data(of: name, limit: limit)
            total += bytes.count
            members[name] = bytes
        }
        return members
    }

    private func name(of member: ArchiveMember) throws(TaskSequenceError) -> (MediaPath, isFolder: Bool) {
        var text = member.name
        let isFolder = text.hasSuffix("/") || text.hasSuffix("\\")
        if isFolder { text.removeLast() }
        guard !member.isEncrypted else {
            throw .archive(DiagnosticText(source), "is encrypted (member '\(text)')")
        }
        do throws(MediaPathError) {
            return (try MediaPath(text), isFolder)
        } catch {
            throw TaskSequenceError(
                .archive, object: "\(source)", problem: "has a member whose \(error.object) \(error.problem)",
                nextStep: "do not use this file; export the task sequence again", underlying: error)
        }
    }

    private func data(of name: MediaPath, limit: Int) throws(TaskSequenceError) -> [UInt8] {
        let bytes = try Self.of("\(source)", in: name) { () throws(ArchiveFault) in
            try archive.contents(limit: limit)
        }
        guard let bytes else {
            throw .archive(DiagnosticText(source), "expands to more than is plausible (in '\(name)')")
        }
        return bytes
    }

    /// Runs `body`, and says of which export what it throws is, and of which member.
    private static func of<Result>(
        _ source: String, in member: MediaPath? = nil, _ body: () throws(ArchiveFault) -> Result
    ) throws(TaskSequenceError) -> Result {
        do throws(ArchiveFault) { return try body() } catch {
            guard error.isDamage else { throw .archive(DiagnosticText(source), DiagnosticText(error.text())) }
            let reason = error.reason.map { ": \($0)" } ?? ""
            guard let member else { throw .archive(DiagnosticText(source), "is damaged\(reason)") }
            throw .archive(DiagnosticText(source), "is damaged in '\(member)'\(reason)")
        }
    }

    private static func byteCount(of path: FilePath) throws(TaskSequenceError) -> Int {
        do throws(FileError) {
            return try FileError.wrap("read", path) {
                let descriptor = try InputFile.open(path)
                return try descriptor.closeAfter { Int(try descriptor.seek(offset: 0, from: .end)) }
            }
        } catch {
            throw .file(error)
        }
    }
}
