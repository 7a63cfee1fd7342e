// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder

/// Many files in one run.
struct FleetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "CSV or YAML file of computer models: a file is made for each, in the folder that --output names.",
            valueName: "models.csv|models.yaml"),
        completion: .file(extensions: ["csv", "yaml", "yml"]))
    var fleet: String?

    @Option(help: ArgumentHelp("With --fleet: memory for files that are made side by side.", valueName: "size"))
    var memoryLimit = "1GB"

    /// The bytes of memory.
    func memoryByteCount() throws -> Int { Int(clamping: try FieldValue.byteCount(memoryLimit, .memoryLimit)) }
}
