// SPDX-License-Identifier: GPL-3.0-or-later

import Archives
import Support
import SystemPackage

/// A Debian package as a file: an ar archive of a control archive and an archive of files (deb(5)).
struct DebianPackage {
    /// What the control file of a package says.
    struct Control: Sendable, Equatable {
        let name: String
        let version: String
        let architecture: String
    }

    let path: FilePath
    let control: Control
    private let dataRange: Range<Int64>

    private static let magic = "!<arch>\n"
    private static let headerByteCount = 60
    private static let memberLimit = 16
    private static let controlByteCountLimit = 1 << 20
    private static let nameByteCountLimit = 1_024

    /// Reads the control file of the package at `path`.
    ///
    /// - Throws: ``OpenBootImageError`` `.badPackage`; `FileError`.
    init(_ path: FilePath) throws {
        self.path = path
        let descriptor = try FileError.wrap("opened", path) { try InputFile.open(path) }
        (control, dataRange) = try descriptor.closeAfter {
            let source = try FileSource(descriptor, path: path)
            let members = try Self.members(source, path)
            guard let control = members.first(where: { $0.name.hasPrefix("control.tar") }),
                let data = members.first(where: { $0.name.hasPrefix("data.tar") })
            else { throw Self.bad(path, "has no control archive or no archive of files") }
            return (try Self.control(source, control.range, path), data.range)
        }
    }

    /// Hands out the files, folders and links of the package whose path `isWanted` accepts, in their order.
    ///
    /// Paths are relative to the root, without `usr/`: where a package keeps its programs has changed between releases.
    /// `body` reads what it wants of the bytes of a file while it runs.
    func forEach(
        _ isWanted: (String) -> Bool,
        _ body: (_ path: String, _ member: ArchiveMember, _ bytes: (_ limit: Int) throws -> [UInt8]) throws -> Void
    ) throws {
        let descriptor = try FileError.wrap("opened", path) { try InputFile.open(path) }
        try descriptor.closeAfter {
            let source = try FileSource(descriptor, path: path)
            let reader = try reading { () throws(ArchiveFault) in
                try ArchiveReader(source, range: dataRange, format: .tar)
            }
            while let member = try reading({ () throws(ArchiveFault) in try reader.next() }) {
                guard let place = Self.place(member.name), isWanted(place) else { continue }
                try body(place, member) { limit in
                    guard let bytes = try reading({ () throws(ArchiveFault) in try reader.contents(limit: limit) })
                    else { throw Self.bad(path, "has a file '\(place)' of more than \(limit) bytes") }
                    return bytes
                }
            }
        }
    }

    /// The path of a member below the root, without `usr/`; nil for one that leaves it, and for the root.
    static func place(_ name: String) -> String? {
        guard name.utf8.count <= nameByteCountLimit else { return nil }
        var components = name.split(separator: "/").map(String.init).filter { $0 != "." }
        guard !components.contains("..") else { return nil }
        if components.first == "usr" { components.removeFirst() }
        return components.isEmpty ? nil : components.joined(separator: "/")
    }

    private func reading<Result>(_ body: () throws(ArchiveFault) -> Result) throws(OpenBootImageError) -> Result {
        do throws(ArchiveFault) { return try body() } catch { throw Self.bad(path, DiagnosticText(error.text())) }
    }

    // MARK: Structure

    /// The members of an ar archive (deb(5): without long names).
    private static func members(
        _ source: FileSource, _ path: FilePath
    ) throws -> [(name: String, range: Range<Int64>)] {
        guard let start = try source.bytes(at: 0, length: magic.utf8.count), start.elementsEqual(magic.utf8) else {
            throw bad(path, "is not a Debian package")
        }
        var members: [(String, Range<Int64>)] = []
        var offset = Int64(magic.utf8.count)
        while members.count < memberLimit, let header = try source.bytes(at: offset, length: headerByteCount) {
            func text(_ range: Range<Int>) -> String {
                String(String(decoding: header[range], as: UTF8.self).prefix { $0 != " " && $0 != "/" })
            }
            guard let byteCount = Int64(text(48..<58)), byteCount >= 0 else { break }
            let begin = offset + Int64(headerByteCount)
            guard byteCount <= source.byteCount - begin else { throw bad(path, "is cut short") }
            members.append((text(0..<16), begin..<(begin + byteCount)))
            // Members begin on even places.
            offset = begin + byteCount + byteCount % 2
        }
        return members
    }

    private static func control(_ source: FileSource, _ range: Range<Int64>, _ path: FilePath) throws -> Control {
        var text: String?
        do throws(ArchiveFault) {
            let reader = try ArchiveReader(source, range: range, format: .tar)
            while text == nil, let member = try reader.next() {
                guard place(member.name) == "control" else { continue }
                text = try reader.contents(limit: controlByteCountLimit).map { String(decoding: $0, as: UTF8.self) }
            }
        } catch {
            throw bad(path, DiagnosticText(error.text()))
        }
        var fields: [String: String] = [:]
        for line in (text ?? "").split(separator: "\n") where !line.hasPrefix(" ") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[String(line[..<colon])] = line[line.index(after: colon)...].trimmingSpaces
        }
        guard let name = fields["Package"], let version = fields["Version"], let architecture = fields["Architecture"]
        else { throw bad(path, "does not say its name, version and architecture") }
        return Control(name: name, version: version, architecture: architecture)
    }

    static func bad(_ path: FilePath, _ problem: DiagnosticText) -> OpenBootImageError {
        OpenBootImageError(
            .badPackage, "package \(path)", problem, nextStep: "fetch the packages anew")
    }
}

extension StringProtocol {
    /// The text without spaces and tabs at both ends.
    var trimmingSpaces: String {
        let kept = drop { $0 == " " || $0 == "\t" }
        let end = kept.lastIndex { $0 != " " && $0 != "\t" && $0 != "\r" }
        return end.map { String(kept[...$0]) } ?? ""
    }
}
