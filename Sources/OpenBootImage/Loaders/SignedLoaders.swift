// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia

/// The loaders for UEFI, signed as they come from Debian.
struct SignedLoaders {
    private static let shimPath = "lib/shim/shimx64.efi.signed"
    /// GRUB for discs and drives: it looks for its configuration in `/boot/grub` of what it started from.
    private static let grubPath = "lib/grub/x86_64-efi-signed/gcdx64.efi.signed"
    static let paths: Set<String> = [shimPath, grubPath]

    /// What UEFI starts.
    let shim: [UInt8]
    /// What shim starts, by the name `grubx64.efi` beside it.
    let grub: [UInt8]

    init(of tree: PackageTree) throws(OpenBootImageError) {
        guard let shim = tree.file(Self.shimPath), let grub = tree.file(Self.grubPath) else {
            throw OpenBootImageError(
                .missingPackage, "a signed loader", "is in none of the packages", nextStep: "fetch the packages anew")
        }
        (self.shim, self.grub) = (shim.bytes, grub.bytes)
    }

    /// What both state about themselves, under the names that they have on media.
    func securityLevels(shim shimName: String, grub grubName: String) -> [OpenBootImageFacts.SecurityLevel] {
        [(shimName, shim), (grubName, grub)].flatMap { name, program in
            SecurityLevels.levels(of: program).map {
                OpenBootImageFacts.SecurityLevel(loader: name, component: $0.component, generation: $0.generation)
            }
        }
    }
}
