// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import VolumeCapture

/// The name of the file that an image goes to.
enum CaptureFileName {
    /// What it ends in.
    static let ending = ".wim"
    private static let lengthLimit = 200

    /// The name that somebody typed, with its ending.
    ///
    /// - Throws: ``CaptureError`` `.badDestination`.
    static func read(_ text: String) throws(CaptureError) -> String {
        let typed = text.trimming(\.isWhitespace).description
        let stem = typed.caseFolded.hasSuffix(CaseFoldedName(ending)) ? String(typed.dropLast(ending.count)) : typed
        guard !stem.isEmpty, stem.utf16.count <= lengthLimit, !stem.hasPrefix("."), stem.last != ".", stem.last != " ",
            !MediaPath.hasForbiddenCharacter(stem), (try? MediaPath(stem + ending)) != nil
        else {
            throw CaptureError(
                .badDestination, "'\(text.onOneLine)'", "is no name that a file can have on Windows",
                nextStep: "write a name such as windows11.wim, without a folder")
        }
        return stem + ending
    }
}
