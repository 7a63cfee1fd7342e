// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// How a drive is divided: `mbr` or `gpt`.
    public static let partitionScheme = RequestField("partition-scheme")

    /// The fields of divided drives.
    public static let ofPartitions: [RequestField] = [
        .partitionScheme
    ]
}
