// SPDX-License-Identifier: GPL-3.0-or-later

import Archives
import Support

/// The layouts of keyboards on the console, from the packages kbd and console-data.
struct Keymap {
    /// The layout as busybox' loadkmap reads it.
    let bytes: [UInt8]

    private static let program = "bin/loadkeys"
    private static let folder = "share/keymaps/"
    private static let ending = ".kmap.gz"
    private static let byteCountLimit = 1 << 20
    /// Where the layouts of PCs lie, the usual ones before others of the same name.
    private static let folders = ["i386/qwerty", "i386/qwertz", "i386/azerty", "i386"]
    /// What the console of Linux begins with: its own layout needs no table.
    private static let magic = Array("bkeymap".utf8)
    private static let suggestionCount = 3

    /// Whether `path` of a package is wanted for layouts.
    static func isWanted(_ path: String) -> Bool { path == program || path.hasPrefix(folder) }

    /// Makes the layout called `layout`, as `de` or `fr-latin9`.
    ///
    /// - Throws: ``OpenBootImageError`` `.badFile` for a layout that there is not.
    init(_ layout: String, of tree: PackageTree, interruption: Interruption) throws {
        let maps = tree.paths.filter { $0.hasPrefix(Self.folder) }
        let places = Dictionary(maps.map { ($0, Self.name(of: $0)) }) { first, _ in first }
        let found = Self.spellings(of: layout).lazy.flatMap { name in
            Self.folders.lazy.compactMap { folder in
                maps.first { $0.hasPrefix(Self.folder + folder + "/") && places[$0] == name }
            }
        }
        guard let path = found.first else {
            let names = Set(maps.filter { $0.hasPrefix(Self.folder + "i386/") }.compactMap { places[$0] ?? nil })
            let near = names.filter { !layout.isEmpty && $0.hasPrefix(layout.prefix(2)) }.sorted {
                $0.precedesByBytes($1)
            }
            throw OpenBootImageError(
                .badFile, "\(.keyboard, layout)", "is no layout that the package console-data has",
                nextStep: near.isEmpty
                    ? "give a name like us, de or fr-latin9"
                    : "give one of \(near.joined(separator: ", "))")
        }
        let tool = try PackagedTool(Self.program, of: tree, interruption: interruption)
        // Layouts include others by their names.
        var place: String?
        for map in maps {
            guard let file = tree.file(map) else { continue }
            let plain = try Self.unpacked(file.bytes, map)
            let written = try tool.add(String(map.hasSuffix(".gz") ? map.dropLast(3) : map[...]), plain)
            if map == path { place = written.string }
        }
        guard let place else {
            throw OpenBootImageError(
                .badPackage, "layout \(layout)", "cannot be read", nextStep: "fetch the packages anew")
        }
        // A table of Unicode is for the console as it is: in UTF-8.
        let output = try tool.run(["-q", "-b", "-u", place])
        guard output.starts(with: Self.magic) else {
            throw OpenBootImageError(
                .toolFailed, "program loadkeys", "made no table of the layout \(layout)",
                nextStep: "use another layout")
        }
        bytes = output
    }

    /// The names under which `layout` is looked for, the best first.
    ///
    /// Many layouts that are called after a country alone have brackets where its letters are: they are of the time of seven bits. Those with the
    /// letters are called latin1 or latin9.
    private static func spellings(of layout: String) -> [String] {
        guard !layout.contains("-"), layout != "us" else { return [layout] }
        return ["\(layout)-latin1", "\(layout)-latin9", layout]
    }

    private static func name(of path: String) -> String? {
        guard let name = path.split(separator: "/").last, name.hasSuffix(ending) else { return nil }
        return String(name.dropLast(ending.count))
    }

    private static func unpacked(_ bytes: [UInt8], _ path: String) throws(OpenBootImageError) -> [UInt8] {
        guard path.hasSuffix(".gz") else { return bytes }
        do throws(ArchiveFault) {
            let reader = try ArchiveReader(MemorySource(bytes), format: .compressedStream)
            guard try reader.next() != nil else { return [] }
            return try reader.contents(limit: byteCountLimit) ?? []
        } catch {
            throw OpenBootImageError(
                .badPackage, "layout \(path.onOneLine)", DiagnosticText(error.text()),
                nextStep: "fetch the packages anew")
        }
    }
}
