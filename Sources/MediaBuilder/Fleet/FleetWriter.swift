// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Synchronization

/// What became of one model of a fleet.
public struct FleetResult: Sendable {
    /// The name of the model.
    public let name: String
    /// What was planned; what was written, when it was.
    public internal(set) var plan: MediaPlan
    /// What only writing showed that the user must know.
    public internal(set) var warnings: [DiagnosticText] = []
    /// Why it was not written; nil when it was.
    public internal(set) var failure: (any Error)?
}

/// Writes the prestaged files of many models in one run.
///
/// The first is written alone: what it verifies, hashes and compresses serves all others, which follow side by side.
public struct FleetWriter: Sendable {
    private let environment: BuildEnvironment
    private let replacesExisting: Bool
    private let memoryByteCount: Int

    /// A builder that takes about `memoryByteCount` bytes at most for what is under way.
    public init(environment: BuildEnvironment, replacesExisting: Bool, memoryByteCount: Int) {
        self.environment = environment
        self.replacesExisting = replacesExisting
        self.memoryByteCount = memoryByteCount
    }

    /// Writes `plans`; one that fails does not keep the others from being written.
    ///
    /// - Parameter didFinish: told of each model as it is done; called on any thread.
    /// - Returns: what became of each, in order.
    /// - Throws: `InterruptedError`.
    public func write(
        _ plans: [(name: String, plan: MediaPlan)], didFinish: @escaping @Sendable (FleetResult) -> Void
    ) throws -> [FleetResult] {
        guard let first = plans.first else { return [] }
        let head = write(first.name, first.plan, environment)
        didFinish(head)
        try environment.interruption.check()
        let width = concurrency(plans.dropFirst().map(\.plan))
        let shared = environment.sharing(
            workerCount: max(1, environment.workerCount / width), progress: SilentProgress())
        let base = head.failure == nil ? head.plan.volumes.first : nil
        let rest = try WorkerThreads.map(count: plans.count - 1, threadCount: width) { index throws in
            try environment.interruption.check()
            let (name, plan) = plans[index + 1]
            let result = write(name, plan, shared, after: base)
            didFinish(result)
            return result
        }
        return [head] + rest
    }

    private func write(
        _ name: String, _ plan: MediaPlan, _ environment: BuildEnvironment, after first: VolumePlan? = nil
    ) -> FleetResult {
        do {
            let written = try MediaWriter(environment: environment, replacesExisting: replacesExisting)
                .write(try plan.sharing(first))
            return FleetResult(
                name: name, plan: written, warnings: Array(written.warnings.dropFirst(plan.warnings.count)))
        } catch {
            return FleetResult(name: name, plan: plan, failure: error)
        }
    }

    /// How many are written side by side: no more than processors, and no more than memory allows.
    private func concurrency(_ plans: [MediaPlan]) -> Int {
        let largest = plans.flatMap(\.volumes).compactMap(\.layout.workingByteCount).max()
        let allowed = largest.map { memoryByteCount / max(1, $0) } ?? 1
        return max(1, min(environment.workerCount, allowed, plans.count))
    }
}

extension MediaPlan {
    /// The plan with what `volume`, which is written, can give to its volumes.
    func sharing(_ volume: VolumePlan?) throws -> MediaPlan {
        guard let volume else { return self }
        var plan = self
        for index in plan.volumes.indices {
            plan.volumes[index].layout = try plan.volumes[index].layout.sharing(volume)
        }
        return plan
    }
}
