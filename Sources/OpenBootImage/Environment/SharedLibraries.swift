// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Programs of packages with the shared libraries that they need.
struct SharedLibraries {
    private let debian: DebianArchitecture
    /// The libraries by name, with their bytes.
    private(set) var libraries: [String: [UInt8]] = [:]
    /// The loader's bytes.
    let loaderBytes: [UInt8]

    /// Finds in `tree` what `programs` need.
    ///
    /// - Throws: ``OpenBootImageError`` `.missingPackage` for a library that is in none of the packages.
    init(
        of programs: [(name: String, bytes: [UInt8])], in tree: PackageTree, for debian: DebianArchitecture
    ) throws(OpenBootImageError) {
        self.debian = debian
        let name = debian.programLoaderName
        guard let loader = tree.file(debian.programLoader) ?? tree.file("\(debian.libraryFolder)/\(name)") else {
            throw Self.missing(name, programs.first?.name ?? "")
        }
        loaderBytes = loader.bytes
        var queue = programs
        while let program = queue.popLast() {
            for name in ELFFile(program.bytes)?.neededLibraries ?? []
            where name != debian.programLoaderName && libraries[name] == nil {
                guard !name.contains("/"), let library = tree.file("\(debian.libraryFolder)/\(name)") else {
                    throw Self.missing(name, program.name)
                }
                libraries[name] = library.bytes
                queue.append((name, library.bytes))
            }
        }
    }

    /// Whether a path of a package may be that of a library.
    static func isLibrary(_ path: String, for debian: DebianArchitecture) -> Bool {
        let folder = debian.libraryFolder + "/"
        return path == debian.programLoader
            || (path.hasPrefix(folder) && path.contains(".so")
                && !path.dropFirst(folder.utf8.count).contains("/"))
    }

    /// Puts libraries and loader where programs look for them.
    func add(to system: inout InitialFileSystem) {
        system.add(debian.programLoader, .file(loaderBytes, permissions: 0o755))
        for (name, bytes) in libraries {
            system.add("\(debian.libraryFolder)/\(name)", .file(bytes, permissions: 0o644))
        }
    }

    private static func missing(_ name: String, _ program: String) -> OpenBootImageError {
        OpenBootImageError(
            .missingPackage, "library \(name.onOneLine)",
            "is in none of the packages, and \(program.onOneLine) needs it",
            nextStep: "fetch the packages anew")
    }
}
