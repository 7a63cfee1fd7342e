// SPDX-License-Identifier: GPL-3.0-or-later

import Archives
import Support
import SystemPackage

/// Assembles the file system of the environment in which task sequences run.
enum EnvironmentPrograms {
    private static let shell = "bin/busybox"
    private static let linked = ["sbin/mkntfs", "bin/ntfs-3g", "bin/lowntfs-3g", "bin/curl"]
    /// The paths of programs in their packages; what was moved to `bin` since Debian 12 counts too.
    static let paths: Set<String> = Set([shell] + linked + linked.map { "bin/" + $0.split(separator: "/")[1] })

    private static let enginePath = "bin/tsengine"
    private static let factsPath = "etc/tsmedia/boot-image.json"
    private static let keymapPath = "etc/keymap.bmap"
    private static let folders = [
        "dev", "proc", "sys", "run", "tmp", "mnt", "root", OpenBootImageRequest.Inclusion.folder,
    ]
    private static let console = (major: UInt32(5), minor: UInt32(1))
    private static let includedByteCountLimit = 256 << 20
    /// What busybox says before the names of its programs when it is started without any.
    private static let appletListTitle = "Currently defined functions:"
    private static let listByteCountLimit = 1 << 16

    /// The file system with everything but the facts about the image.
    static func fileSystem(
        _ request: OpenBootImageRequest, _ parts: PackagedParts, engine: [UInt8], facts: [UInt8],
        interruption: Interruption
    ) throws -> InitialFileSystem {
        var system = InitialFileSystem()
        for folder in folders { system.add(folder, .folder) }
        system.add("dev/console", .device(major: console.major, minor: console.minor))
        system.add("init", .file(InitScript.bytes, permissions: 0o755))
        system.add(enginePath, .file(engine, permissions: 0o755))
        try addPrograms(parts.tree, to: &system, interruption: interruption)
        let modules = "lib/modules/\(parts.kernelVersion)"
        for (path, bytes) in parts.moduleFiles { system.add("\(modules)/\(path)", .file(bytes, permissions: 0o644)) }
        system.add("\(modules)/modules.dep", .file(parts.modules.dependencyIndex, permissions: 0o644))
        system.add("\(modules)/modules.alias", .file(parts.modules.aliasIndex, permissions: 0o644))
        if request.includesFirmware { FirmwareFiles.add(parts, to: &system) }
        if let keyboard = request.keyboard {
            let keymap = try Keymap(keyboard, of: parts.tree, interruption: interruption)
            system.add(keymapPath, .file(keymap.bytes, permissions: 0o644))
        }
        system.add(factsPath, .file(facts, permissions: 0o644))
        for inclusion in request.inclusions {
            let bytes = try SmallFile.read(inclusion.source, limit: includedByteCountLimit)
            let mode = try FileError.wrap("read", inclusion.source) { try Stat(inclusion.source).permissions.rawValue }
            system.add(inclusion.target, .file(bytes, permissions: UInt16(truncatingIfNeeded: mode) & 0o755))
        }
        return system
    }

    private static func addPrograms(
        _ tree: PackageTree, to system: inout InitialFileSystem, interruption: Interruption
    ) throws {
        guard let busybox = tree.file(shell) else { throw missing(shell) }
        system.add(shell, .file(busybox.bytes, permissions: 0o755))
        // Only busybox knows its own applets.
        let tool = try PackagedTool(shell, of: tree, interruption: interruption)
        let text = String(decoding: try tool.run([]).prefix(listByteCountLimit), as: UTF8.self)
        guard let list = text.firstRange(of: appletListTitle) else { throw missing(shell) }
        for name in text[list.upperBound...].split(whereSeparator: { $0.isWhitespace || $0 == "," })
        where name != "busybox" && !name.contains("/") {
            system.add("bin/\(name)", .link("busybox"))
        }
        var programs: [(name: String, bytes: [UInt8])] = []
        for path in linked {
            let name = String(path.split(separator: "/")[1])
            guard let program = tree.file(path) ?? tree.file("bin/\(name)") else { throw missing(name) }
            programs.append((name, program.bytes))
            system.add("bin/\(name)", .file(program.bytes, permissions: 0o755))
        }
        try SharedLibraries(of: programs, in: tree).add(to: &system)
        try Authorities.add(tree, to: &system)
        // mount -t ntfs-3g looks for this name.
        system.add("bin/mount.ntfs-3g", .link("ntfs-3g"))
        system.add("sbin", .link("bin"))
    }

    private static func missing(_ name: String) -> OpenBootImageError {
        OpenBootImageError(
            .missingPackage, "program \(name)", "is in none of the packages", nextStep: "fetch the packages anew")
    }
}

/// The firmware that drivers load into devices.
enum FirmwareFiles {
    static let folder = "lib/firmware/"

    /// Puts those files in that the chosen modules name.
    static func add(_ parts: PackagedParts, to system: inout InitialFileSystem) {
        for name in Set(parts.modules.modules.flatMap(\.firmware)) {
            guard let place = DebianPackage.place(folder + name), place.hasPrefix(folder),
                let file = parts.tree.file(place)
            else { continue }
            system.add(place, .file(file.bytes, permissions: 0o644))
        }
    }
}
