// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import NetworkTransfer
import Support
import SystemPackage

/// How servers are asked: by whom, through what, and what of them is believed.
public struct ServerAccess: Sendable {
    /// User names and passwords.
    public var credentials: ServerCredentials
    /// Whether passwords may pass in the clear, where others could read them.
    public var allowsBasicOverHTTP = false
    /// A token by which we are known, which whoever has it may use: for servers over TLS only.
    public var bearerToken: String?
    /// The certificate by which we are known, with its private key, as a PFX.
    public var clientCertificate: NetworkSettings.ClientCertificate?
    /// Authorities that are believed besides the system's.
    public var trusted: [Certificate] = []
    /// The one certificate that servers may have, by its SHA-1 or SHA-256.
    public var serverThumbprint: [UInt8]?
    /// The proxy; nil for what the environment says.
    public var proxy: String?
    /// What the program calls itself.
    public var userAgent = Self.ownUserAgent
    /// How long a server may say nothing, in seconds.
    public var stallSeconds: Double = 30
    /// Whether no server is asked at all: what the store has must do.
    public var isOffline = false
    /// Whether what comes from servers is not kept in the store.
    public var bypassesStore = false
    /// How often what may pass is tried.
    public var retries = RetryPolicy.ofServers
    /// Takes what somebody who waits should know; called from any thread.
    public var tell: @Sendable (DiagnosticText) -> Void = { _ in }

    /// The program that talks to servers with shares: this one, started again.
    package var shareProgram = FilePath("/proc/self/exe")

    /// What the program calls itself to servers.
    public static let ownUserAgent = "tsmedia"
    /// What genuine clients call themselves [V] (docs/formats/content-library.md).
    public static let clientUserAgent = "SMS+CCM+5.0"

    /// What is usual, with `credentials`.
    public init(credentials: ServerCredentials = ServerCredentials()) { self.credentials = credentials }

    /// The same for libcurl.
    package var network: NetworkSettings {
        var settings = NetworkSettings(userAgent: userAgent)
        settings.stallSeconds = stallSeconds
        settings.proxy = proxy
        settings.clientCertificate = clientCertificate
        settings.serverThumbprint = serverThumbprint
        settings.trustedCertificates = trusted.flatMap { Array($0.pem.utf8) }
        return settings
    }
}
