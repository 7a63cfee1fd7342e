// SPDX-License-Identifier: GPL-3.0-or-later

import Shares
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
        do throws(ShareLocation.Malformed) { _ = try ShareLocation(text) } catch {
            throw DistributionPointError(
                .unsupportedLocation, .usage, "distribution point \(error.object)", error.problem,
                nextStep: "name a share with its server")
        }
    }
}
