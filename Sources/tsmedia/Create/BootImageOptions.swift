// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import BootMedia
import MediaBuilder

/// The boot image and which boot files to take from it.
struct BootImageOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Boot image: a package ID, with --site also its name, or the path of a WIM file. Stand-alone media takes the task sequence's.",
            valueName: "id|file.wim"), completion: .file())
    var bootImage: String?

    @Option(
        help: "Which loaders to take: those signed under the 2011 or the 2023 certificates, or the newest there are.")
    var bootLoaderCertificate: LoaderGeneration = .automatic

    @Flag(name: .customLong("no-prompt"), help: "Start from the disc without \"Press any key\".")
    var omitsPrompt = false

    @OptionGroup var hardware: HardwareOptions

    /// Puts the options into `request`.
    func apply(to request: inout MediaRequest, _ site: SiteCompletion? = nil) throws {
        request.bootFileOptions = BootFileOptions(promptsForKey: !omitsPrompt, generation: bootLoaderCertificate)
        request.hardware = try hardware.list()
        request.otherSources += hardware.sources
        if let bootImage { request.bootImage = try site?.bootImage(bootImage) ?? FieldValue.bootImage(bootImage) }
    }
}

extension LoaderGeneration: ExpressibleByArgument {}
