// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TrialChannel

/// Something that happens while media is tried.
public enum TrialEvent: Sendable {
    /// The machine starts.
    case machine(firmware: TrialFirmware, acceleration: Acceleration)
    /// The machine was restarted.
    case restart
    /// The power of the machine was cut, and it starts again.
    case powerCut
    /// The program in it reported.
    case report(EngineReport)
    /// A question was answered, or nobody could.
    case answered(question: String, isAnswered: Bool)
    /// Another volume was put in.
    case inserted(volume: Int, of: Int)
    /// A line of the serial port.
    case serial(line: String)
    /// Something that whoever watches should know.
    case note(DiagnosticText)
}

/// Takes note of what happens.
public protocol TrialObserver {
    /// Takes note of `event`, on the thread that runs the trial.
    func take(_ event: TrialEvent)
}
