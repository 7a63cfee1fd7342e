// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// The site: where its AdminService is.
    public static let site = RequestField("site")
    /// The one certificate that the AdminService may have.
    public static let siteCertificateThumbprint = RequestField("site-certificate-thumbprint")
    /// The token by which a cloud management gateway knows us.
    public static let siteToken = RequestField("site-token")

    /// The fields of how a site is asked.
    public static let ofSites: [RequestField] = [.site, .siteCertificateThumbprint, .siteToken]
}
