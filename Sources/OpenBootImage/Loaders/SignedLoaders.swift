// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia

/// The loaders for UEFI, signed as they come from Debian.
struct SignedLoaders {
    /// What UEFI starts.
    let shim: [UInt8]
    /// What shim starts, by its name beside it.
    let grub: [UInt8]

    init(of tree: PackageTree, for debian: DebianArchitecture) throws(OpenBootImageError) {
        guard let shim = tree.file(debian.loaderPaths.shim), let grub = tree.file(debian.loaderPaths.grub) else {
            throw OpenBootImageError(
                .missingPackage, "a signed loader", "is in none of the packages", nextStep: "fetch the packages anew")
        }
        (self.shim, self.grub) = (shim.bytes, grub.bytes)
    }

    /// What both state about themselves, under the names that they have on media.
    func securityLevels(shim shimName: String, grub grubName: String) -> [OpenBootImageFacts.SecurityLevel] {
        [(shimName, shim), (grubName, grub)].flatMap { name, program in
            SecurityLevel.levels(of: program).map {
                OpenBootImageFacts.SecurityLevel(loader: name, component: $0.component, generation: $0.generation)
            }
        }
    }
}
