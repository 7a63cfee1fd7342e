// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import Synchronization
import Testing

@Suite("Worker threads")
struct WorkerThreadsTests {
    private struct NumberedError: Error, Equatable { let number: Int }

    @Test("results come in the order of their numbers, whichever thread is quicker", arguments: [1, 2, 7, 300])
    func keepsOrder(threadCount: Int) throws {
        let results = WorkerThreads.map(count: 200, threadCount: threadCount) { number in
            // Low numbers take longest.
            usleep(UInt32(200 - number))
            return number * 3
        }
        #expect(results == (0..<200).map { $0 * 3 })
        #expect(WorkerThreads.map(count: 0, threadCount: threadCount) { $0 } == [])
    }

    @Test("the error is that of the lowest number, whichever thread is quicker", arguments: [1, 2, 7, 300])
    func tellsTheFirstError(threadCount: Int) throws {
        let error = #expect(throws: NumberedError.self) {
            try WorkerThreads.map(count: 200, threadCount: threadCount) { number throws(NumberedError) in
                if number == 20 { usleep(20_000) }
                if number >= 20 { throw NumberedError(number: number) }
                return number
            }
        }
        #expect(error == NumberedError(number: 20))
    }

    @Test("after an error no number above it is begun")
    func stopsAfterAnError() throws {
        let begun = Mutex<Set<Int>>([])
        _ = #expect(throws: NumberedError.self) {
            try WorkerThreads.map(count: 10_000, threadCount: 4) { number throws(NumberedError) -> Int in
                begun.withLock { _ = $0.insert(number) }
                if number == 5 { throw NumberedError(number: number) }
                usleep(1_000)
                return number
            }
        }
        #expect(begun.withLock { $0.isSuperset(of: 0...5) })
        #expect(begun.withLock(\.count) < 1_000)
    }
}
