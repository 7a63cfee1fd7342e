// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TrialChannel

/// A moment at which the power of the machine is cut; it is started again at once.
package struct PowerCut: Sendable, Equatable {
    /// What has to be reported.
    package enum Moment: Sendable, Equatable {
        /// A line of the log with this text, for the time of this number since the machine was started.
        case log(String, time: Int = 1)
        /// A step has come so far, in hundredths, while it said this.
        case progress(percent: Int, text: String)
    }

    /// The moment.
    package let moment: Moment
    /// How long it takes from then until the power is gone.
    package let delay: Duration

    /// A cut `delay` behind `moment`.
    package init(_ moment: Moment, delay: Duration = .zero) {
        self.moment = moment
        self.delay = delay
    }
}

/// Waits for the moments of power cuts in turn.
struct PowerCutWatch {
    private var cuts: [PowerCut]
    private var timesLeft = 0
    private var due: ContinuousClock.Instant?

    init(_ cuts: [PowerCut]) {
        self.cuts = cuts
        beginAnew()
    }

    /// The machine was started again.
    private mutating func beginAnew() {
        due = nil
        if case .log(_, let time)? = cuts.first?.moment { timesLeft = time }
    }

    /// Takes note of `report`.
    mutating func take(_ report: EngineReport, now: ContinuousClock.Instant) {
        guard due == nil, let cut = cuts.first else { return }
        switch (cut.moment, report) {
        case (.log(let text, _), .log(let line)) where line.contains(exactly: text):
            timesLeft -= 1
            if timesLeft <= 0 { due = now + cut.delay }
        case (.progress(let percent, let text), .progress(let reached?, let told))
        where reached >= percent && told.contains(exactly: text):
            due = now + cut.delay
        default: break
        }
    }

    /// Whether the power goes now; the next cut is waited for then.
    mutating func isDue(now: ContinuousClock.Instant) -> Bool {
        guard let due, now >= due else { return false }
        cuts.removeFirst()
        beginAnew()
        return true
    }

    /// How many cuts have not come.
    var remainingCount: Int { cuts.count }
}
