// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Times as management instrumentation writes them: yyyymmddHHMMSS.ffffff+UUU ([MS-WMI] CIM datetime; DSP0004 5.2.4).
enum ManagementTime {
    /// The time that `text` is; nil when it is none.
    static func timestamp(_ text: String) -> Timestamp? {
        let units = Array(text.utf8)
        guard units.count >= 14, units[..<14].allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        func number(_ range: Range<Int>) -> Int64 { units[range].reduce(0) { $0 * 10 + Int64($1 - 0x30) } }
        var bias: Int64 = 0
        // Minutes from UTC, where they are said.
        if units.count >= 25, units[21] == UInt8(ascii: "+") || units[21] == UInt8(ascii: "-"),
            units[22..<25].allSatisfy({ (0x30...0x39).contains($0) })
        {
            bias = number(22..<25) * (units[21] == UInt8(ascii: "-") ? -1 : 1)
        }
        let seconds = CivilTime.unixSeconds(
            year: number(0..<4), month: number(4..<6), day: number(6..<8), hour: number(8..<10),
            minute: number(10..<12),
            second: number(12..<14))
        return Timestamp(unixSeconds: seconds - bias * 60)
    }
}
