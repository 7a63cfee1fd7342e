// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Why a machine will never report: what firmware, loaders and kernels say before they stop.
enum BootFailure: Equatable {
    /// The firmware found nothing that it would start.
    case nothingToStart
    /// A loader or the firmware refused what is not signed by anybody it trusts, in these words.
    case notTrusted(String)
    /// A loader stopped, with these words.
    case loader(String)
    /// The kernel stopped, with these words.
    case kernel(String)
    /// The kernel stopped with these words because the machine was too slow for it.
    case starved(String)
    /// The program that runs task sequences ended by itself, as the boot image says in these words.
    case engine(String)

    /// The failure as the predicate of a sentence.
    var problem: DiagnosticText {
        switch self {
        case .nothingToStart: "is nothing that the firmware starts"
        case .notTrusted(let words): "is not trusted by the firmware, which has Secure Boot on: \(words)"
        case .loader(let words): "does not start: its loader says '\(words)'"
        case .kernel(let words): "does not start: its kernel says '\(words)'"
        case .starved(let words):
            "was not started: this computer was too busy for the machine, whose kernel says '\(words)'"
        case .engine(let words): "ended without a result: the boot image says '\(words)'"
        }
    }

    /// What to do about it.
    var nextStep: DiagnosticText {
        switch self {
        case .notTrusted: "take loaders that Microsoft has signed, or try it with \(.firmware, "uefi")"
        case .starved: "try it again when less runs on this computer"
        case .engine: "look at what it said before: \(.copyOut, "serial.log=FILE")"
        default: "look at the screen with \(.screenshot), or at all that was said with \(.copyOut, "serial.log=FILE")"
        }
    }
}

/// Recognizes failures in lines, one after the other.
struct BootFailureScan {
    /// OVMF (edk2, BdsDxe and the shell that it starts when there is nothing else), SeaBIOS (src/boot.c).
    private static let nothing = ["BdsDxe: No bootable option", "UEFI Interactive Shell", "No bootable device"]
    /// OVMF of what it did not start; shim of what it did not.
    private static let distrust = [
        "Access Denied", "Security Violation", "Security Policy Violation", "bad shim signature",
    ]
    /// Our boot records (Sources/CBootSectors).
    private static let bootRecords = [
        "This drive has no active partition", "The active partition has no boot record",
        "This BIOS cannot read the drive",
        "The drive could not be read", "BOOTMGR is ", "The file system of this drive",
    ]
    /// GRUB, when nobody is there to go on.
    private static let prompts = ["grub rescue>", "grub>", "Press any key to continue..."]
    private static let panic = "Kernel panic - not syncing"
    /// What /init of the boot image says, to the end of its sentence: a line may be looked at before all of it has come.
    private static let engineEnded = "tsengine ended with status "
    /// What a kernel says when an emulated processor got no time from this computer's.
    private static let starved = "IO-APIC + timer doesn't work"

    private var distrusted: String?
    private var loaderError: String?

    /// The first failure that was recognized.
    private(set) var found: BootFailure?

    /// Looks at a line.
    mutating func look(at text: String) {
        guard found == nil else { return }
        let line = String(text.trimmingTrailing(\.isWhitespace).drop(while: \.isWhitespace)).onOneLine
        if Self.distrust.contains(where: { line.contains($0) }) { distrusted = line }
        if line.hasPrefix("error: ") { loaderError = line }
        if line.contains(Self.panic) {
            found = line.contains(Self.starved) ? .starved(line) : .kernel(line)
        } else if line.contains(Self.engineEnded), line.hasSuffix(".") {
            found = .engine(line)
        } else if let record = Self.bootRecords.lazy.compactMap({ line.firstRange(of: $0) }).first {
            found = .loader(String(line[record.lowerBound...]))
        } else if Self.nothing.contains(where: { line.contains($0) }) {
            found = distrusted.map { .notTrusted($0) } ?? .nothingToStart
        } else if Self.prompts.contains(where: { line.hasPrefix($0) }), line.hasPrefix("grub") || loaderError != nil {
            found = distrusted.map { .notTrusted($0) } ?? .loader(loaderError ?? line)
        } else if line.contains("Verification failed"), line.contains("Violation") {
            found = .notTrusted(line)
        }
    }
}
