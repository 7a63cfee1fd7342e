// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support

/// Which set of Microsoft's loaders is copied.
public enum LoaderSet: String, Sendable, CaseIterable {
    /// Signed by "Microsoft Windows Production PCA 2011": `Windows\Boot\EFI`.
    case windows2011 = "2011"
    /// Signed by "Windows UEFI CA 2023": `Windows\Boot\EFI_EX`.
    case windows2023 = "2023"
}

/// Why an applied Windows cannot be started.
public struct LoaderError: DiagnosticError, Equatable {
    /// The image.
    public let object: DiagnosticText
    /// What it lacks.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?
    /// The image is not what it should be.
    public var failureClass: FailureClass { .malformed }
}

/// Which files of an applied Windows go where, so that firmware starts it: loaders, their messages, fonts and resources.
///
/// The list is that of bcdboot, as its copies on installed systems show it (docs/applied-windows.md).
public struct LoaderPlan: Sendable, Equatable {
    /// A file that is copied.
    public struct Copy: Sendable, Equatable {
        /// Its path on the volume of Windows.
        public let source: MediaPath
        /// Its path on the partition that firmware starts.
        public let target: MediaPath
    }

    /// The files, by their targets.
    public let copies: [Copy]
    /// The set of the loaders; nil for a BIOS, which has one.
    public let set: LoaderSet?

    /// Chooses from `files`, which are all below `Windows\Boot` of an applied volume, as they are spelt there.
    ///
    /// - Parameter preferred: the set that is taken where the image has it; the other one where not.
    /// - Throws: ``LoaderError`` when the loader is missing.
    public init(
        _ files: [MediaPath], firmware: SystemFirmware, architecture: Architecture = .x64, preferred: LoaderSet? = nil
    ) throws {
        let source = LoaderSource(files)
        switch firmware {
        case .bios:
            guard source["PCAT/bootmgr"] != nil else { throw Self.missing("PCAT\\bootmgr") }
            set = nil
            copies = try Self.sorted(
                source.copies(of: ["bootmgr", "bootnxt"], in: "PCAT", to: "")
                    + source.copies(of: ["memtest.exe"], in: "PCAT", to: "Boot") + source.messages("PCAT", to: "Boot")
                    + source.tree("Fonts", to: "Boot/Fonts") + source.tree("Resources", to: "Boot/Resources"))
        case .uefi:
            let has2023 = source["EFI_EX/bootmgfw_EX.efi"] != nil
            let has2011 = source["EFI/bootmgfw.efi"] != nil
            guard has2011 || has2023 else { throw Self.missing("EFI\\bootmgfw.efi") }
            let set: LoaderSet = has2023 && (preferred == .windows2023 || !has2011) ? .windows2023 : .windows2011
            self.set = set
            copies = try Self.sorted(Self.uefi(source, set, architecture))
        }
    }

    private static let managerFolder = "EFI/Microsoft/Boot"

    private static func uefi(
        _ source: LoaderSource, _ set: LoaderSet, _ architecture: Architecture
    ) throws -> [Copy] {
        let fallback = "EFI/Boot/\(architecture.fallbackLoader)"
        var copies =
            try source.copies(
                of: ["bootmgfw.efi", "bootmgr.efi", "memtest.efi", "boot.stl"], in: "EFI", to: managerFolder)
            + source.messages("EFI", to: managerFolder) + source.tree("Fonts", to: "\(managerFolder)/Fonts")
            + source.tree("Resources", to: "\(managerFolder)/Resources")
        if let loader = source["EFI/bootmgfw.efi"] {
            copies.append(Copy(source: loader, target: try MediaPath(fallback)))
        }
        guard set == .windows2023 else { return copies }
        // File by file, what the newer set has stands for what the older one has: bootmgfw_EX.efi for bootmgfw.efi.
        copies +=
            try source.renamed("EFI_EX", to: managerFolder) + source.renamed("Fonts_EX", to: "\(managerFolder)/Fonts")
        if let loader = source["EFI_EX/bootmgfw_EX.efi"] {
            copies.append(Copy(source: loader, target: try MediaPath(fallback)))
        }
        return copies
    }

    /// By target; of several for one target the last counts.
    private static func sorted(_ copies: [Copy]) -> [Copy] {
        var chosen: [CaseFoldedName: Copy] = [:]
        for copy in copies { chosen[copy.target.caseFolded] = copy }
        return chosen.values.sorted { $0.target < $1.target }
    }

    private static func missing(_ name: String) -> LoaderError {
        LoaderError(
            object: "the applied image", problem: "has no Windows\\Boot\\\(name), with which Windows is started",
            nextStep: "apply an image of an installed Windows for this computer's firmware and processor")
    }
}

extension Architecture {
    /// The name of the program that UEFI starts from a medium without entries (UEFI 2.10, 3.5.1.1).
    var fallbackLoader: String {
        switch self {
        case .x86: "bootia32.efi"
        case .x64: "bootx64.efi"
        case .arm64: "bootaa64.efi"
        }
    }
}
