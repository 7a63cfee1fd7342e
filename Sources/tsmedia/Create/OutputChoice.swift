// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import MediaBuilder
import SystemPackage

/// Where a run writes: the options of a `create` command.
protocol OutputChoice {
    /// The file or folder; nil for drives.
    var outputPath: String? { get }
    /// The drives.
    var usb: [String] { get }
    /// Whether an existing output is replaced, and a drive that is not blank written.
    var force: Bool { get }
    /// Whether nothing is written.
    var dryRun: Bool { get }
    /// Whether every file is listed.
    var listFiles: Bool { get }
    /// The options that ask for files beside the output.
    var besideOutput: [String] { get }
    /// A request of `kind` that writes `drives` or, when there are none, the file or folder `path`.
    func request(_ kind: MediaKind, path: FilePath?, drives: [BlockDevice]) throws -> MediaRequest
}

extension OutputChoice {
    /// What is written, for messages.
    var name: String { outputPath ?? usb.joined(separator: ", ") }
}
