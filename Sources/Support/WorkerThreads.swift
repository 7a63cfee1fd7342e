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
            guard let thread = try? start({ body(number) }) else { break }
            threads.append(thread)
        }
        body(0)
        for thread in threads { pthread_join(thread, nil) }
    }

    /// Runs every one of `bodies` on a thread of its own, the first on the caller's, and returns when all have ended.
    ///
    /// They may wait for each other: either all are started or none.
    ///
    /// - Throws: `Errno` when the system has not enough threads left; then none was run.
    public static func runTogether(_ bodies: [@Sendable () -> Void]) throws(Errno) {
        let gate = BoundedQueue<Void>(capacity: bodies.count)
        var threads: [pthread_t] = []
        defer { for thread in threads { pthread_join(thread, nil) } }
        for body in bodies.dropFirst() {
            do throws(Errno) {
                threads.append(try start { if gate.receive() != nil { body() } })
            } catch {
                gate.close()
                throw error
            }
        }
        for _ in threads { gate.send(()) }
        bodies.first?()
    }

    /// Runs `body` on a thread of its own that nobody waits for.
    ///
    /// - Throws: `Errno` when the system has no thread left.
    public static func runApart(_ body: @escaping @Sendable () -> Void) throws(Errno) {
        pthread_detach(try start(body))
    }

    private static func start(_ body: @escaping @Sendable () -> Void) throws(Errno) -> pthread_t {
        let work = Unmanaged.passRetained(Work(body))
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
            throw Errno(rawValue: result)
        }
        return thread
    }

    /// What `transform` makes of each number below `count`, in order, worked out on `threadCount` threads.
    ///
    /// Numbers are begun in rising order, so that the result and the error are the same for any number of threads.
    ///
    /// - Throws: the error of the lowest number that has one; no number above it is begun once it is known.
    public static func map<Value: Sendable, Failure: Error>(
        count: Int, threadCount: Int = processorCount,
        _ transform: @escaping @Sendable (Int) throws(Failure) -> Value
    ) throws(Failure) -> [Value] {
        let list = OrderedResults<Value, Failure>(count: count)
        run(count: min(threadCount, count)) { _ in
            while let number = list.nextNumber() {
                do throws(Failure) {
                    list.finish(number, .success(try transform(number)))
                } catch {
                    list.finish(number, .failure(error))
                }
            }
        }
        return try list.values()
    }

    /// The shared list of ``map(count:threadCount:_:)``.
    private final class OrderedResults<Value: Sendable, Failure: Error>: Sendable {
        private struct State {
            var next = 0
            /// Numbers from here on are not begun.
            var end: Int
            var values: [Value?]
            var failure: Failure?
        }

        private let state: Mutex<State>

        init(count: Int) { state = Mutex(State(end: count, values: Array(repeating: nil, count: count))) }

        func nextNumber() -> Int? {
            state.withLock { state in
                guard state.next < state.end else { return nil }
                defer { state.next += 1 }
                return state.next
            }
        }

        func finish(_ number: Int, _ result: Result<Value, Failure>) {
            state.withLock { state in
                switch result {
                case .success(let value): state.values[number] = value
                case .failure(let failure):
                    // Lower numbers were all begun before this one: each of them is still to be told.
                    guard number < state.end else { return }
                    state.end = number
                    state.failure = failure
                }
            }
        }

        func values() throws(Failure) -> [Value] {
            let (values, failure) = state.withLock { ($0.values, $0.failure) }
            if let failure { throw failure }
            return values.compactMap { $0 }
        }
    }

    /// What a new thread is to do.
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
