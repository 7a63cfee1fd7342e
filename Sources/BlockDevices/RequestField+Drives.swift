// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// Whether a drive may be written that is no removable one.
    public static let allowFixedDisk = RequestField("allow-fixed-disk")
    /// The serial number or the path of a drive, named once more.
    public static let confirm = RequestField("confirm")
    /// Whether the file systems of a drive are unmounted.
    public static let unmount = RequestField("unmount")

    /// The fields of consents to writing a drive.
    public static let ofDrives: [RequestField] = [
        .allowFixedDisk, .confirm, .unmount,
    ]
}
