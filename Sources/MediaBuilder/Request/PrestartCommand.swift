// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support

/// A command that runs when the media has started a computer, before it asks for a task sequence.
public struct PrestartCommand: Sendable, Equatable {
    /// The command line.
    public let commandLine: String
    /// The package whose files it uses.
    public let package: PackageID?

    /// No command line of Windows is longer (cmd.exe, as the documentation of Windows says).
    private static let lengthLimit = 8191

    /// A command; nil when neither a command line nor a package is given.
    ///
    /// - Throws: ``MediaBuilderError`` `.badRequest`, naming the field.
    public init?(_ commandLine: String?, package: PackageID?) throws(MediaBuilderError) {
        guard let commandLine else {
            guard package == nil else {
                throw MediaRequest.bad(
                    .prestartPackage, "has files for a prestart command, and there is none", "add \(.prestartCommand)")
            }
            return nil
        }
        guard commandLine.contains(where: { !$0.isWhitespace }) else {
            throw MediaRequest.bad(.prestartCommand, "is empty", "give a command line, or leave it out")
        }
        guard commandLine.utf16.count <= Self.lengthLimit else {
            throw MediaRequest.bad(
                .prestartCommand, "has \(commandLine.utf16.count) characters", "give at most \(Self.lengthLimit)")
        }
        guard commandLine.onOneLine == commandLine else {
            throw MediaRequest.bad(.prestartCommand, "holds control characters", "give one line of text")
        }
        self.commandLine = commandLine
        self.package = package
    }
}
