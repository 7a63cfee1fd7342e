// SPDX-License-Identifier: GPL-3.0-or-later

import Synchronization

/// How far a long operation has come.
public struct ProgressUpdate: Sendable, Equatable {
    /// What is being done: "planning", "writing", "verifying".
    public let phase: String
    /// Bytes done so far.
    public let completedByteCount: Int64
    /// Bytes to do, or nil when not known.
    public let totalByteCount: Int64?
    /// True for work of which only hundredths are known: they are what the counts count.
    public let isPercentage: Bool

    /// Describes a state.
    public init(phase: String, completedByteCount: Int64, totalByteCount: Int64?) {
        self.phase = phase
        self.completedByteCount = completedByteCount
        self.totalByteCount = totalByteCount
        isPercentage = false
    }

    /// Describes a state of which only hundredths are known.
    public init(phase: String, percent: Int) {
        self.phase = phase
        completedByteCount = Int64(min(max(0, percent), 100))
        totalByteCount = 100
        isPercentage = true
    }
}

/// Something that shows progress.
///
/// Called from any thread, often: it decides what to show.
public protocol ProgressObserver: Sendable {
    /// Takes note of the state of the running phase.
    func update(_ update: ProgressUpdate)
    /// The phase has ended; whatever is on the screen is complete.
    func finish(phase: String)
}

/// A progress observer that shows nothing.
public struct SilentProgress: ProgressObserver {
    /// Creates it.
    public init() {}
    /// Does nothing.
    public func update(_ update: ProgressUpdate) {}
    /// Does nothing.
    public func finish(phase: String) {}
}

/// Counts the bytes of one phase from several threads and reports each step to an observer.
public final class ProgressMeter: Sendable {
    private let phase: String
    private let totalByteCount: Int64?
    private let observer: any ProgressObserver
    private let completed = Atomic<Int64>(0)

    /// Starts `phase`.
    public init(phase: String, totalByteCount: Int64?, observer: any ProgressObserver) {
        self.phase = phase
        self.totalByteCount = totalByteCount
        self.observer = observer
        observer.update(ProgressUpdate(phase: phase, completedByteCount: 0, totalByteCount: totalByteCount))
    }

    /// Adds `byteCount` bytes to what is done.
    public func advance(by byteCount: Int) {
        let now = completed.add(Int64(byteCount), ordering: .relaxed).newValue
        observer.update(ProgressUpdate(phase: phase, completedByteCount: now, totalByteCount: totalByteCount))
    }

    /// Ends the phase.
    public func finish() { observer.finish(phase: phase) }
}
