// SPDX-License-Identifier: GPL-3.0-or-later

/// Names of packages that hold everywhere (package-url/purl-spec).
public enum PackageURL {
    /// A package of Debian (purl-spec, types/deb).
    public static func debian(name: String, version: String, architecture: String) -> String {
        "pkg:deb/debian/\(encoded(name.lowercased()))@\(encoded(version))?arch=\(encoded(architecture))"
    }

    /// Percent-encoded but for what purl-spec leaves as it is: letters, digits and `.-_~`, and the colon.
    private static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: ":"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + String(repeating: "0", count: 2 - digits.utf8.count) + digits
            }
        }
        return result
    }
}
