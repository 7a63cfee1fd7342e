// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import SequenceTools
import TaskSequence

/// `tsmedia sequence new build-and-capture`.
struct SequenceNewBuildAndCapture: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "build-and-capture",
        abstract: "A task sequence that builds a reference computer and captures it.",
        discussion: SequenceNew.discussion,
        required: "--name, --boot-image, --operating-system-image, --client-package, --capture-path, --capture-account",
        examples: [
            #"tsmedia sequence new build-and-capture --name "Build" --boot-image ABC00005 \"#,
            #"    --operating-system-image ABC00004 --client-package ABC00002 \"#,
            #"    --capture-path '\\server\images\win11.wim' \"#,
            #"    --capture-account 'EXAMPLE\capture' --output build.zip"#,
        ])

    @OptionGroup(title: "Task sequence") var identity: SequenceNewIdentityOptions
    @OptionGroup(title: "Windows") var windows: SequenceNewWindowsOptions
    @OptionGroup(title: "Network") var network: SequenceNewNetworkOptions
    @OptionGroup(title: "Software") var software: SequenceNewSoftwareOptions
    @OptionGroup(title: "Capture") var capture: SequenceNewCaptureOptions

    @Option(help: "The step names of the current branch, or those of 2016, which had a step Join Workgroup too.")
    var stepNames: SequenceRequest.StepNames = .current

    @OptionGroup(title: "Output") var result: SequenceNewOutputOptions
    @OptionGroup(title: "Messages") var program: ProgramOptions

    func run() throws {
        let files = [windows.administratorPasswordFile, network.domainPasswordFile, capture.capturePasswordFile]
        try result.run("build-and-capture", program, passwordFiles: files) { passwords in
            let installation = try windows.installation(network, software, passwords)
            return try identity.request(
                .buildAndCapture(installation, try capture.input(passwords)), stepNames: stepNames)
        }
    }
}

extension SequenceRequest.StepNames: ExpressibleByArgument {}
