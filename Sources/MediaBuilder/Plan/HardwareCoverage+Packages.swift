// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Cryptography
import DistributionPoints
import DriverPackages
import Identifiers
import Support
import SystemPackage

extension HardwareCoverage {
    /// More INF files than all driver packages of any media have.
    private static let fileLimit = 20_000
    /// Warnings about single files; more are counted.
    private static let warningLimit = 10

    /// Looks into the INF files of `packages`, of which many hold none.
    ///
    /// The drivers are for the system that is installed, whose version is not known: those for any version count. On a
    /// computer that an x86 boot image starts, that system may be for x64.
    ///
    /// - Returns: what could not be read, a line each.
    mutating func add(_ packages: [PackageID], in environment: BuildEnvironment) throws -> [DiagnosticText] {
        let architectures: [Architecture] = system.architecture == .x86 ? [.x86, .x64] : [system.architecture]
        let matchers = architectures.map { DeviceMatcher(list.devices, on: TargetSystem($0)) }
        var warnings: [DiagnosticText] = []
        var fileCount = 0
        let suffix: CaseFoldedName = ".inf"
        var seen: Set<PackageID> = []
        for id in packages where seen.insert(id).inserted {
            let found = try environment.locate(id, neededBy: "the request, for its drivers")
            var holdsDrivers = false
            for contentID in found.package.contentIDs {
                let located = try found.content(contentID)
                for file in located.content.files
                where file.path.description.caseFolded.hasSuffix(suffix) {
                    try environment.interruption.check()
                    fileCount += 1
                    guard fileCount <= Self.fileLimit else {
                        warnings.append(
                            "the packages have more than \(Self.fileLimit) INF files; the rest of them is not looked at"
                        )
                        return warnings
                    }
                    do {
                        guard let driver = try Self.driver(file, of: contentID, on: located.point) else { continue }
                        holdsDrivers = true
                        add(driver, file.path, of: id, matchers)
                    } catch let error as any DiagnosticError where error.failureClass != .interrupted {
                        if warnings.count < Self.warningLimit { warnings.append(error.text) }
                    }
                }
            }
            if holdsDrivers { noteLookedInto(id) }
        }
        return warnings
    }

    /// What the INF file `file` says; nil for a file that is none of Windows, such as an autorun.inf.
    private static func driver(
        _ file: ContentFile, of content: ContentID, on point: DistributionPointSession
    ) throws -> DriverFile? {
        guard file.byteCount <= Int64(DriverFile.byteCountLimit) else { return nil }
        let fetched = try point.fetch(file.file, of: content)
        let bytes = try FileError.wrap("read", fetched.path) {
            let descriptor = try InputFile.open(fetched.path, options: [.noFollow])
            return try descriptor.closeAfter {
                try SmallFile.read(descriptor, limit: DriverFile.byteCountLimit)
            }
        }
        guard SHA256.digest(of: bytes) == file.sha256 else {
            throw MediaBuilderError(
                .badContent, "file \(file.path) of \(content)", "is damaged: its SHA-256 is another",
                nextStep: "distribute the content again")
        }
        return DriverFile(bytes)
    }
}
