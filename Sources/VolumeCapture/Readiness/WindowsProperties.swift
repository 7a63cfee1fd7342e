// SPDX-License-Identifier: GPL-3.0-or-later

import Registry
import Support
import WindowsImaging

/// What the XML of an image says of the Windows in it, as DISM writes it and the console shows it: from its registry.
struct WindowsProperties {
    let software: HiveFile
    let system: HiveFile
    /// The control set that starts.
    let controlSet: String?

    /// Numbers of processors in the XML of images, by their names in the environment (winnt.h).
    private static let architectures: [CaseFoldedName: String] = ["AMD64": "9", "x86": "0", "ARM64": "12"]
    /// More languages than a Windows has.
    private static let languageLimit = 64

    private static let version = ["Microsoft", "Windows NT", "CurrentVersion"]

    /// The elements, those of one parent one after the other.
    var all: [WindowsImageDescription.Property] {
        let edition = text(software, "EditionID", Self.version)
        let languages = languages
        let build = text(software, "CurrentBuildNumber", Self.version) ?? text(software, "CurrentBuild", Self.version)
        let values: [(String, String?)] =
            [
                ("WINDOWS/ARCH", architecture),
                // What the programs of every Windows say of themselves [inferred].
                ("WINDOWS/PRODUCTNAME", build == nil ? nil : "Microsoft® Windows® Operating System"),
                ("WINDOWS/EDITIONID", edition),
                ("WINDOWS/INSTALLATIONTYPE", text(software, "InstallationType", Self.version)),
                ("WINDOWS/PRODUCTTYPE", control("ProductType", ["ProductOptions"])),
            ] + languages.all.prefix(1).map { ("WINDOWS/LANGUAGES/LANGUAGE", $0) }
            + languages.all.dropFirst().enumerated().map { ("WINDOWS/LANGUAGES/LANGUAGE[\($0 + 2)]", $1) } + [
                ("WINDOWS/LANGUAGES/DEFAULT", languages.usual),
                ("WINDOWS/VERSION/MAJOR", number(software, "CurrentMajorVersionNumber", Self.version)),
                ("WINDOWS/VERSION/MINOR", number(software, "CurrentMinorVersionNumber", Self.version)),
                ("WINDOWS/VERSION/BUILD", build), ("WINDOWS/VERSION/SPBUILD", number(software, "UBR", Self.version)),
                ("WINDOWS/VERSION/SPLEVEL", build == nil ? nil : "0"),
                ("WINDOWS/SYSTEMROOT", build == nil ? nil : "WINDOWS"), ("FLAGS", edition),
            ]
        return values.compactMap { path, value in value.map { .init(path, $0) } }
    }

    private func text(_ hive: HiveFile, _ name: String, _ key: [String]) -> String? {
        guard case .text(let text)? = hive.value(name, of: key) else { return nil }
        // What goes into XML and onto screens.
        let clean = text.onOneLine.trimming(\.isWhitespace).description
        return clean.isEmpty || clean.utf8.count > 256 ? nil : clean
    }

    private func number(_ hive: HiveFile, _ name: String, _ key: [String]) -> String? {
        guard case .number(let number)? = hive.value(name, of: key) else { return nil }
        return "\(number)"
    }

    private func control(_ name: String, _ key: [String]) -> String? {
        controlSet.flatMap { text(system, name, [$0, "Control"] + key) }
    }

    private var architecture: String? {
        control("PROCESSOR_ARCHITECTURE", ["Session Manager", "Environment"]).flatMap {
            Self.architectures[$0.caseFolded]
        }
    }

    /// The languages of its messages, and which of them it was installed with.
    private var languages: (all: [String], usual: String?) {
        guard let controlSet else { return ([], nil) }
        let key = [controlSet, "Control", "MUI", "UILanguages"]
        let all = system.subkeys(key).filter { name in
            !name.isEmpty && name.utf8.count <= 32 && name.utf8.allSatisfy { $0.isASCIILetterOrDigit || $0 == 0x2D }
        }.prefix(Self.languageLimit)
        let installed = control("InstallLanguage", ["Nls", "Language"]).flatMap { UInt64($0, radix: 16) }
        let usual = all.first { name in
            guard let installed, case .number(let identifier)? = system.value("LCID", of: key + [name]) else {
                return false
            }
            return identifier == installed
        }
        return (Array(all), usual ?? all.first)
    }
}
