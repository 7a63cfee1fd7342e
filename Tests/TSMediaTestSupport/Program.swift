// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SystemPackage

/// What a program that ran to its end said.
public struct ProgramResult: Sendable {
    /// The exit status, or 128 plus the signal that ended it.
    public let status: Int32
    /// Standard output as bytes.
    public let outputBytes: [UInt8]
    /// Standard error as text.
    public let errorText: String
    /// Standard output as text.
    public var output: String { String(decoding: outputBytes, as: UTF8.self) }
}

/// Why a program could not be started.
public struct ProgramError: Error, CustomStringConvertible {
    /// The reason.
    public let description: String
}

/// Runs other programs: the tests open what we wrote with what others wrote.
public enum Program {
    /// Runs `name`, found on PATH, to its end.
    ///
    /// A missing program is an error, never a skipped test: `make test` installs what the tests need.
    public static func run(
        _ name: String, _ arguments: [String] = [], environment: [String: String] = [:], input: [UInt8] = []
    ) throws -> ProgramResult {
        let work = try TestFolder()
        let files = ["input", "output", "error"].map { work.appending($0) }
        try work.write(input, to: "input")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, files[0].string, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, files[1].string, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, files[2].string, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var merged = currentEnvironment()
        merged.merge(environment) { $1 }
        var process: pid_t = 0
        let started = withCStrings([name] + arguments) { argv in
            withCStrings(merged.map { "\($0.key)=\($0.value)" }) { envp in
                posix_spawnp(&process, name, &actions, nil, argv, envp)
            }
        }
        guard started == 0 else { throw ProgramError(description: "\(name): \(Errno(rawValue: started))") }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 { guard errno == EINTR else { throw Errno(rawValue: errno) } }
        let code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        return ProgramResult(
            status: code, outputBytes: try read(files[1]),
            errorText: String(decoding: try read(files[2]), as: UTF8.self))
    }

    private static func read(_ path: FilePath) throws -> [UInt8] {
        let descriptor = try FileDescriptor.open(path, .readOnly)
        return try descriptor.closeAfter {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                if count == 0 { return bytes }
                bytes += buffer[..<count]
            }
        }
    }

    private static func currentEnvironment() -> [String: String] {
        var variables: [String: String] = [:]
        var cursor = environ
        while let entry = cursor.pointee {
            let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            cursor += 1
        }
        return variables
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers = strings.map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { fatalError("the array has at least its terminator") }
            return body(base)
        }
    }
}
