// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Support
import TaskSequence

/// What goes into the cache of prestaged media: the operating system image, then what a task sequence needs and what was
/// asked for; the task sequence itself stays at the site (docs/formats/media.md section 2).
struct PrestagedContent {
    /// The packages in their order.
    let packages: [StandaloneSequence.NeededPackage]
    /// What the user should know.
    let warnings: [String]
    /// The task sequence, where one is named.
    let sequence: TaskSequencePackage?

    /// Computes what `request` asks for.
    ///
    /// - Throws: errors of reading the task sequence; ``MediaBuilderError`` `.missing` for content that cannot be told.
    init(_ request: MediaRequest) throws {
        let sequence = try request.taskSequence.map { try TaskSequenceFile.read($0).chosen(id: request.taskSequenceID) }
        let required = RequiredContent(of: sequence, catalog: request.catalog, request: request.requiredContent)
        self.sequence = sequence
        if let error = StandaloneSequence.error(required.problems.filter(\.isError)) { throw error }
        let needed = try required.items.compactMap(StandaloneSequence.needed)
        let image = request.prestaged.operatingSystemImage.map {
            StandaloneSequence.NeededPackage(
                id: $0, reason: "the request, as the operating system image", use: .operatingSystemImage)
        }
        packages = (image.map { [$0] } ?? []) + needed
        var warnings = required.problems.map { "\($0.object) \($0.problem); \($0.nextStep)" }
        if let sequence { warnings += Self.differences(request, sequence, required, needed) }
        self.warnings = warnings
    }

    /// What the task sequence will not find as the media has it.
    private static func differences(
        _ request: MediaRequest, _ sequence: TaskSequencePackage, _ required: RequiredContent,
        _ needed: [StandaloneSequence.NeededPackage]
    ) -> [String] {
        var warnings: [String] = []
        if case .package(let id) = request.bootImage, let own = required.bootImage?.packageID, own != id.description {
            warnings.append(
                "task sequence '\(sequence.name)' starts from boot image \(own), and this media from \(id): a computer"
                    + " downloads the other one first; use --boot-image \(own)")
        }
        if let id = request.prestaged.operatingSystemImage, !needed.contains(where: { $0.id == id }) {
            warnings.append(
                "task sequence '\(sequence.name)' does not apply operating system image \(id); check"
                    + " --operating-system-image")
        }
        return warnings
    }
}
