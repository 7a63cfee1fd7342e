// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import MediaVariables
import SystemPackage

/// What the media asks and knows when it starts.
struct BehaviourOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "File whose first line is the media's password; - reads standard input, env:NAME the environment. Passwords are never arguments.",
            valueName: "file|-|env:name"), completion: .file())
    var passwordFile: String?

    @Flag(help: "Start without asking anything.")
    var allowUnattended = false

    @Option(
        name: .customLong("variable"),
        help: ArgumentHelp(
            "Variable of the media (repeatable). Others on this machine can read arguments.", valueName: "name=value"))
    var variables: [String] = []

    @Option(
        help: ArgumentHelp(
            "Command that runs when the media has started a computer, before it asks for a task sequence.",
            valueName: "command"))
    var prestartCommand: String?

    @Option(help: ArgumentHelp("Package with the files of that command.", valueName: "id"))
    var prestartPackage: String?

    /// Puts the options into `request`, all but the password (``MediaSecrets``).
    func apply(to request: inout MediaRequest) throws {
        request.allowsUnattended = allowUnattended
        request.prestart = try PrestartCommand(
            prestartCommand, package: try prestartPackage.map { try FieldValue.packageID($0, .prestartPackage) })
        for text in variables {
            let (name, value) = try FieldValue.variable(text)
            try request.addVariable(name, value)
        }
    }
}
