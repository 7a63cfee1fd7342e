// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// The drive that burns.
    public static let drive = RequestField("drive")
    /// How fast it writes.
    public static let speed = RequestField("speed")
    /// Whether all is done but burning.
    public static let simulate = RequestField("simulate")

    /// The fields of burning.
    public static let ofBurning: [RequestField] = [.drive, .speed, .simulate]
}
