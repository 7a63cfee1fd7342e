// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Restart Computer, into the applied system.
struct RestartComputer: StepAction {
    static let stepTypes = ["SMS_TaskSequence_RebootAction"]
    static let phase = StepPhase.anyTime

    /// Nobody waits longer than this, whatever the step says.
    private static let longestWait = 3600

    private let target: String
    private let message: String
    private let seconds: Int

    init(_ values: StepValues) throws {
        target = values["Target"]
        message = values["Message"]
        seconds = min(max(values.number("MessageTimeout") ?? 0, 0), Self.longestWait)
    }

    func preflight(_ session: EngineSession) throws -> [PreflightFinding] {
        guard target.caseFolded != "WinPE" else {
            return [
                PreflightFinding(
                    "restarts into the boot image, which is running already",
                    remedy: "put the condition _SMSTSInWinPE equals false on it, or remove it")
            ]
        }
        return []
    }

    func run(_ session: EngineSession) throws -> StepOutcome {
        if session.isWindowsSetUp {
            // Windows restarts by itself between its own phases; what follows here runs when it has set itself up.
            session.log.note("Windows restarts by itself when it is set up; nothing to do")
            return .done
        }
        // A sequence may restart into what it has applied without Setup Windows.
        try session.makeWindowsStart()
        if !message.isEmpty, !session.isUnattended { session.wait(seconds: seconds, saying: message) }
        return .restart
    }
}
