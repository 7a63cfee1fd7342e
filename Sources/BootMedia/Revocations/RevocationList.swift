// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage

/// What firmware refuses to start, from files as the UEFI forum publishes them.
public struct RevocationList: Sendable {
    private let revocations: [any Revocation]
    /// What of the files is not known, a line each.
    public let warnings: [DiagnosticText]

    /// The number of programs, certificates and components on it.
    public var count: Int { revocations.reduce(0) { $0 + $1.count } }

    /// A file is read whole; those of the UEFI forum have 25 KiB.
    public static let fileByteCountLimit = 8 << 20

    private static let forms: [any RevocationListForm.Type] = [
        SecurityLevelList.self, AuthenticatedVariable.self, BareSignatureLists.self, VariableFile.self,
    ]

    /// Reads all of the files at `paths`.
    ///
    /// - Throws: ``BootMediaError`` `.damagedRevocationList`; `FileError`.
    public init(files paths: [FilePath]) throws {
        try self.init(paths.map { (name: $0.string, bytes: try SmallFile.read($0, limit: Self.fileByteCountLimit)) })
    }

    /// Reads files that were read.
    ///
    /// - Throws: ``BootMediaError`` `.damagedRevocationList`.
    public init(_ files: [(name: String, bytes: [UInt8])]) throws(BootMediaError) {
        var (revocations, warnings): ([any Revocation], [DiagnosticText]) = ([], [])
        for file in files {
            guard let found = Self.forms.lazy.compactMap({ $0.read(file.bytes) }).first else {
                throw BootMediaError(
                    .damagedRevocationList, "list of revoked loaders \(file.name)",
                    "is none: it is neither signature lists of UEFI nor lines of SBAT",
                    nextStep: "get dbxupdate_x64.bin of the UEFI forum again, or the variable dbx of a computer")
            }
            revocations += found.revocations
            warnings += Set(found.unknownTypes).sorted().map {
                "\(file.name) has a list of type \($0), which is not known and revokes nothing here"
            }
        }
        self.revocations = revocations
        self.warnings = warnings
    }

    /// Why `loader` is refused; empty when it is not.
    func reasons(for loader: LoaderEvidence, provenBy others: [Certificate]) -> [String] {
        revocations.flatMap { $0.reasons(for: loader, provenBy: others) }
    }
}
