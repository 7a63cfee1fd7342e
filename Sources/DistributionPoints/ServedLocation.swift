// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Where a computer that runs a task sequence gets content: a distribution point that a server has, over HTTP or on a share.
package enum ServedLocation {
    /// Makes sure that `text` is one; no server is asked.
    ///
    /// - Throws: ``DistributionPointError`` `.unsupportedLocation`.
    package static func check(_ text: String) throws(DistributionPointError) {
        if WebLocation.takes(text) {
            _ = try WebLocation(text)
            return
        }
        guard LocationForm(text) == .share else {
            throw DistributionPointError(
                .unsupportedLocation, .usage, "distribution point '\(text.onOneLine)'",
                "is neither a server over HTTP nor a share", nextStep: "name a server or a share")
        }
        _ = try SMBTransport.location(text)
    }
}
