// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import DiscImage
import DriveImage
import Support

/// Finds the UEFI loaders of media, those inside El Torito images included, and who signed them.
package struct LoaderInspector {
    package let media: any OpenedMedia

    /// More than any genuine loader or boot image for optical media has.
    private static let byteLimit = 64 << 20
    /// More than any media has; files of a hostile image can share their bytes and so be many without costing it.
    private static let countLimit = 32

    /// Every loader: loose files by path, then those inside boot images as `image:path`.
    package func loaders() throws -> [MediaInspection.Loader] {
        var loaders: [MediaInspection.Loader] = []
        let loose = media.files.filter { Self.isLoader($0.path) }.sorted { $0.path < $1.path }
        for file in loose.prefix(Self.countLimit) {
            loaders.append(describe(file.path.description, try media.contents(of: file, limit: Self.byteLimit)))
        }
        for entry in media.firmwareEntries() where entry.firmware == DiscFirmware.uefi.rawValue {
            let image = entry.loader?.description ?? Self.hiddenImage
            guard let volume = try volume(of: entry) else { continue }
            for inner in try volume.entries(.bootImage)
            where !inner.isFolder && inner.shortPath.hasPrefix("EFI/BOOT/") && inner.shortPath.hasSuffix(".EFI") {
                guard loaders.count < Self.countLimit, let contents = try volume.contents(of: inner) else { continue }
                loaders.append(describe("\(image):\(inner.shortPath)", contents))
            }
        }
        return loaders
    }

    /// What the image of a boot entry is called that is no file: those of genuine media often are none.
    static let hiddenImage = "El Torito image"

    private func volume(of entry: FirmwareEntry) throws -> FATVolume? {
        guard let loader = entry.loader else { return try media.bootVolume(entry) }
        guard let file = media.file(loader.description), !Self.isLoader(file.path) else { return nil }
        return try FATVolume(MemorySource(try media.contents(of: file, limit: Self.byteLimit)))
    }

    private static func isLoader(_ path: MediaPath) -> Bool {
        let folded = path.caseFolded
        return folded == "bootmgr.efi" || (folded.hasPrefix("EFI/Boot/") && folded.hasSuffix(".efi"))
    }

    private func describe(_ path: String, _ bytes: [UInt8]) -> MediaInspection.Loader {
        // A damaged signature is as good as none, and is reported as none.
        let signatures = (try? loaderSignatures(of: bytes)) ?? []
        return MediaInspection.Loader(
            path: path, architecture: PortableExecutable(bytes)?.architecture?.rawValue,
            certificate: signatures.first?.certificateAuthority, signer: signatures.first?.signer,
            certificates: signatures.map(\.certificateAuthority))
    }
}
