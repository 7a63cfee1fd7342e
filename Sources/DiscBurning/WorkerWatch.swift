// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

/// Waits for the thread in which libburn works on a drive.
///
/// A drive is called idle while that thread still has something to do: it says how it went, and takes itself off a list (seen
/// with libburn 1.5.4, which crashed when it was ended meanwhile). It is detached, so that nobody can join it.
final class WorkerWatch: @unchecked Sendable {
    private static let folder: FilePath = "/proc/self/task"
    /// How long a thread may take that was seen to work, and others that are new; in steps of a millisecond.
    private static let patience = 30_000
    private static let patienceWithOthers = 500

    /// The threads that there were before the work began.
    private let before: Set<String>
    private let owner = tsm_thread_number()
    private let monitor = Monitor()
    /// The thread that was seen to work.
    private var worker: Int32?

    /// To be made before the work begins.
    init() { before = Self.threads() }

    /// Takes note of the thread that calls, unless it is the one that waits.
    func note() {
        let thread = tsm_thread_number()
        if thread != owner { monitor.withLock { worker = thread } }
    }

    /// Waits until the thread is gone: the one that was seen, or else all that are new.
    func waitForEnd() {
        let worker = monitor.withLock { self.worker }.map { String($0) }
        for _ in 0..<(worker == nil ? Self.patienceWithOthers : Self.patience) {
            let now = Self.threads()
            guard worker.map({ now.contains($0) }) ?? !now.isSubset(of: before) else { return }
            usleep(1000)
        }
    }

    private static func threads() -> Set<String> {
        Set(((try? FolderEntry.entries(of: folder)) ?? []).compactMap(\.name))
    }
}
