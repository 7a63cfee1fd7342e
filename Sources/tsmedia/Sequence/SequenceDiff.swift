// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import SequenceTools
import Site
import Support
import SystemPackage
import TaskSequence

/// `tsmedia sequence diff`.
struct SequenceDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "diff",
        abstract: "Compares two task sequences by meaning.",
        discussion: """
            Groups and steps are found again when they were moved or renamed. Layout and the order of attributes and \
            variables mean nothing. Inline scripts are compared as text. Of secrets only the fact that they changed is \
            shown; differences in a text that only concern a secret in it are marked so too.
            The exit code is 0 whether or not there are differences; with --exit-code it is 1 when there are, as with \
            git diff.
            The files may hold several task sequences: they are paired by package ID, then by name. With --site the \
            second is one of the site: <new> is its ID or name, by default those of the first.
            """,
        required: "<old>, <new>",
        examples: [
            #"tsmedia sequence diff before.zip after.zip"#,
            #"tsmedia sequence diff win11.zip --site https://cm01"#,
        ])

    @Argument(help: ArgumentHelp("The task sequence before.", valueName: "old"), completion: .file())
    var old: String

    @Argument(
        help: ArgumentHelp("The task sequence after; with --site its ID or name.", valueName: "new"),
        completion: .file())
    var new: String?

    @Flag(help: "Exit with 1 when there are differences.")
    var exitCode = false

    @OptionGroup var reading: ReadingOptions
    @OptionGroup var asked: AskedSite
    @OptionGroup var program: ProgramOptions

    func validate() throws {
        if new == nil, asked.site.site == nil {
            throw ValidationError("the task sequence after is missing; name its file, or the site with --site")
        }
    }

    func run() throws {
        _ = try program.start("sequence diff")
        let (before, after) = try packages()
        let report = Report(before, after, reading.secrecy)
        if program.json {
            try StandardOutput.printJSON(report)
        } else {
            try StandardOutput.print(report.lines)
        }
        if exitCode, report.different { throw ExitCode(1) }
    }

    /// What is compared: all of two files, or one task sequence of a file with one of the site.
    private func packages() throws -> ([TaskSequencePackage], [TaskSequencePackage]) {
        if asked.site.site == nil, let new { return (try reading.packages(in: old), try reading.packages(in: new)) }
        let before = try TaskSequenceFile.read(FilePath(old)).chosen(id: reading.taskSequenceId)
        let name = new ?? before.packageID ?? before.name
        return ([before], try asked.service().taskSequence(name, includingChildren: false))
    }

    private struct Report: Encodable {
        var different: Bool
        var removed: [SequenceDifference.Side] = []
        var added: [SequenceDifference.Side] = []
        var taskSequences: [SequenceDifference] = []

        init(_ old: [TaskSequencePackage], _ new: [TaskSequencePackage], _ secrecy: SequenceSecrecy) {
            var rest = new
            for package in old {
                guard let index = Self.partner(of: package, in: rest, isOnly: old.count == 1 && new.count == 1) else {
                    removed.append(.init(package))
                    continue
                }
                taskSequences.append(SequenceDifference(from: package, to: rest.remove(at: index), secrecy: secrecy))
            }
            added = rest.map { .init($0) }
            different = !removed.isEmpty || !added.isEmpty || taskSequences.contains { !$0.isEmpty }
        }

        private static func partner(
            of package: TaskSequencePackage, in others: [TaskSequencePackage], isOnly: Bool
        ) -> Int? {
            if isOnly { return 0 }
            let id = package.packageID?.uppercased()
            return (id == nil ? nil : others.firstIndex { $0.packageID?.uppercased() == id })
                ?? others.firstIndex { $0.name == package.name }
        }

        var lines: [String] {
            var lines = removed.map { "- task sequence \"\($0.name.onOneLine)\" \($0.id?.onOneLine ?? "")" }
            lines += added.map { "+ task sequence \"\($0.name.onOneLine)\" \($0.id?.onOneLine ?? "")" }
            for (number, difference) in taskSequences.enumerated() {
                if number > 0 || !lines.isEmpty { lines.append("") }
                lines += difference.lines
            }
            return lines
        }
    }
}
