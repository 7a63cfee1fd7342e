// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// A distribution point.
    public static let distributionPoint = RequestField("distribution-point")
    /// The folder that keeps what comes from servers and remembers what was verified.
    public static let store = RequestField("store")
    /// That the first distribution point wins, whatever its version.
    public static let preferOrder = RequestField("prefer-order")
    /// That nothing is kept in the store.
    public static let noStore = RequestField("no-store")

    /// The fields of where content comes from.
    public static let ofDistributionPoints: [RequestField] = [
        .distributionPoint, .store, .preferOrder, .noStore,
    ]
}
