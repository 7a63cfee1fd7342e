// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// A distribution point.
    public static let distributionPoint = RequestField("distribution-point")

    /// The fields of where content comes from.
    public static let ofDistributionPoints: [RequestField] = [
        .distributionPoint
    ]
}
