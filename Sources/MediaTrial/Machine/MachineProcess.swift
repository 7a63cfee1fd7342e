// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

/// A running emulator, which ends when this is let go of, and when we are killed.
final class MachineProcess {
    private let process: pid_t
    private var ended: Int32?

    /// Starts `program`; what it says goes to the file `log`, and it has `descriptors` from 3 on.
    init(
        _ program: FilePath, _ arguments: [String], environment: [String], log: FilePath, descriptors: [FileDescriptor]
    ) throws(FileError) {
        let output = try FileError.wrap("created", log) {
            try FileDescriptor.open(
                log, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
        }
        defer { try? output.close() }
        var words = ([program.string] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var variables = environment.map { strdup($0) } + [nil]
        defer { for variable in variables { free(variable) } }
        let numbers = descriptors.map(\.rawValue)
        process = program.withPlatformString {
            tsm_start_bound($0, &words, &variables, output.rawValue, numbers, Int32(numbers.count))
        }
        guard process > 0 else {
            ended = 127
            throw FileError("started", program, Errno(rawValue: errno))
        }
    }

    deinit { kill() }

    /// The exit status, or that of a shell for one that a signal ended; nil while it runs.
    var endStatus: Int32? {
        if ended == nil { ended = Self.status(of: process, WNOHANG) }
        return ended
    }

    /// Ends it at once, and waits until it has.
    func kill() {
        guard endStatus == nil else { return }
        Glibc.kill(process, SIGKILL)
        ended = Self.status(of: process, 0) ?? 128 + SIGKILL
    }

    private static func status(of process: pid_t, _ options: Int32) -> Int32? {
        var status: Int32 = 0
        var found = waitpid(process, &status, options)
        while found < 0, errno == EINTR { found = waitpid(process, &status, options) }
        guard found == process else { return found == 0 ? nil : 127 }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}

extension FilePath {
    /// The path as the value of a property of `-drive`: with no protocol before it, and with commas doubled.
    var asDriveValue: String {
        // A path that does not begin with a slash might begin with the name of a protocol.
        let path = absolute ?? self
        return path.string.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,")
    }
}
