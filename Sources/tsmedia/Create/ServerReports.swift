// SPDX-License-Identifier: GPL-3.0-or-later

import DistributionPoints
import Synchronization

/// What came from a server, as reports have it.
struct ServerReport: Encodable, Sendable {
    let location: String
    let fileCount: Int
    let size: Int64
    let failureCount: Int

    init(_ served: ServedContent) {
        (location, fileCount) = (served.location, served.fileCount)
        (size, failureCount) = (served.byteCount, served.failureCount)
    }
}

/// What came from each server in a run, for its report.
final class ServerReports: Sendable {
    private let reports = Mutex<[ServerReport]>([])

    /// What came from each server, in the order in which they were named.
    var all: [ServerReport] { reports.withLock { $0 } }

    /// Takes note of it.
    func add(_ served: [ServedContent]) { reports.withLock { $0 = served.map(ServerReport.init) } }
}
