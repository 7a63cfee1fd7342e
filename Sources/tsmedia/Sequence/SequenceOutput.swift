// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Glibc
import MediaBuilder
import Support
import SystemPackage

/// Where a command writes the document it makes.
struct SequenceOutput: ParsableArguments {
    @Option(
        name: .shortAndLong, help: ArgumentHelp("The file to write; standard output by default.", valueName: "path"),
        completion: .file())
    var output: String?

    @Flag(help: "Replace an existing file, once the new one is whole.")
    var force = false

    func validate() throws { try ForeignPath.refuse(output, "--output") }

    /// The files of a command that reads `paths`.
    func files(reading paths: [String]) -> RunFiles {
        var files = RunFiles(reading: paths)
        if let output, output != "-" { files.write(FilePath(output)) }
        return files
    }

    /// Writes `bytes` to the file, which appears whole or not at all, or to standard output.
    ///
    /// - Parameters:
    ///   - isSecret: whether nobody but the owner may read the file.
    func write(_ bytes: [UInt8], isSecret: Bool = false) throws {
        guard let output, output != "-" else {
            return try StandardOutput.write(document: bytes)
        }
        let path = FilePath(output)
        let pending = try PendingOutput(path, kind: .file, replacesExisting: force, isSecret: isSecret)
        try FileError.wrap("written", path) { _ = try pending.descriptor.writeAll(bytes) }
        try pending.publish()
        try StandardOutput.success("wrote \(path): \(Amounts.bytes(Int64(bytes.count)))")
    }
}
