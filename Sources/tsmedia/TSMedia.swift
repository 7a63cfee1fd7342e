// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Glibc
import Support

/// The command `tsmedia`.
@main
struct TSMedia: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tsmedia",
        abstract: "Makes Configuration Manager task sequence media: capture, bootable, stand-alone and prestaged.",
        discussion: """
            Results go to standard output, messages and progress to standard error.
            Exit codes: 0 done, 64 usage, 65 malformed input or failed verification, 66 not found, \
            69 distribution point unreachable, 73 does not fit or cannot be created, 74 read or write error, \
            77 refused, 130 interrupted.
            """,
        version: "0.1.0",
        subcommands: [
            Create.self, Update.self, Inspect.self, Verify.self, Devices.self, ContentCommand.self, StoreCommand.self,
            SequenceCommand.self,
        ])

    static func main() {
        Signals.install()
        do {
            try Arguments.check()
            var command = try parseAsRoot()
            try command.run()
        } catch let error as any DiagnosticError {
            Console.shared.error(error.description)
            Glibc.exit(ExitStatus.code(for: error.failureClass))
        } catch let error as ValidationError {
            // Of a command that runs already; what cannot be parsed at all comes below, with the usage.
            Console.shared.error(error.message)
            Glibc.exit(ExitStatus.code(for: .usage))
        } catch {
            exit(withError: error)
        }
    }
}
