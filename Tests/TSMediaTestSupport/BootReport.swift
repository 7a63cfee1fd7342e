// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What the stand-in loaders of a medium said on the serial port.
public struct BootReport: Sendable {
    /// A loader that was started.
    public struct Loader: Sendable, Equatable {
        /// Which one: `etfsboot`, `bootmgr`, `efisys`, `efisys_noprompt`, `bootmgfw`.
        public let name: String
        /// `2011` or `2023`; nil for BIOS loaders.
        public let generation: String?
        /// GRUB's name of the processor: `x86_64` or `i386`; nil for BIOS loaders.
        public let processor: String?

        /// Describes a loader.
        public init(name: String, generation: String? = nil, processor: String? = nil) {
            self.name = name
            self.generation = generation
            self.processor = processor
        }
    }

    /// The firmware that booted.
    public let firmware: String
    /// The lines of the report, in order.
    public private(set) var lines: [String] = []
    /// The loaders that were started, in order.
    public private(set) var loaders: [Loader] = []
    /// The SHA-256 of `sources\boot.wim` as the last loader read it from the medium.
    public private(set) var bootImageDigest: SHA256Digest?
    /// True once the last line of a report has come, of success or failure.
    private(set) var isComplete = false
    private var failure: String?
    private var serialLines: [String] = []

    /// A report that has no line yet.
    init(firmware: String) { self.firmware = firmware }

    /// What OVMF says when nothing on the medium could be started.
    private static let nothingToBoot = ["BdsDxe: No bootable option", "UEFI Interactive Shell"]

    /// What our own boot sectors say before they stop (Sources/CBootSectors).
    private static let bootSectorMessages = [
        "This drive has no active partition", "The active partition has no boot record",
        "This BIOS cannot read the drive",
        "The drive could not be read", "BOOTMGR is", "The file system of this drive",
    ]

    /// Takes a line of the serial port, of a loader or of the firmware itself.
    mutating func take(_ raw: String) {
        let line = raw.withoutTerminalControl
        guard !line.isEmpty else { return }
        serialLines.append(line)
        if Self.nothingToBoot.contains(where: { line.contains($0) }) {
            failure = "the firmware found nothing to boot"
            isComplete = true
        }
        if let message = Self.bootSectorMessages.lazy.compactMap({ line.firstRange(of: $0) }).first {
            failure = String(line[message.lowerBound...])
            isComplete = true
        }
        guard line.hasPrefix("TSMEDIA-") else { return }
        lines.append(line)
        let words = line.split(separator: " ").map(String.init)
        func value(after key: String) -> String? {
            words.firstIndex(of: key).flatMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil }
        }
        switch words[0] {
        case "TSMEDIA-END": isComplete = true
        case "TSMEDIA-FAIL":
            failure = words.dropFirst().joined(separator: " ")
            isComplete = true
        default:
            if let name = value(after: "loader") {
                loaders.append(
                    Loader(name: name, generation: value(after: "generation"), processor: value(after: "cpu")))
            }
            if let digest = value(after: "sha256") { bootImageDigest = SHA256Digest(hexadecimal: digest) }
        }
    }

    /// The report, or why it is none.
    func checked(errors: String, deadlinePassed: Bool) throws(FirmwareError) -> BootReport {
        if isComplete, failure == nil { return self }
        let reason =
            failure
            ?? (deadlinePassed ? "the deadline passed without a report" : "the machine ended without a report")
        throw FirmwareError(
            firmware: firmware, reason: reason, report: lines, lastSerialLines: serialLines.suffix(30), errors: errors)
    }
}

/// Why a medium did not boot.
public struct FirmwareError: Error, CustomStringConvertible {
    /// The firmware.
    public let firmware: String
    /// What failed; the text of `TSMEDIA-FAIL` when a loader said so.
    public let reason: String
    /// The lines of the report so far.
    public let report: [String]
    /// The last lines on the serial port.
    public let lastSerialLines: [String]
    /// What QEMU itself complained of.
    public let errors: String

    /// Everything that helps to find the reason.
    public var description: String {
        "\(firmware): \(reason)\nserial port:\n" + lastSerialLines.map { "    \($0)\n" }.joined()
            + (errors.isEmpty ? "" : "QEMU: \(errors)")
    }
}

extension String {
    /// The text without the escape sequences that firmware sends to a terminal (ECMA-48 5.4), and without controls.
    var withoutTerminalControl: String {
        var text = ""
        var isInSequence = false
        for scalar in unicodeScalars {
            if isInSequence {
                // A final byte ends the sequence; "[" opens it.
                isInSequence = scalar == "[" || !(0x40...0x7E).contains(scalar.value)
            } else if scalar == "\u{1B}" {
                isInSequence = true
            } else if scalar.value >= 0x20, scalar.value != 0x7F {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
