// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// A distribution point.
    public static let distributionPoint = RequestField("distribution-point")
    /// The folder that keeps what comes from servers and remembers what was verified.
    public static let store = RequestField("store")
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
    /// That the first distribution point wins, whatever its version.
    public static let preferOrder = RequestField("prefer-order")
    /// That nothing is kept in the store.
    public static let noStore = RequestField("no-store")

    /// The fields of where content comes from.
    public static let ofDistributionPoints: [RequestField] = [
        .distributionPoint, .store, .credentials, .basicOverHTTP, .clientCertificate, .clientCertificatePassword,
        .trust,
        .serverCertificateThumbprint, .proxy, .userAgent, .timeout, .offline, .preferOrder, .noStore,
    ]
}
