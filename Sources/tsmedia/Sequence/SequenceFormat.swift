// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Glibc
import SequenceTools
import Support
import SystemPackage
import TaskSequence

/// `tsmedia sequence format`.
struct SequenceFormat: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "format",
        abstract: "Writes a task sequence in canonical form, so that git shows what changed and nothing else.",
        discussion: """
            The canonical form is what Configuration Manager stores: one line, attributes and variables in its order. \
            --layout indented is the same with an element a line, for line-by-line comparison; --layout keep leaves \
            lines and indentation as they are in the file.
            The result is the bare sequence. --container object-xml keeps the name, the boot image and the other \
            properties; --container export writes an export zip (the default when the output ends in .zip) of every \
            task sequence in the file, with references recomputed.
            """,
        required: "<file>",
        examples: [
            #"tsmedia sequence format "Windows 11.zip" --layout indented --output win11.xml"#,
            #"tsmedia sequence format win11.xml --check"#,
        ])

    @Argument(
        help: ArgumentHelp("An export zip, object.xml, wrapper, bare sequence or folder.", valueName: "file"),
        completion: .file())
    var file: String

    @Option(help: "How the sequence is laid out on lines.")
    var layout: Layout = .canonical

    @Option(help: "What the sequence is written in.")
    var container: SequenceContainer?

    @Flag(help: "Write nothing; exit with 65 when the sequence in the file is not in this form already.")
    var check = false

    @Option(help: ArgumentHelp("Which task sequence of the file: its package ID or name.", valueName: "id"))
    var taskSequenceId: String?

    @OptionGroup var output: SequenceOutput
    @OptionGroup var program: ProgramOptions

    /// How a sequence is laid out on lines.
    enum Layout: String, ExpressibleByArgument, CaseIterable {
        case canonical
        case indented
        case keep
    }

    func validate() throws {
        if check, output.output != nil || container != nil {
            throw ValidationError("--check writes nothing; leave out --output and --container")
        }
        if program.json, !check {
            throw ValidationError("--json is for --check, and without it format writes a task sequence; leave it out")
        }
    }

    func run() throws {
        _ = try program.start("sequence format", output.files(reading: [file]))
        var packages = try TaskSequenceFile.read(FilePath(file))
        for index in packages.indices { packages[index].layout = layout(of: packages[index]) }
        guard !check else { return try runCheck(packages) }
        switch container ?? (output.output?.lowercased().hasSuffix(".zip") == true ? .export : .sequence) {
        case .export:
            if taskSequenceId != nil { packages = [try packages.chosen(id: taskSequenceId)] }
            try write(try TaskSequenceExport.zip(of: packages), of: packages)
        case .objectXml:
            let name = try packages.chosen(id: taskSequenceId).source
            packages = packages.filter { $0.source == name }
            try write(try SequenceContainer.objectXML(of: packages), of: packages)
        case .sequence:
            let package = try chosen(packages)
            try write(try formatted(package), of: [package])
        }
    }

    /// Writes what was made of `packages`: for the owner alone when there are secrets in it, or when the file that it was
    /// made from is.
    private func write(_ bytes: [UInt8], of packages: [TaskSequencePackage]) throws {
        let mode = try FileError.wrap("read", FilePath(file)) { try Stat(FilePath(file)).permissions }
        let isPrivate = mode.isDisjoint(with: [.groupRead, .otherRead])
        try output.write(
            bytes, isSecret: isPrivate || packages.contains { SequenceOutline(of: $0).hidesSecrets })
    }

    /// The task sequence that was asked for, out of `packages` with their new layouts.
    private func chosen(_ packages: [TaskSequencePackage]) throws -> TaskSequencePackage {
        let source = try packages.chosen(id: taskSequenceId).source
        return packages.first { $0.source == source } ?? packages[0]
    }

    private func layout(of package: TaskSequencePackage) -> SequenceLayout {
        switch layout {
        case .canonical: .canonical
        case .indented: .indented
        case .keep: package.layout
        }
    }

    /// The sequence; an indented one ends with a line end, unless a bare sequence that keeps its layout had none.
    private func formatted(_ package: TaskSequencePackage) throws -> [UInt8] {
        let bytes = SequenceWriter.write(
            package.sequence, layout: package.layout, reservingCapacity: package.sequenceXML.count)
        let isBare = package.format == .sequence || package.format == .deploymentToolkit
        let hasLineEnd =
            try layout == .keep && isBare
            ? SmallFile.read(FilePath(package.source)).last == 0x0A : package.layout.indentation != nil
        guard hasLineEnd else { return bytes }
        return bytes + (package.layout.lineEnding == .lineFeed ? [0x0A] : [0x0D, 0x0A])
    }

    // MARK: Check

    private func runCheck(_ packages: [TaskSequencePackage]) throws {
        let wanted = taskSequenceId == nil ? packages : [try chosen(packages)]
        let changed = wanted.filter { !isFormatted($0) }
        if program.json {
            try StandardOutput.printJSON(
                Report(
                    taskSequences: wanted.map { package in
                        Report.Entry(
                            id: package.packageID, name: package.name, source: package.source,
                            isFormatted: !changed.contains { $0.source == package.source })
                    }))
        }
        guard let first = changed.first else { return }
        let isBare = first.format == .sequence || first.format == .deploymentToolkit
        let options = layout == .canonical ? "" : " --layout \(layout.rawValue)"
        throw SequenceNotFormatted(
            source: first.source, count: changed.count,
            nextStep: isBare
                ? "write it anew with tsmedia sequence format \(file)\(options) --output \(file) --force"
                : "write it anew with tsmedia sequence format\(options) --container")
    }

    /// Compares without the white space around the sequence, which editors and git add and remove.
    private func isFormatted(_ package: TaskSequencePackage) -> Bool {
        SequenceWriter.write(
            package.sequence, layout: package.layout, reservingCapacity: package.sequenceXML.count)
            == package.sequenceXML
    }

    private struct Report: Encodable {
        struct Entry: Encodable {
            let id: String?
            let name: String
            let source: String
            let isFormatted: Bool
        }

        let taskSequences: [Entry]
    }
}

/// A sequence that formatting would change.
private struct SequenceNotFormatted: DiagnosticError {
    let source: String
    let count: Int
    let nextStep: DiagnosticText?

    var failureClass: FailureClass { .malformed }
    var object: DiagnosticText { DiagnosticText(source) }
    var problem: DiagnosticText { "is not formatted" + (count > 1 ? ", nor are \(count - 1) others in the file" : "") }
}
