// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Programs of packages with the shared libraries that they need.
struct SharedLibraries {
    /// Where Debian keeps the libraries of PCs, without `usr/`.
    private static let folder = "lib/x86_64-linux-gnu"
    /// The program that loads the others: its path stands in every program (System V ABI, AMD64 supplement 5.2.1).
    static let loader = "lib64/ld-linux-x86-64.so.2"
    private static let loaderName = "ld-linux-x86-64.so.2"

    /// The libraries by name, with their bytes.
    private(set) var libraries: [String: [UInt8]] = [:]
    /// The loader's bytes.
    let loaderBytes: [UInt8]

    /// Finds in `tree` what `programs` need.
    ///
    /// - Throws: ``OpenBootImageError`` `.missingPackage` for a library that is in none of the packages.
    init(of programs: [(name: String, bytes: [UInt8])], in tree: PackageTree) throws(OpenBootImageError) {
        guard let loader = tree.file(Self.loader) ?? tree.file("\(Self.folder)/\(Self.loaderName)") else {
            throw Self.missing(Self.loaderName, programs.first?.name ?? "")
        }
        loaderBytes = loader.bytes
        var queue = programs
        while let program = queue.popLast() {
            for name in ELFFile(program.bytes)?.neededLibraries ?? []
            where name != Self.loaderName && libraries[name] == nil {
                guard !name.contains("/"), let library = tree.file("\(Self.folder)/\(name)") else {
                    throw Self.missing(name, program.name)
                }
                libraries[name] = library.bytes
                queue.append((name, library.bytes))
            }
        }
    }

    /// Whether a path of a package may be that of a library.
    static func isLibrary(_ path: String) -> Bool {
        path == loader
            || (path.hasPrefix(folder + "/") && path.contains(".so")
                && !path.dropFirst(folder.utf8.count + 1).contains("/"))
    }

    /// Puts libraries and loader where programs look for them.
    func add(to system: inout InitialFileSystem) {
        system.add(Self.loader, .file(loaderBytes, permissions: 0o755))
        for (name, bytes) in libraries { system.add("\(Self.folder)/\(name)", .file(bytes, permissions: 0o644)) }
    }

    private static func missing(_ name: String, _ program: String) -> OpenBootImageError {
        OpenBootImageError(
            .missingPackage, "library \(name.onOneLine)",
            "is in none of the packages, and \(program.onOneLine) needs it",
            nextStep: "fetch the packages anew")
    }
}
