// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import Identifiers
import JSON
import MediaFormat
import Provenance
import Support

/// Of what media was made, as its plan tells it.
struct MediaIngredients {
    /// A content, an image, or files that belong together.
    struct Ingredient {
        /// What it is.
        let kind: InventoryComponent.Kind
        /// What it is, in a word: `content`, `boot image`.
        let title: String
        /// Its package ID, or its name.
        let id: String
        /// Its version; nil for none.
        var version: String?
        /// Its SHA-256, where it is a file.
        var sha256: SHA256Digest?
        /// One hash of its files as they lie on the media, where it is a folder.
        var folder: SHA256Digest?
        /// What else there is to say, by names of ours.
        var facts: [(name: String, value: String)] = []
    }

    /// The boot image.
    let bootImage: Ingredient
    /// Everything else but packages of a boot image.
    let others: [Ingredient]
    /// The packages of Debian in a boot image that is not Windows PE.
    let packages: [OpenBootImageFacts.Package]

    /// What `plan` makes media of.
    init(_ plan: MediaPlan) {
        bootImage = Self.bootImage(plan)
        var others = Self.contents(plan)
        if let image = plan.record.extractedImage {
            var ingredient = Ingredient(kind: .operatingSystem, title: "operating system image", id: image.id)
            ingredient.version = String(image.version)
            ingredient.sha256 = image.packageSha256
            ingredient.facts = [("index", String(image.index))]
            others.append(ingredient)
        }
        if let sequence = plan.record.taskSequence {
            var ingredient = Ingredient(
                kind: .data, title: "task sequence", id: sequence.id.isEmpty ? sequence.name : sequence.id)
            ingredient.sha256 = plan.record.sequenceSHA256
            ingredient.facts = [("name", sequence.name)]
            others.append(ingredient)
        }
        if let folder = Self.digest(of: plan, below: "SMS/bin") {
            var ingredient = Ingredient(kind: .application, title: "client programs", id: "SMS/bin")
            ingredient.folder = folder
            others.append(ingredient)
        }
        self.others = others
        packages = Self.openFacts(plan)?.packages ?? []
    }

    private static func bootImage(_ plan: MediaPlan) -> Ingredient {
        let entry = plan.record.bootImageEntry
        var ingredient = Ingredient(kind: .operatingSystem, title: "boot image", id: entry.id)
        ingredient.version = entry.version.map { String($0) }
        ingredient.sha256 =
            plan.volumes.first?.files.first { $0.path.description == MediaType.bootImagePath }?.sha256
        ingredient.facts = [("architecture", entry.architecture)]
        return ingredient
    }

    /// What a boot image on the media was made of that is not Windows PE.
    private static func openFacts(_ plan: MediaPlan) -> OpenBootImageFacts? {
        let file = plan.volumes.first?.files.first { $0.path.description == OpenBootImageFacts.mediaPath }
        guard case .bytes(let bytes)? = file?.source else { return nil }
        return OpenBootImageFacts(bytes)
    }

    private static func contents(_ plan: MediaPlan) -> [Ingredient] {
        // One pass over all files: media has very many.
        var digests: [CaseFoldedName: FolderDigest] = [:]
        for content in plan.contents { digests[content.folder.caseFolded] = FolderDigest() }
        let depths = Set(plan.contents.map { names($0.folder).count })
        for volume in plan.volumes {
            for file in volume.files {
                let names = names(file.path)
                for depth in depths where depth < names.count {
                    let folder = CaseFoldedName(names.prefix(depth).joined(separator: "/"))
                    digests[folder]?.add(names.dropFirst(depth).joined(separator: "/"), file.sha256)
                }
            }
        }
        return plan.contents.map { content in
            var ingredient = Ingredient(
                kind: content.isOfApplication ? .application : .data, title: "content", id: content.id)
            ingredient.version = String(content.version)
            ingredient.folder = digests[content.folder.caseFolded]?.value
            ingredient.facts =
                [("folder", content.folder.description)]
                + (content.isOfApplication ? [("package", content.packageID.description)] : [])
                + (content.contentHash.map { [("contentHash", $0)] } ?? [])
            return ingredient
        }
    }

    private static func names(_ path: MediaPath) -> [Substring] {
        path.description.split(separator: "/", omittingEmptySubsequences: false)
    }

    /// One hash of the files below `folder`; nil when there are none.
    private static func digest(of plan: MediaPlan, below folder: String) -> SHA256Digest? {
        guard let root = try? MediaPath(folder) else { return nil }
        var digest = FolderDigest()
        var isEmpty = true
        for file in plan.volumes.first?.files ?? [] where root.contains(file.path) {
            digest.add(names(file.path).dropFirst(names(root).count).joined(separator: "/"), file.sha256)
            isEmpty = false
        }
        return isEmpty ? nil : digest.value
    }
}

extension MediaIngredients.Ingredient {
    /// As a dependency in a statement.
    var dependency: ResourceDescriptor {
        ResourceDescriptor(
            name: id,
            (sha256.map { [.sha256($0)] } ?? []) + (folder.map { [.folder($0)] } ?? []),
            annotations: [.init(name: "tsmedia:kind", value: .text(title))]
                + (version.map { [.init(name: "tsmedia:version", value: .text($0))] } ?? [])
                + facts.map { .init(name: "tsmedia:\($0.name)", value: .text($0.value)) })
    }

    /// As a part in an inventory, called `reference` there.
    func component(_ reference: String) -> InventoryComponent {
        var component = InventoryComponent(kind, reference: reference, name: id)
        component.version = version
        component.sha256 = sha256
        component.properties =
            [("tsmedia:kind", title)] + (folder.map { [("tsmedia:dirHash", $0.description)] } ?? [])
            + facts.map { ("tsmedia:\($0.name)", $0.value) }
        return component
    }
}
