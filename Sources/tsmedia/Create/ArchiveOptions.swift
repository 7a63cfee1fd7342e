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
            "none, fast (XPRESS, the default), maximum (LZX) or solid (LZMS). What is compressed already is stored as it"
                + " is.",
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

    /// Puts the options into `request`.
    func apply(to request: inout MediaRequest) throws {
        request.prestaged.createdBy = createdBy
        request.prestaged.version = archiveVersion
        request.prestaged.comment = comment
        guard compression == nil || request.format != .drive else {
            throw ValidationError("--compression is for a WIM; files on a disk are not compressed")
        }
        request.prestaged.compression = compression ?? .fast
        request.prestaged.hasIntegrityTable = integrityTable
        request.prestaged.base = base.map { FilePath($0) }
        guard let split else { return }
        request.prestaged.partByteCount = try OptionValues.byteCount(split, "--split")
        // The first part has the name of the whole with the ending of a part.
        if request.output.extension?.lowercased() == "wim" { request.output.extension = "swm" }
    }
}

extension WindowsImageCompression: ExpressibleByArgument {}
