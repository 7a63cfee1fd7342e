// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A model of a fleet as it stands in a manifest: how it differs from the media that all models have in common.
struct FleetMedia {
    private let model: FleetModel
    private let reader: ManifestReader

    init(_ model: FleetModel, _ reader: ManifestReader) {
        self.model = model
        self.reader = reader
    }

    /// `media` for this model, whose output is a folder.
    ///
    /// - Throws: ``MediaBuilderError`` `.badContent` where it has none.
    func applied(to media: ManifestMedia) throws(MediaBuilderError) -> ManifestMedia {
        guard let folder = media.setting("output")?.values.first else {
            throw MediaBuilderError(
                .badContent, "\(media.place):", "has a fleet and no folder for its files", nextStep: "add output:")
        }
        let given = Set(media.settings.map(\.key))
        var settings = media.settings.filter { $0.key != "output" }
        settings.append(
            setting("output", [folder.hasSuffix("/") ? folder + model.output : "\(folder)/\(model.output)"]))
        for (key, values) in model.settings {
            guard let known = reader.vocabulary.key(key, of: media.type) else { continue }
            let located = values.map { reader.located($0, known, given) }
            let earlier = settings.first { $0.key == key }?.values ?? []
            settings.removeAll { $0.key == key }
            // What a model lists is had besides what all have.
            settings.append(setting(key, known.form == .list ? earlier + located : located))
        }
        return ManifestMedia(name: media.name, type: media.type, place: place, settings: settings)
    }

    private var place: String { "\(model.place) (model \(model.name))" }

    private func setting(_ key: String, _ values: [String]) -> ManifestMedia.Setting {
        ManifestMedia.Setting(key: key, values: values, place: place)
    }
}
