// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import SystemPackage
import WindowsImaging

/// A boot image: Windows PE in a WIM, as it comes or with the files that Configuration Manager injects.
public final class BootImage {
    /// A loader or font larger than this is refused; genuine ones have a few MiB.
    public static let fileByteCountLimit = 64 << 20
    /// All boot files together are refused above this: they are held in memory.
    public static let totalByteCountLimit = 96 << 20
    /// More boot files than this are refused; a genuine image has about 40.
    static let fileCountLimit = 512

    /// The archive that holds the image.
    public let image: WindowsImage
    /// Where the archive is.
    public var path: FilePath { image.path }
    /// The number of the image in the archive, from 1.
    public let imageIndex: Int
    /// What the archive says about the image.
    public let properties: ImageProperties
    /// The architecture, from the archive or, when that says nothing, from the image's loader.
    public let architecture: Architecture
    /// The name of the image; may be empty.
    public var name: String { properties.name }
    /// The Windows version, as `10.0.26100.1`, or nil when the image does not say.
    public var version: String? { properties.version }

    /// Opens the boot image in the archive at `path`: image `imageIndex`, else the one marked for booting, else the first.
    ///
    /// The archive's integrity table is checked, when it has one: it covers what no hash of a single file does.
    ///
    /// - Parameter title: what the image is called in messages; its path when nil.
    /// - Throws: ``BootMediaError``: `.unreadableImage` with what libwim found, `.unreadableFormat` when no boot manager
    ///   reads such a WIM, `.noImage`, `.unknownArchitecture`.
    public init(
        path: FilePath, imageIndex: Int? = nil, title: String? = nil, interruption: Interruption? = nil,
        progress: any ProgressObserver = SilentProgress()
    ) throws(BootMediaError) {
        let image = try BootMediaError.reading { () throws(WindowsImagingError) in try WindowsImage(path: path) }
        try BootImageFormat(image.header).check("boot image \(path)")
        try BootMediaError.reading { () throws(WindowsImagingError) in
            try image.verifyIntegrity(interruption: interruption, progress: progress)
        }
        guard image.imageCount > 0 else {
            throw BootMediaError(.noImage, "\(path)", "holds no image", nextStep: "name a boot image")
        }
        let marked = (1...image.imageCount).contains(image.bootIndex) ? image.bootIndex : 1
        let index = imageIndex ?? marked
        let properties = try BootMediaError.reading { () throws(WindowsImagingError) in
            try image.properties(ofImage: index)
        }
        var found = properties.architecture
        if found == nil { found = try Self.loaderArchitecture(image, index) }
        guard let found else {
            throw BootMediaError(
                .unknownArchitecture, "image \(index) of \(path)", "does not say which architecture it is for",
                nextStep: "use a Windows PE image")
        }
        self.image = image
        self.title = title ?? "boot image \(path)"
        self.imageIndex = index
        self.properties = properties
        architecture = found
    }

    /// The text that errors and warnings use for this image.
    let title: String

    private static func loaderArchitecture(
        _ image: WindowsImage, _ index: Int
    ) throws(BootMediaError) -> Architecture? {
        for path in ["Windows/Boot/EFI/bootmgfw.efi", "Windows/Boot/EFI_EX/bootmgfw_EX.efi"] {
            guard let path = try? MediaPath(path) else { continue }
            let program = try BootMediaError.reading { () throws(WindowsImagingError) in
                guard try image.entry(path, inImage: index)?.isPlainFile == true else { return [UInt8]() }
                return try image.contents(of: path, inImage: index, limit: fileByteCountLimit)
            }
            if let architecture = PortableExecutable(program)?.architecture { return architecture }
        }
        return nil
    }
}
