// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers

/// What differs between the computers that Debian has signed loaders for: names of packages, of files in them, and of what
/// firmware starts.
struct DebianArchitecture: Sendable {
    /// The processor.
    let architecture: Architecture
    /// What apt calls it.
    let name: String
    /// Packages with the loader that is signed under Microsoft's authorities for others, and with the GRUB that it starts.
    let loaderPackages: [String]
    /// The package with GRUB's modules for a BIOS; nil where there is no BIOS.
    let biosModulesPackage: String?
    /// The loaders in their packages; GRUB is the one for discs and drives, which looks for its configuration in `/boot/grub`
    /// of what it started from.
    let loaderPaths: (shim: String, grub: String)
    /// How the names of loaders on media end (UEFI 2.10, 3.5.1.1 "Removable Media Boot Behavior").
    let loaderSuffix: String
    /// Where Debian keeps its libraries, without `usr/` (its policy, 9.1.1: the names of multiarch).
    let libraryFolder: String
    /// The program that loads the others: its path stands in every program (the processor's supplement to the System V ABI).
    let programLoader: String
    /// The processor's number in programs (ELF, e_machine).
    let machineNumber: UInt16
    /// The first serial port.
    let serialPort: String
    /// The package that depends on the newest kernel.
    let newestKernel: String

    /// PCs.
    static let x64 = DebianArchitecture(
        architecture: .x64, name: "amd64", loaderPackages: ["shim-signed", "grub-efi-amd64-signed"],
        biosModulesPackage: "grub-pc-bin",
        loaderPaths: ("lib/shim/shimx64.efi.signed", "lib/grub/x86_64-efi-signed/gcdx64.efi.signed"),
        loaderSuffix: "x64", libraryFolder: "lib/x86_64-linux-gnu", programLoader: "lib64/ld-linux-x86-64.so.2",
        machineNumber: 62, serialPort: "ttyS0", newestKernel: "linux-image-amd64")
    /// Computers with a processor of ARM.
    static let arm64 = DebianArchitecture(
        architecture: .arm64, name: "arm64", loaderPackages: ["shim-signed", "grub-efi-arm64-signed"],
        biosModulesPackage: nil,
        loaderPaths: ("lib/shim/shimaa64.efi.signed", "lib/grub/arm64-efi-signed/gcdaa64.efi.signed"),
        loaderSuffix: "aa64", libraryFolder: "lib/aarch64-linux-gnu", programLoader: "lib/ld-linux-aarch64.so.1",
        machineNumber: 183, serialPort: "ttyAMA0", newestKernel: "linux-image-arm64")

    /// That of this computer, whose programs can be run here; nil for one that none of these is.
    static var ofThisComputer: DebianArchitecture? {
        #if arch(x86_64)
            return x64
        #elseif arch(arm64)
            return arm64
        #else
            return nil
        #endif
    }

    /// Those that boot images are made for.
    static let all = [x64, arm64]

    /// The one for `architecture`.
    ///
    /// - Throws: ``OpenBootImageError`` `.unsupportedHost` for one that Debian signs no loaders for.
    static func of(_ architecture: Architecture) throws(OpenBootImageError) -> DebianArchitecture {
        guard let found = all.first(where: { $0.architecture == architecture }) else {
            throw OpenBootImageError(
                .unsupportedHost, "\(.bootImageArchitecture, architecture.rawValue)",
                "is none that Debian has signed loaders for", nextStep: "choose x64 or arm64")
        }
        return found
    }

    /// Whether a path of a package is that of a loader.
    func isLoader(_ path: String) -> Bool { path == loaderPaths.shim || path == loaderPaths.grub }

    /// The name of the file of ``programLoader``.
    var programLoaderName: String { programLoader.split(separator: "/").last.map(String.init) ?? "" }

    /// Where media has what shim starts.
    var grubPath: String { "EFI/Boot/grub\(loaderSuffix).efi" }
}
