// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport

extension ReportCollection {
    /// Media that is signed, by the key that is asked for and by another one.
    func signatures() throws {
        let keys = try SigningKeys(in: session.work.path)
        let other = try SigningKeys(in: session.work.path, name: "other")
        try session.create(.capture, "signed", keys.options)
        try report("inspect", ["inspect", "signed"])
        try report("verify", ["verify", "signed", "--key", keys.publicKey.string])
        try report("verify", ["verify", "signed", "--key", other.publicKey.string], status: 65)
    }
}
