// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import Provenance
import Support
import SystemPackage

/// The outputs of a run as a statement has them: files, and the manifests of volumes.
public struct StatedOutputs: Sendable {
    /// The file with the statement.
    public let path: FilePath
    /// Whether a signature of it was checked.
    public let isSigned: Bool
    private let digests: Set<SHA256Digest>

    /// A statement of very many volumes and parts is no longer.
    private static let byteLimit = 64 << 20

    /// Reads the statement at `path`: bare, or in an envelope with signatures.
    ///
    /// - Parameter key: who must have signed it; nil for anybody.
    /// - Throws: ``MediaFormatError`` `.verificationFailed` when it is not signed by `key`; `.notMedia` for what is no
    ///   statement; errors of reading.
    public init(_ path: FilePath, key: VerificationKey?) throws {
        let bytes = try SmallFile.read(path, limit: Self.byteLimit)
        let envelope = SignedEnvelope(bytes)
        if let key {
            guard let envelope else {
                throw MediaFormatError(
                    .verificationFailed, "\(path)", "is not signed",
                    nextStep: "get the statement that was signed, or leave out \(.verificationKey)")
            }
            guard envelope.isSigned(by: key) else {
                let stated = envelope.signatures.compactMap(\.keyID).first
                throw MediaFormatError(
                    .verificationFailed, "\(path)",
                    "is not signed by this key"
                        + (stated.map { ", but, as it says, by \($0.onOneLine)" } ?? ""),
                    nextStep: "get it from whoever made the media, or name the key that is theirs")
            }
        }
        guard envelope.map({ $0.payloadType == SignedEnvelope.inTotoType }) ?? true,
            let statement = StatementSubjects(envelope?.payload ?? bytes),
            statement.predicateType == BuildProvenance.predicateType
        else {
            throw MediaFormatError(
                .notMedia, "\(path)", "is no statement of how media was made",
                nextStep: "name the file that create wrote for \(.provenance)")
        }
        self.path = path
        isSigned = key != nil
        digests = Set(statement.subjects.compactMap(\.sha256))
    }

    /// Why the media at `path`, whose manifest has the SHA-256 `manifest`, is none of the outputs; nil when it is one.
    ///
    /// A file must be one of them byte for byte; of a drive and of a folder the manifest tells what is on it.
    ///
    /// - Throws: `FileError`; `InterruptedError`.
    func problem(
        of path: FilePath, manifest: SHA256Digest, interruption: Interruption, progress: any ProgressObserver
    ) throws -> String? {
        guard digests.contains(manifest) else { return "is none of the outputs that \(self.path) states" }
        guard try FileError.wrap("opened", path, { try Stat(path) }).type == .regular else { return nil }
        let hasher = FileHasher(interruption: interruption, progress: progress, phase: "hashing")
        guard try !digests.contains(hasher.hash(path).sha256) else { return nil }
        return "has the manifest of an output that \(self.path) states, and other bytes"
    }
}
