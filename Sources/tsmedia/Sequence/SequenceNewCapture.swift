// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import TaskSequence

/// `tsmedia sequence new capture`.
struct SequenceNewCapture: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "capture",
        abstract: "A task sequence that captures an existing reference computer, which must not be in a domain.",
        discussion: SequenceNew.discussion,
        required: "--name, --boot-image, --capture-path, --capture-account",
        examples: [
            #"tsmedia sequence new capture --name "Capture" --boot-image ABC00005 \"#,
            #"    --capture-path '\\server\images\win11.wim' \"#,
            #"    --capture-account 'EXAMPLE\capture' --output capture.zip"#,
        ])

    @OptionGroup(title: "Task sequence") var identity: SequenceNewIdentityOptions
    @OptionGroup(title: "Capture") var capture: SequenceNewCaptureOptions
    @OptionGroup(title: "Output") var result: SequenceNewOutputOptions
    @OptionGroup(title: "Messages") var program: ProgramOptions

    func run() throws {
        try result.run("capture", program, passwordFiles: [capture.capturePasswordFile]) { passwords in
            try identity.request(.capture(try capture.input(passwords)))
        }
    }
}
