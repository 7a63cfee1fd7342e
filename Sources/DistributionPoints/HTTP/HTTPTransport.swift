// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Servers
import Support
import SystemPackage

/// Distribution points over HTTP and HTTPS.
public struct HTTPTransport: DistributionPointTransport {
    private let access: ServerAccess

    /// Servers that are asked as `access` says.
    public init(_ access: ServerAccess) { self.access = access }

    /// `http://` and `https://`.
    public func takes(_ location: String) -> Bool { WebLocation.takes(location) }

    /// The servers; none of them is asked for anything yet.
    ///
    /// - Throws: ``DistributionPointError`` `.unsupportedLocation`.
    public func open(
        _ locations: [String], store: ContentStore, interruption: Interruption, progress: any ProgressObserver
    ) throws -> [any DistributionPoint] {
        try locations.map { HTTPDistributionPoint(try WebLocation($0), access, store: store) }
    }
}
