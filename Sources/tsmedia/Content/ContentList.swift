// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ContentLibrary
import Identifiers
import Support

/// `tsmedia content list`.
struct ContentList: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "list", abstract: "Lists the packages of a content library.",
        required: "--library",
        examples: [
            #"tsmedia content list --library /srv/SCCMContentLib"#
        ])

    @OptionGroup var options: LibraryOptions
    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("content list")
        let library = try options.open()
        var rows: [Row] = []
        var problems: [ContentLibraryError] = []
        for id in try library.packageIDs() {
            do throws(ContentLibraryError) {
                rows.append(try Row(try library.package(id), library))
            } catch {
                // One package that cannot be read does not hide the others.
                problems.append(error)
            }
        }
        if program.json {
            try StandardOutput.printJSON(Report(packages: rows, errors: problems.map(\.description)))
        } else if rows.isEmpty && problems.isEmpty {
            Console.shared.note("the content library is empty")
        } else {
            try TextTable(
                header: ["ID", "VERSION", "CONTENTS", "FILES", "SIZE"], numeric: [1, 2, 3, 4],
                rows: rows.map {
                    [
                        $0.id.description, $0.version.map(String.init) ?? "-", String($0.contentIds.count),
                        String($0.fileCount), Amounts.bytes($0.size),
                    ]
                }
            ).print()
        }
        for row in rows { for warning in row.warnings { Console.shared.warning(DiagnosticText(warning)) } }
        for problem in problems.dropFirst() { Console.shared.error(problem) }
        if let first = problems.first { throw first }
    }

    private struct Report: Encodable {
        let packages: [Row]
        let errors: [String]
    }

    private struct Row: Encodable {
        let id: PackageID
        let version: Int?
        let contentIds: [ContentID]
        let versions: [Int]
        let fileCount: Int
        let size: Int64
        let warnings: [String]

        init(_ package: LibraryPackage, _ library: ContentLibrary) throws(ContentLibraryError) {
            var (files, sizes, warnings) = (0, [Int64](), [String]())
            for id in package.contentIDs {
                let content = try library.content(id, keepsRefused: true)
                files += content.files.count
                sizes.append(content.byteCount)
                warnings += content.warnings + content.refusals
            }
            id = package.id
            version = package.version
            contentIds = package.contentIDs
            versions = Array(Set(package.listedContentIDs.map(\.version))).sorted()
            (fileCount, size, self.warnings) = (files, ByteTotal.clampedSum(sizes), warnings)
        }
    }
}
