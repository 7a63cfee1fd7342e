// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import WindowsImaging

/// The two sets of UEFI loaders that an image may have, by the year of the authority that signed them.
public enum LoaderGeneration: String, Sendable, Hashable, Codable, CaseIterable {
    /// The set that every image has: Windows\Boot\EFI.
    case windows2011 = "2011"
    /// The set signed by "Windows UEFI CA 2023": Windows\Boot\EFI_EX.
    case windows2023 = "2023"
    /// 2023 when the image has all of it, else 2011.
    case automatic = "auto"
}

/// The two kinds of PC firmware.
public enum Firmware: String, Sendable, Hashable, Codable, CaseIterable {
    /// The BIOS of x86 and x64 machines.
    case bios
    /// UEFI.
    case uefi

    /// The name in messages.
    var title: String { rawValue.uppercased() }
}

extension Architecture {
    /// The firmware that machines of this architecture have (media.md section 2: arm64 has no BIOS files).
    public var firmware: [Firmware] { self == .arm64 ? [.uefi] : [.bios, .uefi] }
}

/// What is wanted of the boot files.
public struct BootFileOptions: Sendable, Hashable {
    /// True to wait for a key press before starting from a disc, as genuine media does.
    public var promptsForKey: Bool
    /// The set of UEFI loaders.
    public var generation: LoaderGeneration

    /// Asks for the prompt and the automatic set unless told otherwise.
    public init(promptsForKey: Bool = true, generation: LoaderGeneration = .automatic) {
        self.promptsForKey = promptsForKey
        self.generation = generation
    }
}

/// A file that makes media start.
public struct BootFile: Sendable, Hashable {
    /// Where it lies on the media.
    public let path: MediaPath
    /// What is in it.
    public let contents: [UInt8]
    /// Where in the boot image it comes from.
    public let origin: String
    /// When it was last written there.
    public let modified: Timestamp
}

/// Everything that media made from one boot image needs to start, but the image itself.
public struct BootFileSet: Sendable, Hashable {
    /// The architecture of the boot image.
    public let architecture: Architecture
    /// The files, ordered by path.
    public let files: [BootFile]
    /// The file among ``files`` that the BIOS entry of an El Torito catalog points to; nil when BIOS cannot start.
    public let biosBootImagePath: MediaPath?
    /// The file among ``files`` that the UEFI entry of an El Torito catalog points to; nil when UEFI cannot start.
    public let uefiBootImagePath: MediaPath?
    /// The set of UEFI loaders that was taken, never `.automatic`; nil when UEFI cannot start.
    public let generation: LoaderGeneration?
    /// Whether the image is an open one, whose task sequences tsengine runs.
    public let isOpen: Bool
    /// What the user should know, a line each.
    public let warnings: [DiagnosticText]
}

extension Architecture {
    /// The loader that UEFI starts from removable media (UEFI 2.10, 3.5.1.1 "Removable Media Boot Behavior"), in the
    /// spelling of Windows' own media.
    public var uefiLoaderPath: String {
        switch self {
        case .x86: "EFI/Boot/bootia32.efi"
        case .x64: "EFI/Boot/bootx64.efi"
        case .arm64: "EFI/Boot/bootaa64.efi"
        }
    }

    /// The folder below `sms\bin` (media.md section 2).
    var clientFolder: String { self == .x86 ? "i386" : rawValue }

    /// The word size in the name of the injected BCD: BCD-EFI-64 or BCD-EFI-32 (media.md section 2).
    var bcdWordSize: String { self == .x86 ? "32" : "64" }
}
