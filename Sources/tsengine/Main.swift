// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SequenceEngine
import Support

/// The program that runs a task sequence on the target, in an environment that holds little else.
@main
enum Main {
    private static let version = "0.1.0"
    /// `EX_USAGE` of sysexits.h.
    private static let usage: Int32 = 64

    static func main() {
        // It divides disks and restarts the computer: started elsewhere by mistake, it does nothing.
        guard TargetEnvironment.isHere else {
            print(
                "tsengine \(version) runs task sequences in the boot images of `tsmedia bootimage build`, and nowhere else."
            )
            exit(usage)
        }
        let end = Engine(version: version).run()
        do throws(FileError) {
            try TargetEnvironment.end(end)
        } catch {
            print(error.description)
            exit(1)
        }
    }
}
