// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import MediaBuilder
import Support

/// A drive as `create` reports it.
struct DriveReport: Encodable {
    /// What became of it.
    enum Status: String, Encodable {
        case planned, written, verified, failed
    }

    let path: String
    let model: String?
    let serial: String?
    let size: Int64
    let status: Status
    let error: String?

    /// A drive that would be written.
    init(_ drive: BlockDevice) { self.init(drive, .planned, nil) }

    /// A drive that was written, or was meant to be.
    init(_ outcome: DriveOutcome) {
        let error = outcome.failure.map(ExitStatus.message)
        self.init(outcome.drive, error != nil ? .failed : outcome.isVerified ? .verified : .written, error)
    }

    private init(_ drive: BlockDevice, _ status: Status, _ error: String?) {
        path = drive.node.string
        model = drive.model
        serial = drive.serial
        size = drive.byteCount
        self.status = status
        self.error = error
    }

    /// The drive in words.
    func line(_ volume: VolumePlan) -> String {
        let name = [path, model].compactMap { $0 }.joined(separator: " ")
        switch status {
        case .failed: return "\(name): FAILED".onOneLine
        default: return "\(name): \(status.rawValue), \(Amounts.files(volume.files.count))".onOneLine
        }
    }
}
