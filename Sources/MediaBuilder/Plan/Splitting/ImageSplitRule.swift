// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What a package is used for, as far as the task sequence, the export or the catalog tells.
public enum ContentUse: Sendable, Equatable {
    /// Its image is applied.
    case operatingSystemImage
    /// Nothing tells.
    case unknown
    /// Anything else: steps run, mount or copy what is in it, by the names that it has.
    case other
}

/// What the parts of a split image are called, and where they may lie.
enum ImagePartNaming: Equatable {
    /// `<hash>000.swm`, `<hash>001.swm` and so on, on any volumes (docs/formats/media.md section 2).
    case genuine(hash: String)
    /// `install.swm`, `install2.swm` and so on beside each other, as Windows Setup looks for them.
    case setup(stem: String)

    /// The name of part `number`, from 1.
    func name(_ number: Int) -> String {
        switch self {
        case .genuine(let hash):
            let digits = String(number - 1)
            return hash + String(repeating: "0", count: max(0, 3 - digits.count)) + digits + ".swm"
        case .setup(let stem): return stem + (number == 1 ? "" : String(number)) + ".swm"
        }
    }
}

/// Says which WIMs may be split, and into what: the one place that decides it.
///
/// A WIM is split only where its reader is known to take parts. Whatever else a package holds is opened by its name,
/// by a script or by Windows Setup: it stays whole.
struct ImageSplitRule {
    /// Whether the images of upgrade packages are split for Windows Setup (`--split-upgrade-images`).
    let splitsUpgradeImages: Bool

    /// How the parts of `file`, one of `files` of `content`, would be called; nil when it stays whole.
    func naming(
        of file: PlannedFile, among files: some Collection<PlannedFile>, of content: PlannedContent
    ) -> ImagePartNaming? {
        guard file.isWindowsImage, !content.isOfApplication else { return nil }
        if splitsUpgradeImages, Self.isUpgradeImage(file, among: files) {
            return .setup(stem: String(file.path.name.dropLast(Self.suffix.count)))
        }
        guard Self.mayBeOperatingSystemImage(file, of: content) else { return nil }
        // Parts are called by the content's hash; where a content has none, by that of the image: ours.
        let hash = content.contentHash.flatMap { $0.utf8.count == 64 ? $0 : nil }
        return .genuine(hash: hash ?? file.sha256.description.uppercased())
    }

    /// Whether `file` is the one file of a package whose image may be applied.
    static func mayBeOperatingSystemImage(_ file: PlannedFile, of content: PlannedContent) -> Bool {
        file.isWindowsImage && !content.isOfApplication && content.fileCount == 1 && content.use != .other
    }

    /// Whether `file` is `sources\install.wim` beside `setup.exe`, as in an operating system upgrade package.
    static func isUpgradeImage(_ file: PlannedFile, among files: some Collection<PlannedFile>) -> Bool {
        guard isNamed(file.path, "install.wim"), let sources = file.path.parent, isNamed(sources, "sources") else {
            return false
        }
        let folder = sources.parent.map { $0.caseFolded }
        return files.contains { other in
            isNamed(other.path, "setup.exe") && other.path.parent.map { $0.caseFolded } == folder
        }
    }

    private static let suffix = ".wim"

    private static func isNamed(_ path: MediaPath, _ name: String) -> Bool { path.name.lowercased() == name }
}

extension PlannedFile {
    /// True for a WIM, as its name tells.
    var isWindowsImage: Bool { file.path.name.lowercased().hasSuffix(".wim") }
}
