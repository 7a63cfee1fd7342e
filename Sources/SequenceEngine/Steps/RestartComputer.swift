// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Restart Computer: into the applied system, or into the boot image, where the run goes on.
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

    /// What the step's target is called for the boot image (docs/formats/task-sequence.md).
    private var isIntoBootImage: Bool { target.caseFolded == "WinPE" }

    func preflight(_ session: EngineSession) throws -> [PreflightFinding] {
        guard isIntoBootImage else { return [] }
        if session.isWindowsSetUp {
            return [
                PreflightFinding(
                    "restarts into the boot image behind Setup Windows, where the new system runs already",
                    remedy: "put the condition _SMSTSInWinPE equals true on it, or remove it")
            ]
        }
        let volumes = try session.plannedVolumes()
        let planned = session.installation.planned
        let isKept = volumes.volumes.contains {
            planned.dividedDisks.contains($0.diskNumber) && $0.letter != nil && $0.disk?.fileSystem == .ntfs
        }
        guard isKept || planned.windows != nil || session.keeper?.node != nil else {
            return [
                PreflightFinding(
                    "restarts into the boot image before there is a volume that keeps how far the task sequence has come",
                    remedy:
                        "put it behind the step that divides the disk, which has to give a letter to a volume of NTFS")
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
        // Without a system on the disk there is nothing but the media to start from.
        let isIntoMedia = isIntoBootImage || session.installation.windows == nil && session.keeper?.node != nil
        // A sequence may restart into what it has applied without Setup Windows.
        if !isIntoMedia { try session.makeWindowsStart() }
        if !message.isEmpty, !session.isUnattended { session.wait(seconds: seconds, saying: message) }
        return isIntoMedia ? .restartIntoMedia : .restart
    }
}
