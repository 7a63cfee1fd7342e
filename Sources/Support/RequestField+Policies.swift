// SPDX-License-Identifier: GPL-3.0-or-later

extension RequestField {
    /// Whose policies stand-alone media has.
    public static let policies = RequestField("policies")
}
