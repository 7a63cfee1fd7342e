// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import WindowsImaging

/// Which of the files that a firmware wants an image has, and where.
struct BootFileSelection {
    /// A file of the media and the entry it comes from.
    struct Choice {
        let rule: BootFileRule
        let target: MediaPath
        let entry: WindowsImageEntry
    }

    let firmware: Firmware
    private(set) var choices: [Choice] = []
    private(set) var missing: [BootFileRule] = []

    /// Looks `rules` up in `image` for one firmware, set of loaders and prompt.
    init(
        _ rules: [BootFileRule], in image: BootImage, firmware: Firmware, generation: LoaderGeneration,
        promptsForKey: Bool
    ) throws(BootMediaError) {
        self.firmware = firmware
        for rule in rules where rule.need(of: firmware) != .unused {
            let found = try Self.choices(rule, image, generation, promptsForKey)
            choices += found
            if found.isEmpty { missing.append(rule) }
        }
    }

    /// The rules of `need` that nothing was found for.
    func missing(_ need: BootFileRule.Need) -> [BootFileRule] { missing.filter { $0.need(of: firmware) == need } }

    /// True when the firmware can start.
    var isUsable: Bool { missing(.required).isEmpty }

    private static func choices(
        _ rule: BootFileRule, _ image: BootImage, _ generation: LoaderGeneration, _ promptsForKey: Bool
    ) throws(BootMediaError) -> [Choice] {
        let isFolder = rule.target.contains("*")
        var choices: [Choice] = []
        var targets: Set<CaseFoldedName> = []
        for candidate in rule.candidates where candidate.serves(generation, promptsForKey: promptsForKey) {
            for (star, entry) in try image.entries(matching: candidate.path) {
                let target = try path(rule.target.replacingStar(with: star), image)
                // The first candidate that has a name wins it.
                guard targets.insert(target.caseFolded).inserted else { continue }
                choices.append(Choice(rule: rule, target: target, entry: entry))
                if !isFolder { return choices }
                guard choices.count <= BootImage.fileCountLimit else {
                    throw BootMediaError(
                        .tooManyFiles, "\(image.title)",
                        "has more than \(BootImage.fileCountLimit) files for \(rule.target)",
                        nextStep: "check that it is a Windows PE image")
                }
            }
        }
        return choices
    }

    private static func path(_ text: String, _ image: BootImage) throws(BootMediaError) -> MediaPath {
        do throws(MediaPathError) { return try MediaPath(text) } catch {
            throw BootMediaError(
                .noUsableLoader, "\(image.title)", "has a file whose \(error.object) \(error.problem)",
                nextStep: "get the image from a source you trust")
        }
    }
}

extension BootImage {
    /// The plain files that `pattern` names, by name, each with what its `*` stands for.
    func entries(matching pattern: String) throws(BootMediaError) -> [(star: String, entry: WindowsImageEntry)] {
        let components = pattern.split(separator: "/").map(String.init)
        guard let place = components.firstIndex(where: { $0.contains("*") }) else {
            return try entry(components).map { [("", $0)] } ?? []
        }
        var found: [(star: String, entry: WindowsImageEntry)] = []
        for child in try children(Array(components[..<place])) {
            guard let star = child.path.name.star(of: components[place]) else { continue }
            let path = components[..<place] + [child.path.name] + components[(place + 1)...]
            if let entry = try entry(Array(path)) { found.append((star, entry)) }
        }
        return found
    }

    private func entry(_ components: [String]) throws(BootMediaError) -> WindowsImageEntry? {
        guard let path = try? MediaPath(components: components) else { return nil }
        let entry = try BootMediaError.reading { () throws(WindowsImagingError) in
            try image.entry(path, inImage: imageIndex)
        }
        return entry?.isPlainFile == true ? entry : nil
    }

    private func children(_ folder: [String]) throws(BootMediaError) -> [WindowsImageEntry] {
        guard let path = try? MediaPath(components: folder) else { return [] }
        return try BootMediaError.reading { () throws(WindowsImagingError) in
            try image.children(of: path, inImage: imageIndex)
        }
    }
}

extension String {
    /// What the `*` of `pattern` stands for in this name, without case; nil when the name does not match.
    func star(of pattern: String) -> String? {
        let parts = pattern.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, utf8.count > parts[0].utf8.count + parts[1].utf8.count,
            caseFolded.hasPrefix(String(parts[0]).caseFolded), caseFolded.hasSuffix(String(parts[1]).caseFolded)
        else { return nil }
        // Patterns are ASCII, and so is what equals them without case.
        return String(Substring(utf8.dropFirst(parts[0].utf8.count).dropLast(parts[1].utf8.count)))
    }

    fileprivate func replacingStar(with star: String) -> String {
        split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false).joined(separator: star)
    }
}
