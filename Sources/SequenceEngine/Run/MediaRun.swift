// SPDX-License-Identifier: GPL-3.0-or-later

import TrialChannel

/// What media does on a computer, once it is open.
protocol MediaRun {
    /// Does it.
    ///
    /// - Throws: ``MediaRestart``; ``PreflightRefusal``; `SequenceRunner.Failure`; `DiagnosticError`; `InterruptedError`.
    func run() throws -> EngineReport.Outcome
}

/// The computer restarts and starts from the media again, where the run goes on.
struct MediaRestart: Error {}

/// Which run media of a type has.
enum MediaRuns {
    /// The run of `opened`.
    ///
    /// - Throws: ``EngineError`` `.media` for media that this engine has nothing for.
    static func run(of opened: UnlockedMedia, _ session: EngineSession) throws -> any MediaRun {
        switch opened.media.bootstrap.mediaType {
        case .standalone, .prestaged: return SequenceRun(opened, session)
        case .capture: return CaptureRun(session: session)
        case let type:
            throw EngineError(
                .media, "\(type.title)", "holds no task sequence, and this engine runs those of stand-alone media",
                nextStep: "make stand-alone media, or use a boot image of Windows")
        }
    }
}
