// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// A list of the devices of a computer.
    public static let forHardware = RequestField("for-hardware")

    /// The fields of drivers.
    public static let ofDrivers: [RequestField] = [.forHardware]
}
