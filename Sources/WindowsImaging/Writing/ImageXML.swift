// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support

/// The XML of an archive of one image, as libwim writes it.
enum ImageXML {
    /// The XML in UTF-16LE, with a byte order mark.
    ///
    /// - Parameter totalByteCount: bytes of the archive before the XML.
    static func encode(
        _ description: WindowsImageDescription, tree: ImageTree, contentByteCount: Int64, linkedByteCount: Int64,
        totalByteCount: Int64
    ) -> [UInt8] {
        var writer = XMLWriter()
        func element(_ name: String, _ value: String) {
            writer.startTag(name)
            writer.text(value)
            writer.endTag(name)
        }
        func time(_ name: String) {
            writer.startTag(name)
            let time = description.created.fileTime
            element("HIGHPART", hexadecimal(time >> 32))
            element("LOWPART", hexadecimal(time & 0xFFFF_FFFF))
            writer.endTag(name)
        }
        writer.startTag("WIM")
        writer.startTag("IMAGE", [XMLAttribute("INDEX", "1")])
        element("NAME", description.name)
        element("DIRCOUNT", String(tree.folderCount))
        element("FILECOUNT", String(tree.fileCount))
        element("TOTALBYTES", String(contentByteCount))
        element("HARDLINKBYTES", String(linkedByteCount))
        time("CREATIONTIME")
        time("LASTMODIFICATIONTIME")
        var open: [Substring] = []
        func close(to depth: Int) { while open.count > depth { writer.endTag(String(open.removeLast())) } }
        for property in description.properties where !property.value.isEmpty {
            let names = property.path.split(separator: "/")
            let parents = names.dropLast()
            let common = zip(open, parents).prefix { $0 == $1 }.count
            close(to: common)
            for parent in parents.dropFirst(common) {
                writer.startTag(String(parent))
                open.append(parent)
            }
            element(String(names[names.count - 1]), property.value)
        }
        close(to: 0)
        writer.endTag("IMAGE")
        element("TOTALBYTES", String(totalByteCount))
        writer.endTag("WIM")
        var bytes: [UInt8] = [0xFF, 0xFE]
        Text.appendUTF16LittleEndian(String(decoding: writer.bytes, as: UTF8.self), to: &bytes)
        return bytes
    }

    private static func hexadecimal(_ half: UInt64) -> String {
        let digits = String(half, radix: 16, uppercase: true)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}
