// SPDX-License-Identifier: GPL-3.0-or-later

import DistributionPoints
import Support
import Synchronization

/// What came from a server, as reports have it.
struct ServerReport: Codable, Sendable {
    let location: String
    let fileCount: Int
    let size: Int64
    let failureCount: Int

    init(_ served: ServedContent) {
        (location, fileCount) = (served.location, served.fileCount)
        (size, failureCount) = (served.byteCount, served.failureCount)
    }

    private init(location: String, fileCount: Int, size: Int64, failureCount: Int) {
        (self.location, self.fileCount, self.size, self.failureCount) = (location, fileCount, size, failureCount)
    }

    /// What came from it in this run and in another.
    func adding(_ other: ServerReport) -> ServerReport {
        ServerReport(
            location: location, fileCount: fileCount.addingReportingOverflow(other.fileCount).partialValue,
            size: ByteTotal.clampedSum([size, other.size]),
            failureCount: failureCount.addingReportingOverflow(other.failureCount).partialValue)
    }
}

/// What came from each server in a run, for its report.
final class ServerReports: Sendable {
    private let reports = Mutex<[ServerReport]>([])

    /// What came from each server, in the order in which they were named.
    var all: [ServerReport] { reports.withLock { $0 } }

    /// Takes note of it.
    func add(_ served: [ServedContent]) {
        reports.withLock { reports in
            for server in served.map(ServerReport.init) {
                if let index = reports.firstIndex(where: { $0.location == server.location }) {
                    reports[index] = reports[index].adding(server)
                } else {
                    reports.append(server)
                }
            }
        }
    }
}
