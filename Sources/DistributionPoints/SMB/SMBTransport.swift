// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Servers
import Shares
import Support
import SystemPackage

/// Distribution points on shares of servers, over SMB 2 and 3.
public struct SMBTransport: DistributionPointTransport {
    private let access: ServerAccess

    /// Servers that are asked as `access` says.
    public init(_ access: ServerAccess) { self.access = access }

    /// `smb://`, `\\host\share` and `//host/share`.
    public func takes(_ location: String) -> Bool { ShareLocation.takes(location) }

    /// The shares; none of them is asked for anything yet.
    ///
    /// A further drive that follows the library of its server belongs to it.
    ///
    /// - Throws: ``DistributionPointError`` `.unsupportedLocation`.
    public func open(
        _ locations: [String], store: ContentStore, interruption: Interruption, progress: any ProgressObserver
    ) throws -> [any DistributionPoint] {
        var libraries: [(location: ShareLocation, drives: [SharePlace])] = []
        for text in locations {
            let location = try Self.location(text)
            let place = SharePlace(location.share ?? SMBLibrary.mainShare, location.names)
            if SMBLibrary.isFurtherDrive(place), let last = libraries.last, last.location.server == location.server {
                libraries[libraries.count - 1].drives.append(place)
            } else {
                libraries.append((location, [place]))
            }
        }
        return libraries.map { SMBDistributionPoint($0.location, drives: $0.drives, access, store: store) }
    }

    /// The share that `text` names.
    ///
    /// - Throws: ``DistributionPointError`` `.unsupportedLocation`.
    static func location(_ text: String) throws(DistributionPointError) -> ShareLocation {
        do throws(ShareLocation.Malformed) { return try ShareLocation(text) } catch {
            throw DistributionPointError(
                .unsupportedLocation, .usage, "distribution point \(error.object)", error.problem,
                nextStep: "name it as smb://host/SCCMContentLib$, and the user with \(.credentials)")
        }
    }
}

extension ShareError {
    /// What it is when it may pass.
    var fault: PassingFault {
        switch code {
        case .connectionRefused: .refusal
        case .stalled: .stall
        default: .other
        }
    }
}

extension ServerAccess {
    /// Connections to the server of `location`, by its users.
    public func shares(_ location: ShareLocation) -> ShareSession {
        var settings = ShareSettings()
        settings.stallSeconds = stallSeconds
        settings.program = shareProgram
        return ShareSession(location.server, users: users(location), settings)
    }

    /// Who asks: the user of the location, else the one of the credentials for its server, else the owner of the tickets in
    /// the Kerberos cache, else nobody in particular.
    func users(_ location: ShareLocation) -> [ShareUser] {
        let host = location.server.host
        if let user = location.user {
            let full = location.domain.map { "\($0)\\\(user)" } ?? user
            if let entry = credentials.entry(for: host, user: user) {
                return [ShareUser(location.domain == nil ? entry.user : full, password: entry.password)]
            }
            return [ShareUser(ticketOf: location.domain.map { "\(user)@\($0)" } ?? user)]
        }
        if let entry = credentials.entry(for: host) { return [ShareUser(entry.user, password: entry.password)] }
        return (ShareUser.ticketOwner.map { [ShareUser(ticketOf: $0)] } ?? []) + [.guest]
    }
}
