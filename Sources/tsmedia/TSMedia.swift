// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Confinement
import Glibc
import Shares
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
            Create.self, Build.self, Update.self, Write.self, Inspect.self, Verify.self, Extract.self, Burn.self,
            Try.self,
            BootImageCommand.self,
            Devices.self,
            ContentCommand.self,
            StoreCommand.self, SequenceCommand.self, SiteCommand.self, LedgerCommand.self, ReportCommand.self,
        ])

    static func main() {
        Confinement.hideMemory()
        ShareServant.runIfAsked()
        Signals.install()
        let words = Array(CommandLine.arguments.dropFirst())
        if words.contains("--json") { Console.shared.tellMessagesAsJSON() }
        do {
            var command = try parsed(words)
            try Sandbox.enter(command)
            defer { CMTraceLog.tellLoss() }
            try command.run()
        } catch let error as any DiagnosticError {
            Console.shared.error(error)
            Glibc.exit(ExitStatus.code(for: error.failureClass))
        } catch let error as ToldFailure {
            Glibc.exit(error.exitCode)
        } catch let error as ValidationError {
            // Of a command that runs already; what cannot be parsed at all comes below.
            Console.shared.error(usage: error.message)
            Glibc.exit(ExitStatus.code(for: .usage))
        } catch {
            end(with: error, exitCode(for: error), words)
        }
    }

    /// The command that `words` are; ends with what is wrong with them where they are none.
    private static func parsed(_ words: [String]) throws -> any ParsableCommand {
        do {
            try Arguments.check(words)
            return try parseAsRoot()
        } catch let error as ValidationError {
            throw error
        } catch {
            // What an option's own check throws is hidden in an error of the parser, which knows no code for it.
            let code = exitCode(for: error)
            end(with: error, code == .failure ? ExitCode(ExitStatus.code(for: .usage)) : code, words)
        }
    }

    /// Ends with what the parser has to say: help on standard output, or what is wrong with the command line.
    private static func end(with error: any Error, _ code: ExitCode, _ words: [String]) -> Never {
        guard code != .success else {
            do {
                let text = HelpText(fullMessage(for: error)).folded
                if !text.isEmpty { try StandardOutput.write(document: Array((text + "\n").utf8)) }
                Glibc.exit(0)
            } catch {
                Console.shared.error(error)
                Glibc.exit(ExitStatus.code(for: .io))
            }
        }
        Console.shared.error(usage: UsageError(words).text(message(for: error)))
        Glibc.exit(code.rawValue)
    }
}
