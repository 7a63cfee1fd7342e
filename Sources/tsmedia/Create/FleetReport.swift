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
        let fileCount: Int
        let mediaGuid: String
        /// That of its certificate.
        let thumbprint: String?
        let registration: RegistrationReport?
        let reuse: ReuseReport?
        let error: String?

        init(_ result: FleetResult, _ registration: RegistrationReport?, isDryRun: Bool) {
            self.registration = registration
            name = result.name
            status = isDryRun ? .planned : result.failure == nil ? .written : .failed
            error = result.failure.map(ExitStatus.message)
            let plan = result.plan
            let volume = plan.volumes.first
            output = volume?.output.string ?? ""
            size = volume?.byteCount ?? 0
            sizeIsExact = volume?.report.sizeIsExact ?? true
            fileCount = volume?.files.count ?? 0
            (mediaGuid, thumbprint) = (plan.mediaGUID, plan.certificate?.thumbprint)
            reuse = (volume?.report.reuse).map(ReuseReport.init)
        }
    }

    let models: [Model]

    /// A report on what became of the models, and of their certificates at the site.
    init(_ results: [FleetResult], _ registrations: [RegistrationReport?], isDryRun: Bool) {
        models = zip(results, registrations).map { Model($0, $1, isDryRun: isDryRun) }
    }

    /// Prints the report: one JSON document, or a table.
    func print(asJSON: Bool) throws {
        if asJSON { return try StandardOutput.printJSON(self) }
        let rows = models.map { [$0.status.rawValue, $0.name, $0.output, String($0.size), String($0.fileCount)] }
        try TextTable(header: ["status", "model", "output", "bytes", "files"], numeric: [3, 4], rows: rows).print()
        for model in models {
            if let registration = model.registration { try StandardOutput.print("\(model.name): \(registration.line)") }
        }
    }
}
