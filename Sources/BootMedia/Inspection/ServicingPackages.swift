// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import WindowsImaging

extension BootImage {
    /// The optional components and updates that are installed in the image, by the names of their packages:
    /// `WinPE-WMI-Package~31bf3856ad364e35~amd64~~10.0.26100.1.mum` in `Windows\servicing\Packages` [I]; the fourth part is
    /// the language of a package with texts.
    func servicingPackages(
        _ warnings: inout [DiagnosticText]
    ) -> (components: [BootImageInspection.Component], updates: [BootImageInspection.Component]) {
        let found: (entries: [WindowsImageEntry], refused: RefusedNames)
        do {
            found = try image.entriesAndRefusedNames(
                below: try MediaPath("Windows/servicing/Packages"), inImage: imageIndex)
        } catch {
            warnings.append(DiagnosticText(error))
            return ([], [])
        }
        var languages: [Key: Set<String>] = [:]
        for entry in found.entries {
            guard languages.count < Self.packageLimit, let (key, language) = Key.read(entry.path.name) else { continue }
            languages[key, default: []].formUnion(language.isEmpty ? [] : [language])
        }
        let components = languages.sorted { $0.key < $1.key }.map { key, languages in
            (
                key.isUpdate,
                BootImageInspection.Component(
                    name: key.name, version: key.version, languages: languages.sorted())
            )
        }
        return (components.filter { !$0.0 }.map(\.1), components.filter(\.0).map(\.1))
    }

    /// More packages than any image has.
    private static let packageLimit = 2_000

    private struct Key: Hashable, Comparable {
        let name: String
        let version: String
        let isUpdate: Bool

        private static let componentPrefix = "WinPE-"
        private static let componentSuffix = "-Package"
        private static let updatePrefix = "Package_for_"
        private static let fileSuffix = ".mum"

        /// The package that `fileName` describes, and its language; nil for files of other packages.
        static func read(_ fileName: String) -> (key: Key, language: String)? {
            guard fileName.lowercased().hasSuffix(fileSuffix) else { return nil }
            let parts = fileName.dropLast(fileSuffix.count).split(separator: "~", omittingEmptySubsequences: false)
            guard parts.count == 5 else { return nil }
            let (name, version) = (parts[0], String(parts[4]))
            if name.hasPrefix(updatePrefix) {
                return (Key(name: String(name), version: version, isUpdate: true), "")
            }
            guard name.hasPrefix(componentPrefix), name.hasSuffix(componentSuffix),
                name.count > componentPrefix.count + componentSuffix.count
            else { return nil }
            let key = Key(name: String(name.dropLast(componentSuffix.count)), version: version, isUpdate: false)
            return (key, parts[3].lowercased())
        }

        static func < (left: Key, right: Key) -> Bool { (left.name, left.version) < (right.name, right.version) }
    }
}
