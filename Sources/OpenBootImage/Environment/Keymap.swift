// SPDX-License-Identifier: GPL-3.0-or-later

import Archives
import Support

/// The layouts of keyboards on the console, from the packages kbd and console-data, as busybox' loadkmap reads them.
struct Keymaps {
    private static let program = "bin/loadkeys"
    private static let folder = "share/keymaps/"
    private static let ending = ".kmap.gz"
    private static let byteCountLimit = 1 << 20
    /// Where the layouts of PCs lie, the usual ones before others of the same name.
    private static let folders = ["i386/qwerty", "i386/qwertz", "i386/azerty", "i386"]
    /// Those that each image has: of the others nobody types a password.
    private static let usualFolders = folders.dropLast()
    /// What the console of Linux begins with: its own layout needs no table.
    private static let magic = Array("bkeymap".utf8)

    private let tool: PackagedTool
    /// The paths of all layouts in the packages, and of the files that they include.
    private let maps: [String]

    /// Whether `path` of a package is wanted for layouts.
    static func isWanted(_ path: String) -> Bool { path == program || path.hasPrefix(folder) }

    /// Unpacks the layouts of `tree`.
    ///
    /// - Throws: ``OpenBootImageError`` as ``PackagedTool`` does; `.badPackage`.
    init(of tree: PackageTree, interruption: Interruption) throws {
        tool = try PackagedTool(Self.program, of: tree, interruption: interruption)
        maps = Self.maps(of: tree)
        // Layouts include others by their names.
        for map in maps {
            guard let file = tree.file(map) else { continue }
            _ = try tool.add(Self.plainPath(map), try Self.unpacked(file.bytes, map))
        }
    }

    private static func maps(of tree: PackageTree) -> [String] { tree.paths.filter { $0.hasPrefix(folder) } }

    /// Makes sure that `tree` has a layout called `layout`.
    ///
    /// - Throws: ``OpenBootImageError`` `.badFile`.
    static func check(_ layout: String, in tree: PackageTree) throws(OpenBootImageError) {
        _ = try path(of: layout, among: maps(of: tree))
    }

    /// The layout called `layout`, as `de` or `fr-latin9`.
    ///
    /// - Throws: ``OpenBootImageError`` `.badFile` for a layout that there is not; `.toolFailed`.
    func bytes(of layout: String) throws -> [UInt8] {
        guard let bytes = try table(at: try Self.path(of: layout, among: maps)) else {
            throw OpenBootImageError(
                .toolFailed, "program loadkeys", "made no table of the layout \(layout)",
                nextStep: "use another layout")
        }
        return bytes
    }

    /// What loadkeys makes of the layout at `path`; nil where it makes no table.
    private func table(at path: String) throws -> [UInt8]? {
        // A table of Unicode is for the console as it is: in UTF-8.
        let output = try tool.run(["-q", "-b", "-u", tool.path(Self.plainPath(path)).string])
        return output.starts(with: Self.magic) ? output : nil
    }

    /// The usual layouts by their names; those of which loadkeys makes no table are left out.
    ///
    /// - Throws: `InterruptedError`, `FileError`.
    func usual() throws -> [(name: String, bytes: [UInt8])] {
        let names = maps.filter { map in Self.usualFolders.contains { map.hasPrefix("\(Self.folder)\($0)/") } }
            .compactMap(Self.name)
        // Several names may stand for one layout.
        var tables: [String: [UInt8]] = [:]
        return try Set(names).sorted { $0.precedesByBytes($1) }.compactMap { name in
            let path = try Self.path(of: name, among: maps)
            do {
                guard let bytes = try tables[path] ?? table(at: path) else { return nil }
                tables[path] = bytes
                return (name, bytes)
            } catch let error as OpenBootImageError {
                guard error.code == .toolFailed else { throw error }
                return nil
            }
        }
    }

    /// Where the layout called `layout` lies.
    ///
    /// - Throws: ``OpenBootImageError`` `.badFile` for a layout that there is not, with those that are spelt much like it.
    private static func path(of layout: String, among maps: [String]) throws(OpenBootImageError) -> String {
        let found = spellings(of: layout).lazy.flatMap { wanted in
            folders.lazy.compactMap { place in
                maps.first { $0.hasPrefix("\(folder)\(place)/") && name(of: $0) == wanted }
            }
        }
        if let path = found.first { return path }
        let names = Set(maps.filter { $0.hasPrefix(folder + "i386/") }.compactMap(name))
        let near = names.filter { !layout.isEmpty && $0.hasPrefix(layout.prefix(2)) }.sorted { $0.precedesByBytes($1) }
        throw OpenBootImageError(
            .badFile, "\(.keyboard, layout)", "is no layout that the package console-data has",
            nextStep: near.isEmpty
                ? "give a name like us, de or fr-latin9" : "give one of \(near.joined(separator: ", "))")
    }

    private static func plainPath(_ map: String) -> String { map.hasSuffix(".gz") ? String(map.dropLast(3)) : map }

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
