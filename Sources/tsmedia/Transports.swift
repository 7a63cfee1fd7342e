// SPDX-License-Identifier: GPL-3.0-or-later

import DistributionPoints

extension DistributionPoints {
    /// The ways to reach distribution points that this program has.
    ///
    /// The one list of them: whoever adds a source of content adds its transport here.
    static let ofProgram = DistributionPoints([LocalTransport()])
}
