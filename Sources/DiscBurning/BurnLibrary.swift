// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibburn
import Support

/// libburn, which keeps its drives and messages in one place for the whole process: one user at a time.
///
/// It installs no signal handlers unless it is told to (libburn.h, burn_set_signal_handling), and is not: whoever waits for
/// a drive looks at an `Interruption`.
enum BurnLibrary {
    private static let monitor = Monitor()
    private nonisolated(unsafe) static var isInUse = false

    /// Waits until nobody uses the library, and starts it.
    ///
    /// - Throws: ``DiscBurningError`` `.noLibrary`.
    static func begin() throws(DiscBurningError) {
        monitor.withLock {
            monitor.wait { isInUse }
            isInUse = true
        }
        guard burn_initialize() != 0 else {
            leave()
            throw DiscBurningError(
                .noLibrary, "libburn", "could not be started",
                nextStep: "check how much memory and which devices there are")
        }
        // It says nothing itself: what went wrong is asked for.
        withWord("SORRY") { queued in
            withWord("NEVER") { printed in
                withWord("") { prefix in _ = burn_msgs_set_severities(queued, printed, prefix) }
            }
        }
    }

    /// Ends it; no drive is held any more.
    static func end() {
        burn_finish()
        leave()
    }

    private static func leave() {
        monitor.withLock {
            isInUse = false
            monitor.notifyAll()
        }
    }

    /// The first thing that went wrong since somebody asked, in the library's words; nil for nothing.
    static func takeMessage() -> String? {
        var first: String?
        var text = [CChar](repeating: 0, count: Int(BURN_MSGS_MESSAGE_LEN))
        var severity = [CChar](repeating: 0, count: 80)
        var (code, number): (Int32, Int32) = (0, 0)
        while withWord("SORRY", { burn_msgs_obtain($0, &code, &text, &number, &severity) }) > 0 {
            let message = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            first = first ?? message.trimmingTrailing { $0 == "." || $0 == " " }
        }
        return first
    }

    /// Lends `word` to a call that takes it without a promise not to change it.
    @discardableResult
    static func withWord<Result>(_ word: String, _ body: (UnsafeMutablePointer<CChar>) -> Result) -> Result {
        var bytes = Array(word.utf8CString)
        return bytes.withUnsafeMutableBufferPointer { body($0.baseAddress!) }  // it has a NUL at least
    }
}
