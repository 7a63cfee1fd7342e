// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// The certificates under which loaders are signed: `2011`, `2023`.
    public static let bootLoaderCertificate = RequestField("boot-loader-certificate")
    /// Whether a disc starts without a key press.
    public static let noPrompt = RequestField("no-prompt")

    /// The fields of boot files.
    public static let ofBootFiles: [RequestField] = [
        .bootLoaderCertificate, .noPrompt,
    ]
}
