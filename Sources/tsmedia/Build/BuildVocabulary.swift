// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ContentLibrary
import Identifiers
import MediaBuilder
import Support

/// The keys of manifests: the very options of `create`, without the hyphens.
///
/// An option that is added is a key at once.
enum BuildVocabulary {
    /// Options that say how a run goes, not what media is: manifests have no such keys.
    static let optionsOfRuns: Set<String> = [
        "allow-fixed-disk", "confirm", "dry-run", "fleet", "force", "help", "jobs", "json", "list-files", "log-file",
        "memory-limit", "no-sandbox", "no-verify", "print-manifest", "progress", "quiet", "unmount", "usb", "verbose",
    ]

    /// Options that decide with what settings media is built: whose are the same share what is asked of servers.
    static let environmentNames: Set<String> =
        Set((CommandDescription(of: EnvironmentOptions.self)?.visible ?? []).compactMap(\.keyName)).union(["root-ca"])

    private struct EnvironmentOptions: ParsableCommand {
        @OptionGroup var content: ContentOptions
        @OptionGroup var site: SiteOptions
    }

    /// The kinds, as `create` and manifests call them.
    static var types: [(name: String, command: any KindCommand.Type)] {
        Create.configuration.subcommands.compactMap { command in
            (command as? any KindCommand.Type).map { (command._commandName, $0) }
        }
    }

    /// The keys of all kinds.
    static let shared = ManifestVocabulary(types.map(\.name)) { name in
        types.first { $0.name == name }.map { keys(of: $0.command) } ?? []
    }

    /// The keys of media that `command` makes.
    static func keys(of command: any KindCommand.Type) -> [ManifestVocabulary.Key] {
        (CommandDescription(of: command)?.visible ?? []).compactMap { argument in
            guard let name = argument.keyName, !optionsOfRuns.contains(name) else { return nil }
            let form: ManifestVocabulary.Form =
                argument.kind == "flag" ? .flag : argument.isRepeating ? .list : .value
            let isPair = argument.valueName?.contains("=") == true
            guard argument.takesPath else { return ManifestVocabulary.Key(name, form, isPair: isPair) }
            return ManifestVocabulary.Key(name, form, isPair: isPair) { isPath($0, of: name, given: $1) }
        }
    }

    // MARK: Paths

    /// Whether `text` is the path of a file under the key `name`, some of which take other words too.
    static func isPath(_ text: String, of name: String, given: Set<String>) -> Bool {
        if text == "-" || text.hasPrefix(SecretSource.environmentPrefix) || ForeignPath(text) != nil { return false }
        if text.contains("/") { return true }
        let text = text.lowercased()
        switch name {
        case "boot-image": return PackageID(text) == nil && text.hasSuffix(".wim")
        // With a site, what is no file is the ID or the name of a task sequence there.
        case "task-sequence": return !given.contains("site") || text.hasSuffix(".zip") || text.hasSuffix(".xml")
        case "policies": return !["site", "own"].contains(text)
        default: return true
        }
    }
}

extension CommandDescription.Argument {
    /// The key that it is in manifests: its long name.
    var keyName: String? { spellings.first { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) } }

    /// Whether shells complete it as a path, or it says that it takes a file.
    var takesPath: Bool {
        completesPath || valueName?.hasPrefix("file") == true
    }
}
