// SPDX-License-Identifier: GPL-3.0-or-later

/// The programs that busybox is, read out of it: one for another processor cannot be asked.
enum BusyboxApplets {
    /// The table begins with these: it is sorted by the bytes of the names, each of which ends with a zero
    /// (busybox, `applet_names` in applet_tables.h).
    private static let firstNames = Array("[\0[[\0".utf8)
    /// More than any build has.
    private static let countLimit = 1_000
    private static let lengthLimit = 32

    /// The names in `program`.
    ///
    /// - Throws: ``OpenBootImageError`` `.badPackage` when there is no table.
    static func names(in program: [UInt8]) throws(OpenBootImageError) -> [String] {
        var start = program.startIndex
        while let place = program[start...].firstRange(of: firstNames) {
            let names = table(program[place.lowerBound...])
            if names.contains("sh"), names.contains("mount") { return names }
            start = place.lowerBound + 1
        }
        throw OpenBootImageError(
            .badPackage, "program busybox", "has no list of its programs", nextStep: "use packages of Debian 12 or 13")
    }

    /// The names at the beginning of `bytes`, as long as they are sorted and ones that a program may have.
    private static func table(_ bytes: ArraySlice<UInt8>) -> [String] {
        var names: [String] = []
        var rest = bytes
        while names.count < countLimit, let end = rest.prefix(lengthLimit).firstIndex(of: 0) {
            let name = String(decoding: rest[..<end], as: UTF8.self)
            guard !name.isEmpty, name.utf8.allSatisfy(isInNames), names.last.map({ $0.precedesByBytes(name) }) ?? true
            else { break }
            names.append(name)
            rest = rest[(end + 1)...]
        }
        return names
    }

    private static func isInNames(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "["),
            UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
