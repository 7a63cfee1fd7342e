// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ContentLibrary
import Identifiers
import Support

/// `tsmedia content verify`.
struct ContentVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "verify",
        abstract: "Hashes every file of a content library again, all versions.",
        discussion: """
            Ends with 65 when a file is not what its hash says, or when the content hash and FileLib's lists of users both \
            say that a content is not whole, and with 66 when a file is missing. Where these two disagree it warns.
            """,
        required: "--library",
        examples: [
            #"tsmedia content verify --library /srv/SCCMContentLib"#,
            #"tsmedia content verify ABC00011 --library /srv/SCCMContentLib"#,
        ])

    @Argument(help: ArgumentHelp("The packages; all by default.", valueName: "id"))
    var packageIDs: [PackageID] = []

    @OptionGroup var options: LibraryOptions
    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("content verify")
        let library = try options.open()
        let ids = packageIDs.isEmpty ? try library.packageIDs() : packageIDs
        let packages = try ContentVerification(
            of: library, progress: Console.shared, interruption: Signals.interruption
        ).run(ids)
        let failures = packages.flatMap { package in package.failures.map { (package: package.id, failure: $0) } }
        let strays = packageIDs.isEmpty ? strays(of: library) : []
        for warning in packages.flatMap(\.warnings) + strays { Console.shared.warning(DiagnosticText(warning)) }
        if program.json {
            try StandardOutput.printJSON(Report(packages: packages.map(PackageReport.init), warnings: strays))
        } else {
            try TextTable(
                header: ["ID", "CONTENTS", "FILES", "SIZE", "RESULT"], numeric: [1, 2, 3],
                rows: packages.map { package in
                    [
                        package.id.description, String(package.contents.count),
                        String(package.contents.reduce(0) { $0 + $1.files.count }),
                        Amounts.bytes(ByteTotal.clampedSum(package.contents.lazy.map(\.byteCount))),
                        package.failures.isEmpty ? "ok" : "\(package.failures.count) failed",
                    ]
                }
            ).print()
        }
        // The worst failure is the one thrown, for its exit code; the others are told before it.
        guard let worst = failures.min(by: { rank($0.failure.error) < rank($1.failure.error) }) else { return }
        var isTold = false
        for (package, failure) in failures {
            if !isTold, failure.error.text == worst.failure.error.text, package == worst.package {
                isTold = true
            } else {
                Console.shared.error("package \(package): \(failure.error)")
            }
        }
        throw PackageFailure(package: worst.package, error: worst.failure.error)
    }

    /// Contents that no package lists; a package that cannot be read, and is told as a failure, may be the one.
    private func strays(of library: ContentLibrary) -> [String] { (try? library.strayContents()) ?? [] }

    private func rank(_ error: ContentLibraryError) -> Int {
        [.malformed, .io, .notFound].firstIndex(of: error.failureClass) ?? 3
    }

    private struct Report: Encodable {
        let packages: [PackageReport]
        /// What is odd about the library as a whole.
        let warnings: [String]
    }

    private struct PackageReport: Encodable {
        let id: PackageID
        let contentIds: [ContentID]
        let fileCount: Int
        let size: Int64
        let failures: [FailureReport]
        let warnings: [String]

        init(_ package: VerifiedPackage) {
            id = package.id
            contentIds = package.contents.map(\.id)
            fileCount = package.contents.reduce(0) { $0 + $1.files.count }
            size = ByteTotal.clampedSum(package.contents.lazy.map(\.byteCount))
            failures = package.failures.map(FailureReport.init)
            warnings = package.warnings
        }
    }

    private struct FailureReport: Encodable {
        let contentId: ContentID?
        let path: MediaPath?
        let error: String

        init(_ failure: VerificationFailure) {
            contentId = failure.content
            path = failure.file
            error = ExitStatus.message(of: failure.error)
        }
    }
}

/// A failure in a package, named even where the failure itself only knows the content.
private struct PackageFailure: DiagnosticError {
    let package: PackageID
    let error: ContentLibraryError

    var failureClass: FailureClass { error.failureClass }
    var object: DiagnosticText {
        error.object.description.contains(package.description) ? error.object : "package \(package): \(error.object)"
    }
    var problem: DiagnosticText { error.problem }
    var nextStep: DiagnosticText? { error.nextStep }
}
