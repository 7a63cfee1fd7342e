// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceEngine
import Support

/// The program that runs a task sequence on the target, in an environment that holds little else.
@main
enum Main {
    static func main() {
        let engine = Engine(version: "0.1.0")
        let end = engine.run()
        do throws(FileError) {
            try TargetPower.end(end)
        } catch {
            print(error.description)
        }
    }
}
