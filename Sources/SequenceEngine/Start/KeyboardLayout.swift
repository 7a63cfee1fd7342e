// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage

/// The layout of the console's keyboard, which a variable of the media may choose.
struct KeyboardLayout {
    /// Where the environment has the layouts (docs/formats/open-boot-image.md).
    private static let folder: FilePath = "/etc/keymaps"
    private static let ending = ".bmap"

    private let folder: FilePath
    private let programs: Programs

    init(folder: FilePath = folder, programs: Programs) {
        self.folder = folder
        self.programs = programs
    }

    /// Has the console take the layout `name`.
    ///
    /// - Throws: ``EngineError`` `.command` when there is none of that name; `InterruptedError`.
    func load(_ name: String, interruption: Interruption) throws {
        let file = folder.appending(name + Self.ending)
        guard name.utf8.allSatisfy(Self.isInNames), (try? Stat(file)) != nil else {
            throw EngineError(
                .command, "keyboard layout '\(name.onOneLine)'", "is none of this boot image",
                nextStep: "correct the variable \(MediaVariableName.inputLayout): a name like us, de or fr-latin9")
        }
        let (code, output) = try programs.run(
            "loadkmap <\(file)", in: "/", timeoutSeconds: 10, outputLimit: 1 << 12, interruption: interruption)
        guard code == 0 else {
            throw EngineError(
                .command, "keyboard layout '\(name.onOneLine)'", "could not be loaded: \(output.onOneLine)",
                nextStep: "use another layout")
        }
    }

    /// What names of layouts are made of, and what leads nowhere else.
    private static func isInNames(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
