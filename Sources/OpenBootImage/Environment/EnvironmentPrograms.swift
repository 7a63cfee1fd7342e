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
    private static let keymapFolder = "etc/keymaps"
    private static let folders = [
        "dev", "proc", "sys", "run", "tmp", "mnt", "root", OpenBootImageRequest.Inclusion.folder,
    ]
    private static let console = (major: UInt32(5), minor: UInt32(1))
    private static let includedByteCountLimit = 256 << 20

    /// A file that was asked for, as it is when the image is planned.
    struct Inclusion {
        let target: String
        let bytes: [UInt8]
        let permissions: UInt16

        /// Reads it.
        ///
        /// - Throws: `FileError`.
        init(_ inclusion: OpenBootImageRequest.Inclusion) throws {
            // One is a link to the other.
            target = inclusion.target.hasPrefix("sbin/") ? String(inclusion.target.dropFirst()) : inclusion.target
            bytes = try SmallFile.read(inclusion.source, limit: includedByteCountLimit)
            let mode = try FileError.wrap("read", inclusion.source) { try Stat(inclusion.source).permissions.rawValue }
            permissions = UInt16(truncatingIfNeeded: mode) & 0o755
        }
    }

    /// The file system with everything but the facts about the image.
    static func fileSystem(
        _ request: OpenBootImageRequest, for debian: DebianArchitecture, _ parts: PackagedParts, engine: [UInt8],
        inclusions: [Inclusion], facts: [UInt8], interruption: Interruption
    ) throws -> InitialFileSystem {
        var system = InitialFileSystem()
        for folder in folders { system.add(folder, .folder) }
        system.add("dev/console", .device(major: console.major, minor: console.minor))
        system.add(
            "init",
            .file(
                InitScript.bytes(serialPort: debian.serialPort),
                permissions: 0o755))
        system.add(enginePath, .file(engine, permissions: 0o755))
        try addPrograms(parts.tree, for: debian, to: &system)
        let modules = "lib/modules/\(parts.kernelVersion)"
        for (path, bytes) in parts.moduleFiles { system.add("\(modules)/\(path)", .file(bytes, permissions: 0o644)) }
        system.add("\(modules)/modules.dep", .file(parts.modules.dependencyIndex, permissions: 0o644))
        system.add("\(modules)/modules.alias", .file(parts.modules.aliasIndex, permissions: 0o644))
        if request.includesFirmware { FirmwareFiles.add(parts, to: &system) }
        if request.hasKeyboards {
            let keymaps = try Keymaps(of: parts.tree, interruption: interruption)
            if let keyboard = request.keyboard {
                system.add(keymapPath, .file(try keymaps.bytes(of: keyboard), permissions: 0o644))
            }
            for (name, bytes) in try keymaps.usual() {
                system.add("\(keymapFolder)/\(name).bmap", .file(bytes, permissions: 0o644))
            }
        }
        system.add(factsPath, .file(facts, permissions: 0o644))
        for inclusion in inclusions {
            guard !system.contains(inclusion.target) else {
                throw OpenBootImageError(
                    .badFile, "\(.include, inclusion.target)", "would take the place of a file of the environment",
                    nextStep: "give another path")
            }
            system.add(inclusion.target, .file(inclusion.bytes, permissions: inclusion.permissions))
        }
        return system
    }

    private static func addPrograms(
        _ tree: PackageTree, for debian: DebianArchitecture, to system: inout InitialFileSystem
    ) throws {
        guard let busybox = tree.file(shell) else { throw missing(shell) }
        system.add(shell, .file(busybox.bytes, permissions: 0o755))
        for name in try BusyboxApplets.names(in: busybox.bytes) where name != "busybox" {
            system.add("bin/\(name)", .link("busybox"))
        }
        var programs: [(name: String, bytes: [UInt8])] = []
        for path in linked {
            let name = String(path.split(separator: "/")[1])
            guard let program = tree.file(path) ?? tree.file("bin/\(name)") else { throw missing(name) }
            programs.append((name, program.bytes))
            system.add("bin/\(name)", .file(program.bytes, permissions: 0o755))
        }
        try SharedLibraries(of: programs, in: tree, for: debian).add(to: &system)
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
