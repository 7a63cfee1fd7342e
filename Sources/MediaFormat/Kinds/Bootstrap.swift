// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Support
import SystemPackage

/// What TsmBootstrap.ini says (docs/formats/media.md section 2).
package struct Bootstrap {
    package let mediaType: MediaType
    package let passwordRequired: Bool
    package let unattended: Bool

    /// Reads the file.
    ///
    /// - Throws: `ContentLibraryError` when it is no INI; ``MediaFormatError`` `.notMedia` when it names no kind of
    ///   media.
    package init(_ bytes: [UInt8]) throws {
        let document = try INIDocument(bytes: bytes, path: FilePath(MediaDataFile.bootstrap))
        func value(_ key: String) -> String? { document.value(of: key, in: "MediaInfo") }
        guard let text = value("MediaType"),
            let type = MediaType.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() })
        else {
            throw MediaFormatError(
                .notMedia, DiagnosticText(MediaDataFile.bootstrap), "names no kind of media that we know",
                nextStep: "check where the media comes from")
        }
        mediaType = type
        passwordRequired = value("PasswordRequired")?.lowercased() == "true"
        unattended = value("Unattended")?.lowercased() == "true"
    }
}
