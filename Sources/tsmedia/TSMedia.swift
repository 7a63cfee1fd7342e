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
            Create.self, Update.self, Inspect.self, Verify.self, BootImageCommand.self, Devices.self,
            ContentCommand.self,
            StoreCommand.self, SequenceCommand.self,
        ])

    static func main() {
        Signals.install()
        do {
            try Arguments.check()
            let arguments = Array(CommandLine.arguments.dropFirst())
            try requireValues(arguments)
            if let answer = CmdletParameters.answer(in: arguments) { throw ValidationError(answer) }
            var command = try parseAsRoot()
            defer { CMTraceLog.tellLoss() }
            try command.run()
        } catch let error as any DiagnosticError {
            Console.shared.error(error)
            Glibc.exit(ExitStatus.code(for: error.failureClass))
        } catch let error as ValidationError {
            // Of a command that runs already; what cannot be parsed at all comes below, with the usage.
            Console.shared.error(DiagnosticText(error.message))
            Glibc.exit(ExitStatus.code(for: .usage))
        } catch {
            end(with: error)
        }
    }

    /// Options whose text may be empty; any other value names something.
    private static let textOptions = ["--comment", "--created-by", "--version", "--description", "--image-description"]

    /// Refuses empty arguments, which as paths would stand for the folder one happens to be in.
    private static func requireValues(_ arguments: [String]) throws {
        for (index, argument) in arguments.enumerated() {
            let option = argument.isEmpty ? (index > 0 ? arguments[index - 1] : "") : String(argument.dropLast())
            guard argument.isEmpty || (argument.hasPrefix("--") && argument.last == "="),
                !textOptions.contains(option)
            else { continue }
            throw ValidationError(
                option.hasPrefix("--")
                    ? "\(option) has an empty value; give it one, or leave it out"
                    : "an argument is empty; name a file, or leave it out")
        }
    }

    /// Ends with what the parser has to say: help on standard output, or what is wrong with the arguments and the usage.
    private static func end(with error: any Error) -> Never {
        let code = exitCode(for: error)
        let whole = fullMessage(for: error)
        guard code != .success else {
            do {
                if !whole.isEmpty { try StandardOutput.write(document: Array((whole + "\n").utf8)) }
                Glibc.exit(0)
            } catch {
                Console.shared.error(error)
                Glibc.exit(ExitStatus.code(for: .io))
            }
        }
        // The message alone holds arguments, which may hold anything; what follows it is the parser's own.
        let parsed = message(for: error)
        let message = unknownOption(in: parsed).flatMap(answer(toOption:)) ?? parsed
        Console.shared.error(DiagnosticText(message))
        if let place = whole.firstRange(of: parsed) {
            Console.shared.usage(whole[place.upperBound...].split(separator: "\n").map(String.init))
        }
        Glibc.exit(code.rawValue)
    }

    /// What is meant by an option that there is not, or not here; nil when nobody knows.
    private static func answer(toOption option: String) -> String? {
        ForeignOptions.answer(toOption: option, in: Array(CommandLine.arguments.dropFirst()))
            ?? CmdletParameters.answer(toOption: option)
    }

    /// The option that `message` of the parser calls unknown.
    private static func unknownOption(in message: String) -> String? {
        guard message.hasPrefix("Unknown option '") else { return nil }
        return message.split(separator: "'", maxSplits: 2).dropFirst().first.map(String.init)
    }
}
