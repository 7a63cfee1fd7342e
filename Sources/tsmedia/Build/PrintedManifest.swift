// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import Support
import SystemPackage

/// Whether a request is printed rather than carried out.
struct ManifestChoice: ParsableArguments {
    @Flag(help: "Print what is asked for as a manifest for tsmedia build; write nothing, ask no server.")
    var printManifest = false

    /// Prints the manifest of the command line of `command`, if that is wanted.
    ///
    /// - Returns: whether it was.
    func print(_ command: any KindCommand.Type) throws -> Bool {
        guard printManifest else { return false }
        let words = Array(CommandLine.arguments.dropFirst())
        try StandardOutput.write(document: Array(PrintedManifest(of: command, words).text().utf8))
        return true
    }
}

/// A command line of `create` as a manifest.
struct PrintedManifest {
    private let type: String
    private let arguments: CommandDescription?
    private let words: ArraySlice<String>
    private let keys: [String: ManifestVocabulary.Key]

    /// The command line `words`, without the program's name, which `command` has accepted.
    init(of command: any KindCommand.Type, _ words: [String]) {
        type = command._commandName
        arguments = CommandDescription(of: command)
        self.words = CommandPath(words).rest
        keys = Dictionary(
            BuildVocabulary.keys(of: command).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// What is given, each key once.
    var settings: [ManifestMedia.GivenSetting] {
        var settings: [ManifestMedia.GivenSetting] = []
        for (key, value) in given {
            if let index = settings.firstIndex(where: { $0.key == key }) {
                settings[index].values.append(value)
            } else {
                settings.append(.init(key: key, values: keys[key]?.form == .flag ? [] : [value]))
            }
        }
        return settings
    }

    /// Options of drives, and of what cannot be in a file.
    private static let drives = ["usb", "confirm", "unmount", "allow-fixed-disk"]

    /// The manifest.
    ///
    /// - Throws: `ValidationError` for what no manifest can say.
    func text() throws -> String {
        let given = given
        if let option = given.first(where: { Self.drives.contains($0.key) })?.key {
            throw ValidationError("--\(option) is for drives, and a manifest is of files; name one with --output")
        }
        guard let output = given.last(where: { ["output", "disk-image"].contains($0.key) })?.value else {
            throw ValidationError("--output is missing, and media of a manifest has one; add it")
        }
        let stem = FilePath(output).lastComponent?.stem ?? type
        var lines = ["media:", "  - name: \(Self.scalar(stem))", "    type: \(type)"]
        var seen: Set<String> = []
        for (name, _) in given where seen.insert(name).inserted {
            let values = given.filter { $0.key == name }.map(\.value)
            guard name != "fleet" else {
                lines.append("    fleet: \(Self.scalar(try located(values.last ?? "")))")
                continue
            }
            guard let key = keys[name] else { continue }
            lines += try self.lines(key, values)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func lines(_ key: ManifestVocabulary.Key, _ values: [String]) throws -> [String] {
        if key.form == .flag { return ["    \(key.name): true"] }
        let texts = try values.map { value in
            guard value != "-" else {
                throw ValidationError(
                    "--\(key.name) - reads standard input, which a manifest has not; name a file, or env:NAME for a variable of the environment"
                )
            }
            guard !Self.holdsPassword(value) else {
                throw ValidationError(
                    "--\(key.name) has a URL with a password, which a manifest would show to everyone who reads it; use --credentials"
                )
            }
            return Self.scalar(key.isPath(value, Set(given.map(\.key))) ? try located(value) : value)
        }
        guard key.form == .list else { return ["    \(key.name): \(texts.last ?? "")"] }
        return ["    \(key.name):"] + texts.map { "      - \($0)" }
    }

    /// The options with their values, in the order of the command line; flags have none.
    private var given: [(key: String, value: String)] {
        var given: [(key: String, value: String)] = []
        var rest = words
        while let word = rest.popFirst() {
            guard word.hasPrefix("-") else { continue }
            let (name, attached) = Self.parts(word)
            guard let argument = arguments?.argument(spelled: name), let key = argument.keyName else { continue }
            guard argument.kind != "flag" else {
                given.append((key, ""))
                continue
            }
            given.append((key, attached ?? rest.popFirst() ?? ""))
        }
        return given
    }

    /// Whether `value` is a URL with a password before its host (RFC 3986 3.2.1).
    private static func holdsPassword(_ value: String) -> Bool {
        guard let start = value.firstRange(of: "://")?.upperBound else { return false }
        let authority = value[start...].prefix { !"/?#".contains($0) }
        return authority.lastIndex(of: "@").map { authority[..<$0].contains(":") } ?? false
    }

    private static func parts(_ word: String) -> (name: String, value: String?) {
        guard let equals = word.firstIndex(of: "=") else { return (word, nil) }
        return (String(word[..<equals]), String(word[word.index(after: equals)...]))
    }

    /// `path` as it is found from any folder.
    private func located(_ path: String) throws -> String {
        guard !path.hasPrefix("/") else { return path }
        guard let folder = FilePath(".").absolute?.removingLastComponent().string else {
            throw FileError("read", "the working folder", .noSuchFileOrDirectory)
        }
        return folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
    }

    // MARK: Text

    /// Words that other readers of YAML take for something else than text (YAML 1.1 and 1.2.2).
    private static let otherWords: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]

    /// `text` as a scalar: as it is where nobody can take it for anything else, in quotation marks otherwise.
    static func scalar(_ text: String) -> String {
        let text = text.replacing("${", with: "$${")
        if text.wholeMatch(of: /[A-Za-z\/][A-Za-z0-9_\/.@+-]*/) != nil, !otherWords.contains(text.lowercased()) {
            return text
        }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..<"\u{20}", "\u{7F}"..."\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
