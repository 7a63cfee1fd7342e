// SPDX-License-Identifier: GPL-3.0-or-later

import DistributionPoints
import Servers

extension DistributionPoints {
    /// The ways to reach distribution points that this program has.
    ///
    /// The one list of them: whoever adds a source of content adds its transport here.
    ///
    /// - Parameters:
    ///   - access: how servers are asked.
    ///   - prefersOrder: whether the first distribution point that has a package wins, whatever its version.
    static func ofProgram(_ access: ServerAccess, prefersOrder: Bool = false) -> DistributionPoints {
        DistributionPoints([LocalTransport(), HTTPTransport(access), SMBTransport(access)], prefersOrder: prefersOrder)
    }

    /// The same as `options` say; users come from the environment and from netrc(5) too.
    static func ofProgram(_ options: ServerOptions) throws -> DistributionPoints {
        ofProgram(try options.input().access(), prefersOrder: options.preferOrder)
    }
}
