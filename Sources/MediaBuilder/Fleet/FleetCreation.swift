// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Creates the prestaged files of many models in one run.
public struct FleetCreation: BuildWork {
    /// The list of models.
    private let list: FilePath
    private let folder: FilePath
    private let replacesExisting: Bool
    private let memoryByteCount: Int
    private let observer: any BuildObserver
    /// Where names of models are looked up.
    private let site: SiteCompletion?
    /// What is asked for all models.
    private let request: () throws -> FleetRequest
    /// Completes what all models are asked for.
    private let complete: (inout [MediaRequest]) throws -> Void

    /// Creates the files of the models in the file `list`, all in `folder`.
    ///
    /// - Parameters:
    ///   - memoryByteCount: about the bytes that files may take that are made side by side.
    ///   - site: where the names that models have are looked up; nil where they have IDs alone.
    ///   - request: what is asked for all models.
    ///   - complete: completes what each of them is asked for, all known.
    public init(
        _ list: FilePath, in folder: FilePath, replacesExisting: Bool, memoryByteCount: Int,
        observer: any BuildObserver, site: SiteCompletion? = nil, request: @escaping () throws -> FleetRequest,
        complete: @escaping (inout [MediaRequest]) throws -> Void = { _ in }
    ) {
        self.list = list
        self.folder = folder
        self.replacesExisting = replacesExisting
        self.memoryByteCount = memoryByteCount
        self.observer = observer
        self.site = site
        self.request = request
        self.complete = complete
    }

    /// What is done, for the log.
    public var title: String { "create prestaged media of \(list) in \(folder)" }
    /// The folder.
    public var output: FilePath? { folder }

    /// The list is read.
    public func addFiles(to files: inout RunFiles) { files.read([list]) }

    /// What each model is asked for.
    public func jobs() throws -> [BuildJob] {
        let common = try request()
        guard (try? Stat(folder))?.type == .directory else {
            throw MediaRequest.bad(
                .output, "'\(folder)' is not a folder; with \(.fleet) the files go into one",
                "make it, or name another")
        }
        let models = try FleetFile.read(list)
        var requests = try models.map { try $0.request(common, in: folder, site) }
        try complete(&requests)
        return zip(models, requests).map { model, request in
            BuildJob(request, name: model.name, title: "model \(model.name)", place: model.place)
        }
    }

    /// Checks the names of the models' files.
    public func check(_ jobs: [BuildJob], _ files: RunFiles) throws {
        try files.check(replacesExisting: replacesExisting)
    }

    /// Checks the names of all parts.
    public func check(_ plans: [PlannedJob], _ files: inout RunFiles) throws {
        files.replaceOutputs(by: plans.map { ($0.job.request, $0.plan, $0.job.place) })
        try files.check(replacesExisting: replacesExisting)
    }

    /// The plans.
    public func outcome(of plans: [PlannedJob], _ environment: BuildEnvironment) -> [FleetResult] {
        plans.map { FleetResult(name: $0.job.name ?? "", plan: $0.plan) }
    }

    /// Writes what can be written: a model that fails does not keep the others from being made.
    public func write(
        _ plans: [PlannedJob], _ files: RunFiles, _ environment: BuildEnvironment
    ) throws -> [FleetResult] {
        let observer = observer
        let results = try FleetWriter(
            environment: environment, replacesExisting: replacesExisting, memoryByteCount: memoryByteCount
        ).write(plans.map { (name: $0.job.name ?? "", plan: $0.plan) }) { result in
            if let failure = result.failure {
                observer.warning("model \(result.name) was not built: \(failure)")
            } else {
                observer.note("model \(result.name) was built")
            }
        }
        for result in results {
            for warning in result.warnings { observer.warning("model \(result.name): \(warning)") }
        }
        return results
    }
}
