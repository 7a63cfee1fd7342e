// SPDX-License-Identifier: GPL-3.0-or-later

import TSMediaTestSupport

extension CommandSession {
    /// The size of every file of media by path: of an image by 7-Zip, of a folder by find(1).
    func fileSizes(in media: String) throws -> [String: Int64] {
        var sizes: [String: Int64] = [:]
        guard media.hasSuffix(".iso") else {
            let list = try Program.succeed("find", [media, "-type", "f", "-printf", "%s %P\\n"], in: folder).output
            for line in list.split(separator: "\n") {
                let parts = line.split(separator: " ", maxSplits: 1)
                sizes[String(parts[1])] = Int64(parts[0])
            }
            return sizes
        }
        var path = ""
        for line in try Program.succeed("7z", ["l", "-ba", "-slt", media], in: folder).output.split(separator: "\n") {
            if line.hasPrefix("Path = ") { path = String(line.dropFirst(7)) }
            // Folders have no size; the boot images are shown a second time, in a folder of 7-Zip's own.
            if line.hasPrefix("Size = "), !path.hasPrefix("[BOOT]") { sizes[path] = Int64(line.dropFirst(7)) }
        }
        return sizes
    }
}
