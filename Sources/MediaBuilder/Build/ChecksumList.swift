// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// SHA256SUMS beside outputs, as sha256sum(1) writes it and checks it.
struct ChecksumList {
    /// The file.
    let path: FilePath

    private static let name = "SHA256SUMS"
    /// More than a list of very many images has.
    private static let byteLimit = 4 << 20
    /// The digits and the two characters behind them.
    private static let headCount = 2 * SHA256Digest.byteCount + 2

    /// The list for what `request` writes.
    ///
    /// - Throws: ``MediaBuilderError`` `.badRequest` for drives and folders, which are no files.
    init(of request: MediaRequest) throws(MediaBuilderError) {
        guard request.format.devices.isEmpty, request.format.outputKind == .file else {
            let what = request.format.devices.isEmpty ? "\(request.output) is a folder" : "a drive is none"
            throw MediaRequest.bad(.checksums, "is for files, and \(what)", "leave it out")
        }
        path = AtomicFile.parent(of: request.output).appending(Self.name)
    }

    /// Puts the hashes of `files`, which lie beside the list, into it; the lines of others stay.
    ///
    /// - Throws: ``MediaBuilderError`` `.unsafeOutput` when what has the name is no such list; errors of reading and writing.
    func add(_ files: [OutputDigest]) throws {
        var lines = try existing()
        for file in files {
            guard let name = file.path.lastComponent?.string else { continue }
            let escaped = Self.escaped(name)
            // Byte for byte, as names of files are.
            lines.removeAll { $0.name.utf8.elementsEqual(escaped.text.utf8) }
            lines.append((escaped.text, "\(escaped.mark)\(file.sha256)  \(escaped.text)"))
        }
        lines.sort { $0.name.precedesByBytes($1.name) }
        try AtomicFile.write(Array(lines.map { $0.line + "\n" }.joined().utf8), to: path)
    }

    /// Makes sure that what has the name can be added to.
    ///
    /// - Throws: as ``add(_:)``.
    func check() throws { _ = try existing() }

    /// Whether it lists the file `name`.
    func lists(_ name: String) -> Bool {
        let escaped = Self.escaped(name).text
        return (try? existing())?.contains { $0.name.utf8.elementsEqual(escaped.utf8) } ?? false
    }

    /// The lines that are there.
    private func existing() throws -> [(name: String, line: String)] {
        guard (try? Stat(path)) != nil else { return [] }
        let text = String(decoding: try SmallFile.read(path, limit: Self.byteLimit), as: UTF8.self)
        return try text.split(separator: "\n").map { line in
            let plain = line.first == "\\" ? line.dropFirst() : line
            let head = plain.utf8.prefix(Self.headCount)
            guard head.count == Self.headCount,
                SHA256Digest(hexadecimal: String(plain.prefix(Self.headCount - 2))) != nil
            else {
                throw MediaBuilderError(
                    .unsafeOutput, "\(path)", "is no list of SHA-256 that could be added to",
                    nextStep: "move it away, or leave out \(.checksums)")
            }
            return (String(plain.dropFirst(Self.headCount)), String(line))
        }
    }

    /// The name as sha256sum writes it: a backslash and a new line are escaped, and the line begins with a backslash then.
    private static func escaped(_ name: String) -> (mark: String, text: String) {
        let text = name.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\r", with: "\\r")
        return (text == name ? "" : "\\", text)
    }
}
