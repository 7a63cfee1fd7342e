// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// The site: where its AdminService is.
    public static let site = RequestField("site")
    /// The one certificate that the AdminService may have.
    public static let siteCertificateThumbprint = RequestField("site-certificate-thumbprint")
    /// The token by which a cloud management gateway knows us.
    public static let siteToken = RequestField("site-token")

    /// Whether the site is told of the certificate that was made for media.
    public static let registerCertificate = RequestField("register-certificate")
    /// Whether a management point is asked what it knows.
    public static let askManagementPoint = RequestField("ask-management-point")

    /// The fields of how a site is asked, and for what.
    public static let ofSites: [RequestField] = [
        .site, .siteCertificateThumbprint, .siteToken, .registerCertificate, .askManagementPoint, .policies,
    ]
}
