// SPDX-License-Identifier: GPL-3.0-or-later

/// The names of the parts of a split file: `NAME2.swm`, `NAME3.swm` and so on, in one folder.
struct NumberedNames: Sendable, Hashable {
    let folder: FilePlace.Node
    let stem: ComparedName
    let ending: ComparedName

    /// The parts of the file that has `place`; nil where its folder does not exist.
    init?(_ place: FilePlace) {
        guard let folder = place.folders.first, let name = place.name else { return nil }
        self.folder = folder
        stem = ComparedName(name.stem)
        ending = ComparedName(name.extension ?? "")
    }

    private init(folder: FilePlace.Node, stem: String, ending: String) {
        self.folder = folder
        self.stem = ComparedName(stem)
        self.ending = ComparedName(ending)
    }

    /// Every series that the name of `place` could be one of, with the digits that it would have there.
    ///
    /// `A12.swm` is number 12 of `A` and number 2 of `A1`. Numbers are written without zeros in front.
    static func series(of place: FilePlace) -> [(names: NumberedNames, digits: String)] {
        guard let folder = place.folders.first, let name = place.name else { return [] }
        var (stem, digits) = (name.stem, "")
        var found: [(names: NumberedNames, digits: String)] = []
        while let last = stem.last, last.isASCII, last.isNumber {
            stem.removeLast()
            digits = String(last) + digits
            if last != "0" {
                found.append((NumberedNames(folder: folder, stem: stem, ending: name.extension ?? ""), digits))
            }
        }
        return found
    }
}
