// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Support

/// The words of the command line as the kernel has them.
enum Arguments {
    /// Refuses arguments that are not UTF-8: as text they would silently become others, and so would the files they name.
    ///
    /// - Throws: `ValidationError`, which names the first of them.
    static func check() throws {
        for number in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = CommandLine.unsafeArgv[number], String(validatingCString: argument) == nil else {
                continue
            }
            throw ValidationError(
                "argument \(number) '\(String(cString: argument).onOneLine)' is not UTF-8 text; rename the file, or reach"
                    + " it through a link with another name")
        }
    }
}
