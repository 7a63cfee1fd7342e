// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// The names of the volumes of a set.
enum SetOutput {
    /// Where volume `number` of `count` goes: one volume has the name of the request, several a number at its end,
    /// before the extension (docs/formats/media.md section 2).
    static func path(_ output: FilePath, volume number: Int, of count: Int) -> FilePath {
        guard count > 1, let name = output.lastComponent else { return output }
        let numbered = name.stem + String(number) + (name.extension.map { ".\($0)" } ?? "")
        return output.removingLastComponent().appending(numbered)
    }

    /// The volumes after the last one that an earlier, larger set left beside this one.
    static func leftovers(_ output: FilePath, count: Int) -> [FilePath] {
        guard count > 1 else { return [] }
        var found: [FilePath] = []
        while true {
            let number = count + found.count + 1
            let path = path(output, volume: number, of: number)
            guard (try? Stat(path)) != nil else { return found }
            found.append(path)
        }
    }
}
