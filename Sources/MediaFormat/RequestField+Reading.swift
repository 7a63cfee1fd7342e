// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// The distribution points that contents of media are compared with.
    public static let against = RequestField("against")
    /// What is left out: of what is extracted, and of content that media cannot hold.
    public static let skip = RequestField("skip")

    /// The public key that signatures must be by.
    public static let verificationKey = RequestField("key")
    /// A statement of how media was made and of which bytes it is.
    public static let provenance = RequestField("provenance")
    /// The private key that signs what media is.
    public static let signingKey = RequestField("signing-key")

    /// What opens that key.
    public static let signingKeyPassword = RequestField("signing-key-password")

    /// The fields of reading media.
    public static let ofReading: [RequestField] = [
        .against, .skip, .verificationKey, .provenance, .signingKey,
        .signingKeyPassword,
    ]
}
