// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import Support
import SystemPackage

/// `tsmedia create standalone`.
struct CreateStandalone: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "standalone",
        abstract: "Make media that holds a task sequence and everything it references.")

    @OptionGroup(title: "Content") var content: ContentOptions

    @Option(help: "Task sequence: the console's export zip, its unzipped folder, or an XML file.", completion: .file())
    var taskSequence: String

    @Option(
        name: .customLong("task-sequence-id"),
        help: "Which task sequence of the export, when it holds several that no other one runs.")
    var taskSequenceID: String?

    @OptionGroup(title: "Further content") var further: FurtherContentOptions

    @OptionGroup(title: "Boot image") var bootImage: BootImageOptions
    @OptionGroup(title: "Behaviour") var behaviour: BehaviourOptions

    @Option(
        help: ArgumentHelp(
            "Limit of a volume: \(MediaCapacity.names.joined(separator: ", ")), or a number of bytes.",
            valueName: "size"))
    var mediaSize = "unlimited"

    @Option(
        help: ArgumentHelp(
            "How contents are divided when they fit no single volume: ordered (as the task sequence asks for them) or"
                + " dense (in another order, where that takes fewer volumes).", valueName: "method"))
    var packing = PackingMethod.ordered

    @Option(help: "Date after which the media does not start, YYYY-MM-DD (to its end, UTC).")
    var mediaExpirationDate: String?

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Messages") var program: ProgramOptions

    func run() throws {
        try CreateRun(content: content, output: output, program: program).run(.standalone) { request in
            request.taskSequence = FilePath(taskSequence)
            request.taskSequenceID = taskSequenceID
            try further.apply(to: &request)
            guard let capacity = MediaCapacity(mediaSize) else {
                throw ValidationError(
                    "--media-size '\(mediaSize)' is not a size; use \(MediaCapacity.names.joined(separator: ", "))"
                        + " or a number of bytes")
            }
            request.capacity = capacity
            request.packing = packing
            request.expiration = try mediaExpirationDate.map {
                try OptionValues.endOfDay($0, "--media-expiration-date")
            }
            try bootImage.apply(to: &request)
            try behaviour.apply(to: &request)
        }
    }
}

extension PackingMethod: ExpressibleByArgument {}
