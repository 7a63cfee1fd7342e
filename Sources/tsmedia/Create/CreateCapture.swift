// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import MediaFormat

/// `tsmedia create capture`.
struct CreateCapture: KindCommand {
    static let mediaType = MediaType.capture
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Make media that captures a reference computer's operating system as an image.")

    @OptionGroup(title: "Content") var content: ContentOptions
    @OptionGroup(title: "Boot image") var bootImage: BootImageOptions
    @OptionGroup(title: "Media") var media: MediaOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Drives") var drive: DriveOptions
    @OptionGroup(title: "Messages") var program: ProgramOptions

    func run() throws {
        try CreateRun(content: content, output: output, drive: drive, program: program).run(Self.mediaType) {
            .capture
        } _: { request in
            try bootImage.apply(to: &request)
            media.apply(to: &request)
        }
    }
}
