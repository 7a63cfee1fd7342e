// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// How a drive is divided: `mbr` or `gpt`.
    public static let partitionScheme = RequestField("partition-scheme")
    /// Whether the image of a disc is that of a drive too.
    public static let hybrid = RequestField("hybrid")

    /// The fields of divided drives.
    public static let ofPartitions: [RequestField] = [
        .partitionScheme, .hybrid,
    ]
}
