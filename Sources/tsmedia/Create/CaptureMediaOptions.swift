// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder

/// What capture media is told of the images that it makes.
struct CaptureMediaOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Capture no Windows that other computers cannot use: one that Sysprep has not generalised, in a domain, with a"
                + " client's identity, or from an image itself. For open boot images."))
    var strict = false

    /// What is asked for.
    var rules: CaptureRules {
        var rules = CaptureRules()
        rules.isStrict = strict
        return rules
    }
}
