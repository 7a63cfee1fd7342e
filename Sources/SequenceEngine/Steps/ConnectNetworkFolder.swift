// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// Connect to Network Folder: mounts a share of SMB, so that paths with its letter lead there.
struct ConnectNetworkFolder: StepAction {
    static let stepTypes = ["SMS_TaskSequence_ConnectNetworkFolderAction"]
    static let changesTarget = false

    private let path: String
    private let letter: String
    private let account: String
    private let password: String

    init(_ values: StepValues) throws {
        path = values["Path"].trimming(\.isWhitespace).description
        letter = values["DriveLetter"].trimming(\.isWhitespace).description
        account = values["Username"]
        password = values["Password"]
        guard NetworkFolder(path) != nil else {
            throw EngineError(
                .step, "'\(path.onOneLine)'", "is no network folder",
                nextStep: "write it as \\\\server\\share\\folder")
        }
    }

    func preflight(_ session: EngineSession) throws -> [PreflightFinding] {
        guard account.isEmpty || !password.isEmpty else {
            return [
                PreflightFinding(
                    "has no password for \(account.onOneLine): exported task sequences have none",
                    remedy: "give the media a variable SMSConnectNetworkFolderPassword")
            ]
        }
        return []
    }

    func restore(_ session: EngineSession) throws { _ = try run(session) }

    func run(_ session: EngineSession) throws -> StepOutcome {
        guard let folder = NetworkFolder(path) else { return .done }
        try session.shares.connect(folder, account: account, password: password, letter: letter, session)
        return .done
    }
}
