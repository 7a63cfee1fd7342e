// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import MediaFormat
import MediaVariables
import Support
import TaskSequence

/// What prestaged media holds (docs/formats/media.md section 3).
public struct PrestagedContent: Sendable {
    /// The package of the operating system image.
    public var operatingSystemImage: PackageID?
    /// The number of the image in it, from 1.
    public var operatingSystemImageIndex = 1
    /// How it lies on the media; nil for what is usual on the output.
    public var operatingSystemImageLayout: OperatingSystemImageLayout?
    /// The task sequence whose content goes into the cache, and further content.
    public var sequence = SequenceContent()

    /// Nothing yet.
    public init() {}
}

/// Prestaged media: the operating system image, then what a task sequence needs and what was asked for; the task sequence
/// itself stays at the site (docs/formats/media.md section 2), unless the media starts with an open boot image.
struct PrestagedMedia: MediaKindRules {
    let management: Management
    let content: PrestagedContent

    var mediaType: MediaType { .prestaged }
    var sequence: SequenceContent { content.sequence }

    var namesPackages: Bool {
        content.operatingSystemImage != nil || !content.sequence.additionalPackages.isEmpty
    }

    func missing(in request: MediaRequest) -> [MissingField] {
        let image =
            content.operatingSystemImage == nil
            ? [MissingField(.operatingSystemImage, "name the package of an operating system image")] : []
        return missingBootImage(in: request) + image + management.missing
    }

    func check() throws(MediaBuilderError) {
        guard content.operatingSystemImageIndex > 0 else {
            throw MediaRequest.bad(
                .operatingSystemImageIndex, "is \(content.operatingSystemImageIndex)", "images count from 1")
        }
        try content.sequence.check()
        try management.check()
    }

    func needs(of request: MediaRequest) throws -> MediaNeeds {
        let package = try content.sequence.read()
        let required = try content.sequence.required(by: package)
        let needed = try required.packages()
        let image = content.operatingSystemImage.map {
            MediaNeeds.Package(
                id: $0, reason: "the request, as the operating system image", use: .operatingSystemImage)
        }
        let open = try package.map { package in
            MediaNeeds.OpenSequence(
                sequence: try MediaNeeds.Sequence(package, required),
                check: SequenceCheck(
                    package: package, hasBootImage: true, file: content.sequence.taskSequence?.string ?? package.name,
                    media: .prestaged))
        }
        return MediaNeeds(
            packages: (image.map { [$0] } ?? []) + needed,
            operatingSystemImage: content.operatingSystemImage.map {
                MediaNeeds.Image(
                    id: $0, index: content.operatingSystemImageIndex,
                    isExtracted: operatingSystemImageLayout(on: request.format) == .extracted)
            },
            source: package, openSequence: open,
            warnings: required.warnings + (package.map { differences(request, $0, required, needed) } ?? []))
    }

    /// The image's files, where the output takes them.
    func operatingSystemImageLayout(on format: any VolumeFormat) -> OperatingSystemImageLayout? {
        content.operatingSystemImageLayout ?? (format.holdsImageTrees ? .extracted : .package)
    }

    func addVariables(to list: inout MediaVariableList) throws(MediaVariablesError) {
        try management.addVariables(to: &list)
    }

    /// What the task sequence will not find as the media has it.
    private func differences(
        _ request: MediaRequest, _ sequence: TaskSequencePackage, _ required: RequiredContent,
        _ needed: [MediaNeeds.Package]
    ) -> [DiagnosticText] {
        var warnings: [DiagnosticText] = []
        if case .package(let id) = request.bootImage, let own = required.bootImage?.packageID, own != id.description {
            warnings.append(
                "task sequence '\(sequence.name)' starts from boot image \(own), and this media from \(id): a computer"
                    + " downloads the other one first; use \(.bootImage, own)")
        }
        if let id = content.operatingSystemImage, !needed.contains(where: { $0.id == id }) {
            warnings.append(
                "task sequence '\(sequence.name)' does not apply operating system image \(id); check"
                    + " \(.operatingSystemImage)")
        }
        return warnings
    }
}
