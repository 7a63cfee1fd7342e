// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// The distribution points that contents of media are compared with.
    public static let against = RequestField("against")
    /// What is left out: of what is extracted, and of content that media cannot hold.
    public static let skip = RequestField("skip")

    /// The fields of reading media.
    public static let ofReading: [RequestField] = [.against, .skip]
}
