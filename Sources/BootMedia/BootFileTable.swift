// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import WindowsImaging

/// A place in a boot image where a boot file may lie.
public struct BootFileCandidate: Sendable, Hashable {
    /// The path, where one `*` may stand for any part of one name.
    public let path: String
    /// The only set of loaders it belongs to, or nil when it serves both.
    public let generation: LoaderGeneration?
    /// Whether it asks for a key press, or nil when that does not matter.
    public let promptsForKey: Bool?

    /// A place that serves both sets.
    static func any(_ path: String, promptsForKey: Bool? = nil) -> Self {
        Self(path: path, generation: nil, promptsForKey: promptsForKey)
    }
    /// A place of the 2011 set.
    static func of2011(_ path: String, promptsForKey: Bool? = nil) -> Self {
        Self(path: path, generation: .windows2011, promptsForKey: promptsForKey)
    }
    /// A place of the 2023 set.
    static func of2023(_ path: String, promptsForKey: Bool? = nil) -> Self {
        Self(path: path, generation: .windows2023, promptsForKey: promptsForKey)
    }

    /// Whether the place counts for a set and a prompt.
    func serves(_ generation: LoaderGeneration, promptsForKey: Bool) -> Bool {
        (self.generation ?? generation) == generation && (self.promptsForKey ?? promptsForKey) == promptsForKey
    }
}

/// Where one file of the media (or, with a `*`, one folder of files) comes from.
public struct BootFileRule: Sendable, Hashable {
    /// How much a firmware needs the file.
    public enum Need: String, Sendable, Hashable {
        /// The firmware cannot start from media without it.
        case required
        /// The loader starts, but Windows PE does not: missing is a warning.
        case expected
        /// Missing is not worth a word.
        case optional
        /// The firmware never reads it.
        case unused
    }

    /// The path on the media; a `*` stands for what the `*` of the candidate stood for.
    public let target: String
    /// What BIOS needs.
    public let bios: Need
    /// What UEFI needs.
    public let uefi: Need
    /// Where it may lie, in order of preference.
    public let candidates: [BootFileCandidate]
    /// True when it is a UEFI program, whose architecture must be the image's.
    public var isUEFIProgram = false
    /// True when the 2023 set is only whole with it.
    public var completes2023Set = false

    /// What `firmware` needs.
    func need(of firmware: Firmware) -> Need { firmware == .bios ? bios : uefi }
}

/// Where boot files come from, in which order of preference: docs/boot-files.md is this table in words.
///
/// Sources: media.md section 2, "Boot image (WIM) contents used by a builder" and "Secure Boot 2023".
public enum BootFileTable {
    /// The El Torito image of BIOS.
    public static let biosBootImage = "boot/etfsboot.com"
    /// The El Torito image of UEFI.
    public static let uefiBootImage = "EFI/Microsoft/Boot/efisys.bin"

    /// The rules for an image of `architecture`.
    public static func rules(for architecture: Architecture) -> [BootFileRule] {
        biosRules(architecture) + sharedRules + uefiRules(architecture)
    }

    private static func biosRules(_ architecture: Architecture) -> [BootFileRule] {
        guard architecture.firmware.contains(.bios) else { return [] }
        let client = "sms/bin/\(architecture.clientFolder)"
        return [
            BootFileRule(
                target: "bootmgr", bios: .required, uefi: .unused,
                candidates: [.any("Windows/Boot/PCAT/bootmgr")]),
            BootFileRule(
                target: biosBootImage, bios: .required, uefi: .unused,
                candidates: [.any("\(client)/etfsboot.com"), .any("Windows/Boot/DVD/PCAT/etfsboot.com")]),
            BootFileRule(
                target: "boot/BCD", bios: .required, uefi: .unused,
                candidates: [.any("Windows/Boot/DVD/PCAT/BCD")]),
            // etfsboot.com runs it to ask for a key; without it there is no prompt. The places below Windows are [I].
            BootFileRule(
                target: "boot/bootfix.bin", bios: .optional, uefi: .unused,
                candidates: [
                    .any("\(client)/bootfix.bin", promptsForKey: true),
                    .any("Windows/Boot/DVD/PCAT/bootfix.bin", promptsForKey: true),
                    .any("Windows/Boot/DVD/PCAT/en-US/bootfix.bin", promptsForKey: true),
                    .any("Windows/Boot/DVD/PCAT/*/bootfix.bin", promptsForKey: true),
                ]),
            BootFileRule(
                target: "boot/fonts/*.ttf", bios: .optional, uefi: .unused,
                candidates: [.any("Windows/Boot/Fonts/*.ttf")]),
        ]
    }

    private static var sharedRules: [BootFileRule] {
        [
            // The ramdisk's boot.sdi: both BCDs name \boot\boot.sdi [I].
            BootFileRule(
                target: "boot/boot.sdi", bios: .required, uefi: .expected,
                candidates: [
                    .any("sms/boot/boot.sdi"), .any("Windows/Boot/DVD/PCAT/boot.sdi"),
                    .any("Windows/Boot/DVD/EFI/boot.sdi"),
                ])
        ]
    }

    private static func uefiRules(_ architecture: Architecture) -> [BootFileRule] {
        let client = "sms/bin/\(architecture.clientFolder)"
        return [
            BootFileRule(
                target: architecture.uefiLoaderPath, bios: .unused, uefi: .required,
                candidates: [
                    .of2023("Windows/Boot/EFI_EX/bootmgfw_EX.efi"), .of2011("Windows/Boot/EFI/bootmgfw.efi"),
                ], isUEFIProgram: true, completes2023Set: true),
            BootFileRule(
                target: uefiBootImage, bios: .unused, uefi: .required,
                candidates: [
                    .of2023("Windows/Boot/DVD_EX/EFI/en-US/efisys_EX.bin", promptsForKey: true),
                    .of2023("Windows/Boot/DVD_EX/EFI/*/efisys_EX.bin", promptsForKey: true),
                    .of2023("Windows/Boot/DVD_EX/EFI/en-US/efisys_noprompt_EX.bin", promptsForKey: false),
                    .of2023("Windows/Boot/DVD_EX/EFI/*/efisys_noprompt_EX.bin", promptsForKey: false),
                    .of2011("\(client)/efisys.bin", promptsForKey: true),
                    .of2011("Windows/Boot/DVD/EFI/en-US/efisys.bin", promptsForKey: true),
                    .of2011("Windows/Boot/DVD/EFI/*/efisys.bin", promptsForKey: true),
                    .of2011("Windows/Boot/DVD/EFI/en-US/efisys_noprompt.bin", promptsForKey: false),
                    .of2011("Windows/Boot/DVD/EFI/*/efisys_noprompt.bin", promptsForKey: false),
                ], completes2023Set: true),
            BootFileRule(
                target: "bootmgr.efi", bios: .unused, uefi: .optional,
                candidates: [
                    .of2023("Windows/Boot/EFI_EX/bootmgr_EX.efi"), .of2011("Windows/Boot/EFI/bootmgr.efi"),
                ], isUEFIProgram: true, completes2023Set: true),
            BootFileRule(
                target: "EFI/Microsoft/Boot/BCD", bios: .unused, uefi: .expected,
                candidates: [
                    .any("\(client)/BCD-EFI-\(architecture.bcdWordSize)"), .any("Windows/Boot/DVD/EFI/BCD"),
                ]),
            BootFileRule(
                target: "EFI/Microsoft/Boot/boot.stl", bios: .unused, uefi: .optional,
                candidates: [.any("Windows/Boot/EFI/boot.stl")]),
            // File by file: a font that the 2023 set lacks comes from the plain folder.
            BootFileRule(
                target: "EFI/Microsoft/Boot/fonts/*.ttf", bios: .unused, uefi: .optional,
                candidates: [.of2023("Windows/Boot/Fonts_EX/*_EX.ttf"), .any("Windows/Boot/Fonts/*.ttf")]),
        ]
    }
}
