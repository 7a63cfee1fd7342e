// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import SequenceTools
import Support
import SystemPackage
import TaskSequence

/// What a new task sequence is made from and written to.
struct SequenceNewOutputOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The template: one of the program's by its name (\(SequenceTemplate.builtInNames.joined(separator: ", "))), "
                + "or a file.", valueName: "name|file.xml"),
        completion: .file(extensions: ["xml"]))
    var template: String?

    @Option(
        name: .customLong("value"),
        help: ArgumentHelp("A value for a placeholder of the template's own (repeatable).", valueName: "name=value"))
    var values: [String] = []

    @Option(help: "What the sequence is written in; by default what the output's name says.")
    var container: SequenceContainer?

    @OptionGroup var output: SequenceOutput

    /// Makes the task sequence that `request` describes.
    ///
    /// The options become a request only here, so that what is wrong with them is told and logged as any error is.
    ///
    /// - Parameter passwordFiles: the files that `request` reads, which must not be written over.
    func run(
        _ command: String, _ program: ProgramOptions, passwordFiles: [String?],
        _ request: (SequencePasswords) throws -> SequenceRequest
    ) throws {
        let files = output.files(reading: ([template] + passwordFiles).compactMap { $0 }.filter { $0 != "-" })
        let logger = try program.start("sequence new \(command)", files)
        try files.check()
        if program.json {
            throw ValidationError("--json is for commands that report, and new writes a task sequence; leave it out")
        }
        let request = try request(SequencePasswords())
        let package = try request.taskSequence(from: try chosenTemplate(for: request), ownValues: try ownValues())
        for warning in request.warnings { Console.shared.warning(warning) }
        for note in request.notes { Console.shared.note(note) }
        let container = container ?? SequenceContainer(output: output.output)
        if container == .sequence {
            Console.shared.note(
                "the bare sequence holds neither name, description nor boot image; --output NAME.zip keeps them")
        }
        try output.write(try bytes(of: package, in: container), isSecret: request.hasSecrets)
        logger.info("wrote task sequence '\(request.name)'")
    }

    private func bytes(of package: TaskSequencePackage, in container: SequenceContainer) throws -> [UInt8] {
        switch container {
        case .sequence: package.sequenceXML
        case .objectXml: try SequenceContainer.objectXML(of: [package])
        case .export: try TaskSequenceExport.zip(of: [package])
        }
    }

    private func chosenTemplate(for request: SequenceRequest) throws -> SequenceTemplate {
        guard let template else { return try SequenceTemplate.builtIn(request.templateName) }
        // A name has neither a separator nor an extension.
        guard template.contains("/") || template.contains(".") else { return try SequenceTemplate.builtIn(template) }
        return try SequenceTemplate(xml: try SmallFile.read(FilePath(template)), source: template)
    }

    private func ownValues() throws -> [(name: String, value: String)] {
        try values.map(SequenceTemplate.ownValue)
    }
}

/// Reads the passwords of a new task sequence; only one can come from standard input.
final class SequencePasswords {
    private var readsStandardInput: RequestField?

    /// Reads the password in the first line of the file at `path`, when it is called; nil without a path.
    func reader(_ path: String?, _ field: RequestField) -> (() throws -> SequenceSecret)? {
        path.map { path in { try self.read(path, field) } }
    }

    /// The password in the first line of the file at `path`, which is for `field`.
    func read(_ path: String, _ field: RequestField) throws -> SequenceSecret {
        if path == "-" {
            if let readsStandardInput {
                throw ValidationError(
                    "\(OptionNames.option(field)) and \(OptionNames.option(readsStandardInput)) both read standard input;"
                        + " name a file for one")
            }
            readsStandardInput = field
        }
        return SequenceSecret(try PasswordFile.firstLine(path, field))
    }
}
