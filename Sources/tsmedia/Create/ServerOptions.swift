// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import Servers
import Support
import SystemPackage

/// How servers are asked for content.
struct ServerOptions: ParsableArguments {
    @OptionGroup var access: AccessOptions

    @Flag(help: "Take the first distribution point that has a package, even when another has a newer version.")
    var preferOrder = false

    @Flag(help: "Ask no server: what the store keeps must do.")
    var offline = false

    @Flag(help: "Keep nothing of what comes from servers in the store.")
    var noStore = false

    /// Further authorities, of other options; no option themselves.
    private(set) var siteRoots: [String] = []

    private enum CodingKeys: String, CodingKey {
        case access, preferOrder, offline, noStore
    }

    func validate() throws {
        if offline, noStore {
            throw ValidationError("--offline takes everything from the store that --no-store passes by; leave one out")
        }
    }

    /// The same options with the site's own authorities believed too.
    func believing(_ roots: [String]) -> ServerOptions {
        var options = self
        options.siteRoots += roots
        return options
    }

    /// What the options ask for.
    func input() throws -> ServerAccessInput {
        var input = try access.input()
        input.trust += siteRoots.map { FilePath($0) }
        input.isOffline = offline
        input.bypassesStore = noStore
        return input
    }

    /// Files that these options are read from.
    var files: [FilePath] { access.files }
}
