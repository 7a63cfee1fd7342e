// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import SystemPackage
import WindowsImaging

/// How a WIM is written, and what it says about itself.
struct ArchiveOptions: ParsableArguments {
    @Option(help: "Who made the file; at most 50 characters.")
    var createdBy = ""

    @Option(name: .customLong("version"), help: "Which version it is; at most 32 characters.")
    var archiveVersion = ""

    @Option(help: "What else there is to say; at most 127 characters.")
    var comment = ""

    @Option(
        help: ArgumentHelp(
            "none, fast (XPRESS), maximum (LZX) or solid (LZMS); by default that of the operating system image, or fast with"
                + " its package. What is compressed already is stored as it is.",
            valueName: "method"))
    var compression: WindowsImageCompression?

    @Flag(help: "Add a table of hashes by which other programs check the file without reading it as an image.")
    var integrityTable = false

    @Option(
        help: ArgumentHelp("Write parts (.swm) of at most this size, as 4GB, 4.7GB, 4GiB or bytes.", valueName: "size"))
    var split: String?

    @Option(
        help: ArgumentHelp(
            "An earlier prestaged file: what it holds compressed and unchanged is taken over.", valueName: "old.wim"),
        completion: .file(extensions: ["wim", "swm"]))
    var base: String?

    /// Puts the options into `output`.
    func apply(to output: inout PrestagedOutput) throws {
        output.archive.createdBy = createdBy
        output.archive.version = archiveVersion
        output.archive.comment = comment
        output.compression = compression
        output.archive.hasIntegrityTable = integrityTable
        output.archive.base = base.map { FilePath($0) }
        output.archive.partByteCount = try split.map { try FieldValue.byteCount($0, .split) }
    }
}

extension WindowsImageCompression: ExpressibleByArgument {}
