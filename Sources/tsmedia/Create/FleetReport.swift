// SPDX-License-Identifier: GPL-3.0-or-later

import MediaBuilder

/// The models of a fleet and what became of them.
struct FleetReport: Encodable {
    /// A model.
    struct Model: Encodable {
        /// What became of it.
        enum Status: String, Encodable { case planned, written, failed }

        let name: String
        let status: Status
        let output: String
        let size: Int64
        let sizeIsExact: Bool
        let files: Int
        let mediaGuid: String
        let reuse: ArchiveReuse?
        let error: String?

        init(name: String, plan: MediaPlan, status: Status, error: String? = nil) {
            self.name = name
            self.status = status
            self.error = error
            let volume = plan.volumes.first
            output = volume?.output.string ?? ""
            size = volume?.byteCount ?? 0
            sizeIsExact = volume?.archive?.byteCountIsExact ?? true
            files = volume?.files.count ?? 0
            mediaGuid = plan.mediaGUID
            reuse = volume?.archive?.reuse
        }
    }

    let models: [Model]

    /// Prints the report: one JSON document, or a table.
    func print(asJSON: Bool) throws {
        if asJSON { return try StandardOutput.printJSON(self) }
        let rows = models.map { [$0.status.rawValue, $0.name, $0.output, String($0.size), String($0.files)] }
        try TextTable(header: ["status", "model", "output", "bytes", "files"], numeric: [3, 4], rows: rows).print()
    }
}
