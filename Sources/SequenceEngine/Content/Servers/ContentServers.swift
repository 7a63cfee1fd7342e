// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import MediaVariables
import Support
import SystemPackage

/// The distribution point that this computer asks: that of the media's variables, or one that somebody names.
final class ContentServers {
    private static let question = "distribution-point"

    private let session: EngineSession
    private var known: Result<(any ContentServer)?, any Error>?
    private var isAsked = false

    private let openOther: ((_ location: String) throws -> any ContentServer)?

    /// - Parameter open: for tests: opens a distribution point in its own way.
    init(_ session: EngineSession, open: ((_ location: String) throws -> any ContentServer)? = nil) {
        self.session = session
        openOther = open
    }

    /// The distribution point; nil when none is known.
    ///
    /// - Parameter isNeeded: whether somebody is asked for one that no variable names.
    /// - Throws: ``EngineError`` for a location that cannot be, or a share that cannot be connected; `InterruptedError`.
    func server(isNeeded: Bool) throws -> (any ContentServer)? {
        if let known {
            if try known.get() != nil || !isNeeded { return try known.get() }
        }
        if let location = session.variables[MediaVariableName.distributionPoint], !location.isEmpty {
            return try remember { try open(location) }
        }
        guard isNeeded, !isAsked, !session.isUnattended else { return nil }
        isAsked = true
        let location = try session.presenter.ask(
            Self.question, title: "Distribution point",
            text: [
                "Content is needed that is not on this computer.",
                "Name a distribution point, as http://server or \\\\server\\SCCMContentLib$.",
                "Enter alone goes on without one.",
            ], isSecret: false, interruption: session.interruption)
        guard !location.isEmpty else { return nil }
        return try remember { try open(location) }
    }

    private func remember(_ open: () throws -> any ContentServer) throws -> any ContentServer {
        do {
            let server = try open()
            known = .success(server)
            return server
        } catch {
            // Whoever says nothing takes long to do so.
            known = .failure(error)
            throw error
        }
    }

    private func open(_ location: String) throws -> any ContentServer {
        if let openOther { return try openOther(location) }
        let account = session.variables[MediaVariableName.distributionPointAccount] ?? ""
        let password = session.variables[MediaVariableName.distributionPointPassword] ?? ""
        switch LocationForm(location) {
        case .url("http"), .url("https"):
            try session.shares.bringUpNetwork(session)
            return try WebLibrary(location, account: account, password: password, session)
        case .share:
            return try ShareLibrary(location, account: account, password: password, session)
        default:
            throw EngineError(
                .content, "distribution point '\(location.onOneLine)'", "is no location that this computer can ask",
                nextStep: "name it as http://server, https://server or \\\\server\\share")
        }
    }
}
