// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// User names and passwords by server.
    public static let credentials = RequestField("credentials")
    /// That passwords may pass in the clear.
    public static let basicOverHTTP = RequestField("allow-basic-over-http")
    /// The certificate by which servers know us.
    public static let clientCertificate = RequestField("client-certificate")
    /// The password that opens it.
    public static let clientCertificatePassword = RequestField("client-certificate-password")
    /// Authorities that are believed besides the system's.
    public static let trust = RequestField("trust")
    /// The one certificate that servers may have.
    public static let serverCertificateThumbprint = RequestField("server-certificate-thumbprint")
    /// The proxy.
    public static let proxy = RequestField("proxy")
    /// What the program calls itself.
    public static let userAgent = RequestField("user-agent")
    /// How long a server may say nothing.
    public static let timeout = RequestField("timeout")
    /// That no server is asked.
    public static let offline = RequestField("offline")

    /// The fields of how servers are asked.
    public static let ofServers: [RequestField] = [
        .credentials, .basicOverHTTP, .clientCertificate, .clientCertificatePassword, .trust,
        .serverCertificateThumbprint, .proxy, .userAgent, .timeout, .offline,
    ]
}
