// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Synchronization
import SystemPackage

/// Threads of our own for blocking work, which must not sit on the cooperative pool.
public enum WorkerThreads {
    /// The number of processors that may be used.
    public static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// Runs `body` on `count` threads at once, the caller's among them, and returns when all have ended.
    ///
    /// - Parameter body: gets the number of its thread, from 0. Fewer threads than asked for run it when the system
    ///   has none left, so work must be taken from a shared list, never divided by thread number.
    public static func run(count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        var threads: [pthread_t] = []
        for number in 1..<max(1, count) {
            let work = Unmanaged.passRetained(Work { body(number) })
            var thread = pthread_t()
            let result = pthread_create(
                &thread, nil,
                { pointer in
                    guard let pointer else { return nil }
                    Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body()
                    return nil
                }, work.toOpaque())
            guard result == 0 else {
                work.release()
                break
            }
            threads.append(thread)
        }
        body(0)
        for thread in threads { pthread_join(thread, nil) }
    }

    /// What a new thread is to do.
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
