// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import Servers
import Support
import SystemPackage

/// Something that is wrong with media of a manifest: where it stands, with keys for fields.
struct ManifestEntryError: DiagnosticError {
    let failureClass: FailureClass
    let object: DiagnosticText
    let problem: DiagnosticText
    let nextStep: DiagnosticText?

    /// `cause`, which is about `media`.
    init(_ cause: any Error, in media: ManifestMedia) {
        let diagnostic = cause as? any DiagnosticError
        func words(_ text: DiagnosticText) -> String { text.text(naming: Self.key) }
        let field = diagnostic?.field.map { Self.key($0, nil) }
        let place = field.flatMap { media.setting($0)?.place } ?? media.place
        failureClass = diagnostic?.failureClass ?? .io
        guard let diagnostic else {
            object = DiagnosticText("\(place): media \(media.name):")
            (problem, nextStep) = (DiagnosticText("\(cause)"), nil)
            return
        }
        object = DiagnosticText("\(place): media \(media.name): \(words(diagnostic.object))")
        problem = DiagnosticText(words(diagnostic.problem))
        nextStep = diagnostic.nextStep.map { DiagnosticText(words($0)) }
    }

    /// What a command line says that `media` would be, with keys for options.
    init(usage message: String, in media: ManifestMedia) {
        let names = message.matches(of: /--([a-z][a-z0-9-]*)/).map { String($0.output.1) }
        let place = names.lazy.compactMap { media.setting($0)?.place }.first ?? media.place
        failureClass = .usage
        object = DiagnosticText("\(place): media \(media.name):")
        let parts = message.replacing(/--([a-z][a-z0-9-]*)/, with: { $0.output.1 }).split(separator: "; ", maxSplits: 1)
        problem = DiagnosticText(parts.first.map(String.init) ?? message)
        nextStep = parts.count > 1 ? DiagnosticText(String(parts[1])) : nil
    }

    /// What a field is called in manifests.
    static func key(_ field: RequestField, _ value: String?) -> String {
        let key = String(OptionNames.option(field).dropFirst(2))
        return value.map { "\(key): \($0)" } ?? key
    }
}

/// Media of a manifest as the command that would create it: what is asked for comes of it as it does of a command line.
struct EntryRequest {
    let media: ManifestMedia
    /// The command.
    let command: any KindCommand
    private(set) var asked: AskedMedia

    /// Reads what `media` says as the options of `create`.
    ///
    /// - Throws: ``ManifestEntryError``.
    init(_ media: ManifestMedia) throws(ManifestEntryError) {
        self.media = media
        if let setting = media.settings.first(where: { $0.values.contains("-") && Self.isPath($0.key, media.type) }) {
            throw ManifestEntryError(
                usage: "--\(setting.key) - reads standard input, which is not for media of a manifest; name a file, or"
                    + " env:NAME for a variable of the environment", in: media)
        }
        let words = Self.words(media)
        do {
            command = try Self.command(media.type, words)
            asked = try command.asked()
        } catch let error as ValidationError {
            throw ManifestEntryError(usage: error.message, in: media)
        } catch let error as any DiagnosticError {
            throw ManifestEntryError(error, in: media)
        } catch {
            throw ManifestEntryError(
                usage: UsageError(["create", media.type] + words).text(CreateBootable.message(for: error)), in: media)
        }
        asked.settings = media.settings.map { .init(key: $0.key, values: $0.values) }
    }

    private static func command(_ type: String, _ words: [String]) throws -> any KindCommand {
        func parsed(_ command: any KindCommand.Type) throws -> any KindCommand { try command.parse(words) }
        guard let command = BuildVocabulary.types.first(where: { $0.name == type })?.command else {
            throw ValidationError("\(type) is no kind of media; use bootable, capture, standalone or prestaged")
        }
        return try parsed(command)
    }

    private static func words(_ media: ManifestMedia) -> [String] {
        media.settings.flatMap { setting -> [String] in
            switch setting.values {
            case ["true"] where isFlag(setting.key, media.type): return ["--\(setting.key)"]
            case ["false"] where isFlag(setting.key, media.type): return []
            default: return setting.values.map { "--\(setting.key)=\($0)" }
            }
        }
    }

    private static func isFlag(_ key: String, _ type: String) -> Bool {
        BuildVocabulary.shared.key(key, of: type)?.form == .flag
    }

    /// Whether the key takes a file.
    private static func isPath(_ key: String, _ type: String) -> Bool {
        BuildVocabulary.shared.key(key, of: type)?.isPath("file", []) == true
    }

    /// What decides with what settings it is built.
    var environmentKey: [String] {
        media.settings.filter { BuildVocabulary.environmentNames.contains($0.key) }
            .sorted { $0.key < $1.key }.flatMap { [$0.key] + $0.values + [""] }
    }

    /// What is asked for.
    ///
    /// - Throws: ``ManifestEntryError``; `InterruptedError`.
    func request(_ servers: AskedServers) throws -> MediaRequest {
        do {
            let access = asked.drive.access(overwrites: false)
            let path = asked.output.outputPath.map { FilePath($0) }
            let request = try asked.request(servers, path: path, access)
            try request.validate(
                hasDistributionPoint: !asked.content.distributionPoints.isEmpty || !request.distributionPoints.isEmpty)
            return request
        } catch let error as InterruptedError {
            throw error
        } catch let error as ValidationError {
            throw ManifestEntryError(usage: error.message, in: media)
        } catch {
            throw ManifestEntryError(error, in: media)
        }
    }
}
