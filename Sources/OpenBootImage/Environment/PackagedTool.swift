// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// A program of a package that makes a part of the image here.
///
/// It runs with the C library of the packages, so that what it makes depends on them and not on this system.
struct PackagedTool {
    private let name: String
    private let folder: TemporaryFolder
    private let interruption: Interruption

    /// A folder of its own: busybox goes by the name that it has.
    private static let programFolder = "bin"
    private static let outputByteCountLimit = 16 << 20
    private static let quotedByteCount = 300

    /// Unpacks the program at `path` of `tree` with its libraries.
    ///
    /// - Throws: ``OpenBootImageError`` `.missingPackage`, `.unsupportedHost` on another processor; `FileError`.
    init(_ path: String, of tree: PackageTree, interruption: Interruption) throws {
        name = path.split(separator: "/").last.map(String.init) ?? path
        self.interruption = interruption
        guard let program = tree.file(path) else {
            throw OpenBootImageError(
                .missingPackage, "program \(name)", "is in none of the packages", nextStep: "fetch the packages anew")
        }
        guard let debian = DebianArchitecture.ofThisComputer,
            ELFFile(program.bytes).map({ $0.machine == debian.machineNumber }) ?? true
        else {
            throw OpenBootImageError(
                .unsupportedHost, "this computer",
                "cannot run \(name) of the packages, which makes a part of the image",
                nextStep: "make the boot image on a computer with the processor that it is for")
        }
        folder = try TemporaryFolder()
        let libraries = try SharedLibraries(of: [(name, program.bytes)], in: tree, for: debian)
        for name in ["libraries", Self.programFolder] {
            try Folder.create(folder.appending(name), permissions: .ownerReadWriteExecute)
        }
        try Self.write(program.bytes, folder.appending(Self.programFolder).appending(name))
        try Self.write(libraries.loaderBytes, folder.appending("loader"))
        for (name, bytes) in libraries.libraries {
            try Self.write(bytes, folder.appending("libraries").appending(name))
        }
    }

    /// Puts a file where the program finds it; returns its path.
    func add(_ name: String, _ bytes: [UInt8]) throws -> FilePath {
        let path = folder.appending(name)
        try Folder.create(AtomicFile.parent(of: path), permissions: .ownerReadWriteExecute)
        try Self.write(bytes, path)
        return path
    }

    /// The path of `name` in the folder of the program.
    func path(_ name: String) -> FilePath { folder.appending(name) }

    /// Runs the program to its end, and returns what it printed.
    ///
    /// - Throws: ``OpenBootImageError`` `.toolFailed` with what it said.
    func run(_ arguments: [String]) throws -> [UInt8] {
        let log = folder.appending("output")
        let status = try OtherProgram.run(
            folder.appending("loader"),
            [folder.appending(Self.programFolder).appending(name).string] + arguments,
            environment: [
                "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "LD_LIBRARY_PATH=\(folder.appending("libraries"))",
            ], log: log, interruption: interruption)
        let output = try SmallFile.read(log, limit: Self.outputByteCountLimit)
        guard status == 0 else {
            let said = String(decoding: output.suffix(Self.quotedByteCount), as: UTF8.self).onOneLine
            throw OpenBootImageError(
                .toolFailed, "program \(name)", "ended with \(status): \(said)",
                nextStep: "fetch the packages anew, and try again")
        }
        return output
    }

    private static func write(_ bytes: [UInt8], _ path: FilePath) throws(FileError) {
        try AtomicFile.create(bytes, at: path, permissions: .ownerReadWriteExecute)
    }
}
