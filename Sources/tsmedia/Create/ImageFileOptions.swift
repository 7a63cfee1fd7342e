// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder

/// What those need who copy images: a map, less to copy, hashes.
struct ImageFileOptions: ParsableArguments {
    @Flag(help: "Write the map of the blocks that matter beside the image of a drive (.bmap), for bmaptool copy.")
    var bmap = false

    @Flag(help: "End the image of a drive behind what it holds, wherever the drive will end.")
    var shrink = false

    @Flag(help: "List the SHA-256 of what is written in SHA256SUMS beside it, for sha256sum --check.")
    var checksums = false

    /// Asks `request` for it.
    func apply(to request: inout MediaRequest) throws {
        var packaging = ImagePackaging()
        packaging.hasMap = bmap
        packaging.isShrunk = shrink
        request.format = try request.format.packaged(packaging, output: request.output)
        request.listsChecksums = checksums
    }

    /// The options that write more than one file, for outputs that are sent away when they are whole.
    var besideOutput: [String] { (bmap ? ["--bmap"] : []) + (checksums ? ["--checksums"] : []) }
}
