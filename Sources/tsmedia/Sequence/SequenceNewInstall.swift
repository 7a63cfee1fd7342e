// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import TaskSequence

/// `tsmedia sequence new install`.
struct SequenceNewInstall: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "install",
        abstract: "A task sequence that installs an operating system image.",
        discussion: SequenceNew.discussion,
        required: "--name, --boot-image, --operating-system-image, --client-package",
        examples: [
            #"tsmedia sequence new install --name "Windows 11" --boot-image ABC00005 \"#,
            #"    --operating-system-image ABC00010 --client-package ABC00002 \"#,
            #"    --output win11.zip"#,
        ])

    @OptionGroup(title: "Task sequence") var identity: SequenceNewIdentityOptions
    @OptionGroup(title: "Windows") var windows: SequenceNewWindowsOptions

    @Flag(help: "Leave the steps out that partition and format the disk.")
    var keepPartitions = false

    @OptionGroup(title: "Network") var network: SequenceNewNetworkOptions
    @OptionGroup(title: "Software") var software: SequenceNewSoftwareOptions
    @OptionGroup(title: "Output") var result: SequenceNewOutputOptions
    @OptionGroup(title: "Messages") var program: ProgramOptions

    func run() throws {
        let files = [windows.administratorPasswordFile, network.domainPasswordFile]
        try result.run("install", program, passwordFiles: files) { passwords in
            let installation = try windows.installation(network, software, passwords)
            return try identity.request(.install(installation, keepsPartitions: keepPartitions))
        }
    }
}
