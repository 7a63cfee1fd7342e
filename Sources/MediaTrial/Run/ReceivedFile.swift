// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage
import TrialChannel

/// A file that comes through the channel in pieces, and appears when all of it is there and is what was said of it.
final class ReceivedFile {
    /// The file that was asked for.
    let copy: TrialRequest.Copy
    private let replacesExisting: Bool
    private var output: PendingOutput?
    private var announced: (byteCount: Int64, sha256: SHA256Digest)?
    /// How many bytes have come.
    private(set) var byteCount: Int64 = 0
    private let hasher = SHA256()

    /// Nothing of `copy` has come yet.
    init(_ copy: TrialRequest.Copy, replacesExisting: Bool) {
        self.copy = copy
        self.replacesExisting = replacesExisting
    }

    /// Takes what the program says of the file.
    ///
    /// - Returns: the file once it is whole and has its name.
    /// - Throws: ``MediaTrialError`` `.notCopied`; `OutputError`; `FileError`.
    func take(_ report: EngineReport) throws -> TrialResult.File? {
        switch report {
        case .file(let name, let byteCount, let sha256) where name.isExactly(copy.name):
            guard announced == nil, let digest = SHA256Digest(hexadecimal: sha256) else { throw broken }
            announced = (byteCount, digest)
            output = try PendingOutput(copy.path, kind: .file, replacesExisting: replacesExisting)
            return try finishIfWhole()
        case .piece(let name, let base64) where name.isExactly(copy.name):
            guard let output, let announced, let bytes = Base64.decode(base64),
                Int64(bytes.count) <= announced.byteCount - byteCount
            else { throw broken }
            try FileError.wrap("written", copy.path) { _ = try output.descriptor.writeAll(bytes) }
            hasher.update(bytes)
            byteCount += Int64(bytes.count)
            return try finishIfWhole()
        case .unavailable(let name, let reason) where name.isExactly(copy.name):
            throw MediaTrialError(
                .notCopied, "file \(copy.name) of the machine", "cannot be had: \(reason.onOneLine)",
                nextStep: "check its name")
        default: return nil
        }
    }

    private func finishIfWhole() throws -> TrialResult.File? {
        guard let output, let announced, byteCount == announced.byteCount else { return nil }
        guard hasher.finalize() == announced.sha256 else { throw broken }
        try output.publish()
        return TrialResult.File(name: copy.name, path: copy.path, byteCount: byteCount, sha256: announced.sha256)
    }

    private var broken: MediaTrialError {
        MediaTrialError(
            .notCopied, "file \(copy.name) of the machine", "did not come whole", nextStep: "try again")
    }
}
