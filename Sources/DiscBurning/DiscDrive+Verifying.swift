// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage

extension DiscDrive {
    /// Bytes that are read in one go: what libburn asks of a drive at most.
    private static let stepByteCount = 64 << 10

    /// Reads what was burnt again and holds it against its SHA-256, and against the image to say where it differs.
    ///
    /// - Parameters:
    ///   - image: the open image that was burnt.
    ///   - digest: of what was burnt.
    /// - Throws: ``DiscBurningError`` `.unreadable`, `.mismatch`; `InterruptedError`.
    public func verify(
        _ image: FileDescriptor, byteCount: Int64, digest: SHA256Digest, _ interruption: Interruption,
        _ progress: any ProgressObserver
    ) throws {
        try reopen()
        let meter = ProgressMeter(phase: "verifying", totalByteCount: byteCount, observer: progress)
        defer { meter.finish() }
        let hash = SHA256()
        var difference: Int64?
        var position: Int64 = 0
        var expected = [UInt8](repeating: 0, count: Self.stepByteCount)
        while position < byteCount {
            try interruption.check()
            let count = Int(min(Int64(Self.stepByteCount), byteCount - position))
            guard let bytes = read(at: position, byteCount: count) else {
                throw DiscBurningError(
                    .unreadable, discTitle, "cannot be read from byte \(position) on", nextStep: Self.nextStep)
            }
            bytes.withUnsafeBytes { hash.update($0) }
            if difference == nil {
                let known = try? expected.withUnsafeMutableBytes {
                    try image.read(
                        fromAbsoluteOffset: position, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<count]))
                }
                if bytes[...] != expected.prefix(known ?? 0) {
                    let same = zip(bytes, expected.prefix(known ?? 0)).prefix { $0 == $1 }.count
                    difference = position + Int64(same)
                }
            }
            position += Int64(count)
            meter.advance(by: count)
        }
        guard hash.finalize() == digest else {
            throw DiscBurningError(
                .mismatch, discTitle,
                "does not hold what was burnt\(difference.map { ": it differs from byte \($0) on" } ?? "")",
                nextStep: Self.nextStep)
        }
    }

    private static let nextStep: DiagnosticText = "burn another disc, at a lower \(.speed)"
}
