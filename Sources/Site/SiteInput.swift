// SPDX-License-Identifier: GPL-3.0-or-later

import Servers
import Support

/// How a site is asked, as people write it.
public struct SiteInput: Sendable {
    /// The URL of its AdminService.
    public var site: String
    /// The one certificate that it may have: its SHA-1 or SHA-256 in hexadecimal digits.
    public var certificateThumbprint: String?
    /// The token by which a cloud management gateway knows us.
    public var token: String?

    /// The site at `site`.
    public init(site: String) { self.site = site }

    /// The service that is asked for; servers are asked as `access` says, but for what is said of the site.
    ///
    /// - Throws: ``SiteError`` `.badValue`; `ServerAccessError`.
    public func service(_ access: ServerAccess) throws -> AdminService {
        var access = access
        if let certificateThumbprint {
            access.serverThumbprint = try ServerAccessInput.thumbprint(
                certificateThumbprint, of: .siteCertificateThumbprint)
        }
        if let token {
            guard !token.isEmpty, token.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) else {
                throw SiteError.bad(.siteToken, "holds no token: it is a text without spaces", "get a new one")
            }
            access.bearerToken = token
        }
        return AdminService(try SiteLocation(site), access)
    }
}
