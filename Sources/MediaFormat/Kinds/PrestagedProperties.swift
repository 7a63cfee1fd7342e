// SPDX-License-Identifier: GPL-3.0-or-later

import WindowsImaging

/// What a prestaged WIM says about itself in its XML: the fields that other programs show, and ours below TSMEDIA.
public struct PrestagedProperties: Sendable, Equatable, Encodable {
    /// Who made it.
    public let createdBy: String?
    /// Which version it is.
    public let version: String?
    /// What else is said.
    public let comment: String?
    /// The package of the operating system image.
    public let operatingSystemImageId: String?
    /// The number of the image in it, from 1.
    public let operatingSystemImageIndex: Int?
    /// How the operating system image lies in it.
    public let operatingSystemImageLayout: OperatingSystemImageLayout?

    private enum Name {
        static let createdBy = "TSMEDIA/CREATEDBY"
        static let version = "TSMEDIA/VERSION"
        static let comment = "TSMEDIA/COMMENT"
        static let image = "TSMEDIA/OPERATINGSYSTEMIMAGE"
        static let index = "TSMEDIA/OPERATINGSYSTEMIMAGEINDEX"
        static let layout = "TSMEDIA/OPERATINGSYSTEMIMAGELAYOUT"
        /// Shown by wimlib-imagex info and dism.
        static let description = "DESCRIPTION"
        static let displayDescription = "DISPLAYDESCRIPTION"
    }

    /// The properties of an archive; texts that are empty are none.
    package init(
        createdBy: String, version: String, comment: String, operatingSystemImageId: String?,
        operatingSystemImageIndex: Int?, operatingSystemImageLayout: OperatingSystemImageLayout?
    ) {
        func text(_ value: String) -> String? { value.isEmpty ? nil : value }
        self.createdBy = text(createdBy)
        self.version = text(version)
        self.comment = text(comment)
        self.operatingSystemImageId = operatingSystemImageId
        self.operatingSystemImageIndex = operatingSystemImageIndex
        self.operatingSystemImageLayout = operatingSystemImageLayout
    }

    /// The properties of image `index` of `image`; of a WIM that is not ours only the comment, its description.
    package init(_ image: WindowsImage, index: Int) throws {
        createdBy = try image.property(Name.createdBy, ofImage: index)
        version = try image.property(Name.version, ofImage: index)
        comment =
            try image.property(Name.comment, ofImage: index) ?? image.property(Name.description, ofImage: index)
        operatingSystemImageId = try image.property(Name.image, ofImage: index)
        operatingSystemImageIndex = try image.property(Name.index, ofImage: index).flatMap { Int($0) }
        operatingSystemImageLayout = try image.property(Name.layout, ofImage: index)
            .flatMap { OperatingSystemImageLayout(rawValue: $0) }
    }

    /// The elements of the image's XML.
    package var imageProperties: [WindowsImageDescription.Property] {
        let shown = [createdBy.map { "created by \($0)" }, version.map { "version \($0)" }].compactMap { $0 }
        return [
            .init(Name.description, comment ?? ""),
            .init(Name.displayDescription, shown.joined(separator: ", ")),
            .init(Name.createdBy, createdBy ?? ""), .init(Name.version, version ?? ""),
            .init(Name.comment, comment ?? ""), .init(Name.image, operatingSystemImageId ?? ""),
            .init(Name.index, operatingSystemImageIndex.map { String($0) } ?? ""),
            .init(Name.layout, operatingSystemImageLayout?.rawValue ?? ""),
        ]
    }
}
