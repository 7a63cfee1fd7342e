// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension Certificate {
    /// The certificate as text (RFC 7468 section 5).
    package var pem: String {
        let lines = stride(from: 0, to: der.count, by: 48).map { start in
            Base64.encode(der[start..<min(start + 48, der.count)])
        }
        return (["-----BEGIN CERTIFICATE-----"] + lines + ["-----END CERTIFICATE-----", ""]).joined(separator: "\n")
    }
}
