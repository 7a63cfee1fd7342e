// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Support

/// The files of an image with all that an archive keeps of them: security descriptors, streams, hard links, short names,
/// reparse points, attributes and times.
///
/// Nothing of it is interpreted: a new archive gets the entries as they are (docs/decisions/prestaged-layouts.md).
public struct WindowsImageTree: Sendable {
    let metadata: ImageMetadata
    /// Where every stream of the archive lies, those of other images too.
    let storages: [StreamHash: WindowsImageStorage]
    /// Reads streams.
    public let reader: WindowsImageReader
    /// What errors call the image.
    let name: String
    /// What the image's XML says of the Windows in it.
    public let properties: [WindowsImageDescription.Property]
    /// The compression of the archive, or the nearest that new archives are given: LZMS is not among those that other
    /// programs than libwim and Windows' own read well, and so becomes LZX.
    public let compression: WindowsImageCompression
    /// Whether targets of links in it are relative to its root, wherever it is applied (WIM header, FLAG_HEADER_RP_FIX).
    let hasRelativeTargets: Bool
    /// Whether the archive compresses at all.
    let isCompressed: Bool

    /// Takes the files of image `index` of `image` apart.
    ///
    /// - Throws: ``WindowsImagingError``: `.damaged`, `.hostileName`, `.imageNotFound`, `.tooLarge`; `.unsupported` for an
    ///   archive that wimlib wrote to be read from a pipe; `FileError`.
    public init(_ image: WindowsImage, index: Int) throws {
        guard !image.header.isPipable else {
            throw WindowsImagingError(
                .unsupported, "\(image.path)", "is a pipable WIM, whose resources no other archive can hold",
                nextStep: "export it first: wimlib-imagex export SOURCE all TARGET")
        }
        (metadata, storages) = try image.metadataAndStreams(ofImage: index)
        reader = WindowsImageReader(image)
        name = image.describe(index)
        properties = try Self.properties(of: image, index)
        isCompressed = image.header.compression != .none
        compression =
            switch image.header.compression {
            case .none: .none
            case .xpress: .fast
            case .lzx, .lzms, .unknown: .maximum
            }
        var information = wimlib_wim_info()
        wimlib_get_wim_info(image.handle, &information)
        hasRelativeTargets = information.has_rpfix != 0
    }

    /// True when an archive with `compression` can hold resources of this one as they are.
    func hasResources(fitting compression: WindowsImageCompression) -> Bool {
        isCompressed ? compression != .solid && reader.hasSameChunks(as: compression) : compression == .none
    }

    /// What programs show of a Windows image (the elements below WINDOWS that DISM writes).
    private static let shownProperties = [
        "ARCH", "PRODUCTNAME", "EDITIONID", "INSTALLATIONTYPE", "HAL", "PRODUCTTYPE", "PRODUCTSUITE",
        "LANGUAGES/LANGUAGE", "LANGUAGES/DEFAULT", "VERSION/MAJOR", "VERSION/MINOR", "VERSION/BUILD",
        "VERSION/SPBUILD", "VERSION/SPLEVEL", "VERSION/BRANCH", "SYSTEMROOT",
    ]

    private static func properties(
        of image: WindowsImage, _ index: Int
    ) throws(WindowsImagingError) -> [WindowsImageDescription.Property] {
        var properties: [WindowsImageDescription.Property] = []
        for name in shownProperties {
            if let value = try image.property("WINDOWS/\(name)", ofImage: index) {
                properties.append(.init("WINDOWS/\(name)", value))
            }
        }
        return properties
    }

    /// The path of entry `number`, its names joined by `\`; for messages.
    func path(of number: Int) -> String {
        var names: [String] = []
        var entry = number
        while entry > 0 {
            names.append(metadata.name(of: entry))
            guard let parent = metadata.entries.first(where: { metadata.children(of: $0).contains(entry) }) else {
                break
            }
            entry = parent
        }
        return names.reversed().joined(separator: "\\")
    }
}
