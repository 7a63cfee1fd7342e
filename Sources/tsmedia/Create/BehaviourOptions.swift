// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import MediaVariables
import SystemPackage

/// What the media asks and knows when it starts.
struct BehaviourOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "File whose first line is the media's password; - reads standard input. Passwords are never arguments.",
            valueName: "file|-"))
    var passwordFile: String?

    @Flag(help: "Start without asking anything.")
    var allowUnattended = false

    @Option(
        name: .customLong("variable"),
        help: ArgumentHelp(
            "Variable of the media (repeatable). Others on this machine can read arguments.", valueName: "name=value"))
    var variables: [String] = []

    /// Puts the options into `request`.
    func apply(to request: inout MediaRequest) throws {
        request.allowsUnattended = allowUnattended
        request.password = try passwordFile.map { try PasswordFile.read($0) }
        if let passwordFile, passwordFile != "-" { request.otherSources.append(FilePath(passwordFile)) }
        for text in variables {
            let (name, value) = try FieldValue.variable(text)
            try request.addVariable(name, value)
        }
    }
}
