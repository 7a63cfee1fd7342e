// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Glibc
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
        let buffers = (0..<2).map { _ in
            UnsafeMutableRawPointer.allocate(byteCount: Self.stepByteCount, alignment: 4096)
        }
        defer { for buffer in buffers { buffer.deallocate() } }
        while position < byteCount {
            try interruption.check()
            let count = Int(min(Int64(Self.stepByteCount), byteCount - position))
            let found = UnsafeMutableRawBufferPointer(start: buffers[0], count: count)
            let expected = UnsafeMutableRawBufferPointer(start: buffers[1], count: count)
            guard read(at: position, into: found) else {
                throw DiscBurningError(
                    .unreadable, discTitle, "cannot be read from byte \(position) on", nextStep: nextStep)
            }
            hash.update(UnsafeRawBufferPointer(found))
            if difference == nil {
                let known = (try? image.read(fromAbsoluteOffset: position, into: expected)) ?? 0
                if known < count || memcmp(buffers[0], buffers[1], count) != 0 {
                    difference = position + Int64(zip(found, expected.prefix(known)).prefix { $0 == $1 }.count)
                }
            }
            position += Int64(count)
            meter.advance(by: count)
        }
        guard hash.finalize() == digest else {
            throw DiscBurningError(
                .mismatch, discTitle,
                "does not hold what was burnt\(difference.map { ": it differs from byte \($0) on" } ?? "")",
                nextStep: nextStep)
        }
    }

    private var nextStep: DiagnosticText {
        address.isPseudo ? "look at the file and what it lies on" : "burn another disc, at a lower \(.speed)"
    }
}
