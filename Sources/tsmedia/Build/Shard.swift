// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Glibc

/// Part I of N of a manifest: computers that share the work are told their numbers.
struct Shard: Equatable {
    /// Its number, from 1.
    let index: Int
    /// How many parts there are.
    let count: Int

    /// More parts than there can be media.
    private static let limit = 10_000

    /// The part that `text` names: `I/N`; `auto` and `auto/N` take the numbers from the variables of whoever started us.
    ///
    /// - Throws: `ValidationError`.
    init(_ text: String, environment: (String) -> String? = { getenv($0).map { String(cString: $0) } }) throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let problem = ValidationError(
            "--shard \(text): write I/N with I from 1 to N, as 2/8; or auto in a Slurm array, auto/N in an Indexed Job")
        guard let count = try parts.count == 2 ? Int(parts[1]) : Self.slurmCount(parts, problem, environment) else {
            throw problem
        }
        guard let index = parts[0] == "auto" ? Self.index(environment) : Int(parts[0]) else {
            guard parts[0] == "auto" else { throw problem }
            throw ValidationError(
                "--shard \(text): neither JOB_COMPLETION_INDEX nor SLURM_ARRAY_TASK_ID has a number; write I/N")
        }
        guard (1...Self.limit).contains(count), (1...count).contains(index) else {
            guard parts[0] == "auto" else { throw problem }
            throw ValidationError(
                "--shard \(text): this is part \(index) of \(count), and there is no such part; write I/N")
        }
        (self.index, self.count) = (index, count)
    }

    /// Of a Slurm array: the number of its tasks (sbatch(1), OUTPUT ENVIRONMENT VARIABLES).
    private static func slurmCount(
        _ parts: [String], _ problem: ValidationError, _ environment: (String) -> String?
    ) throws -> Int? {
        guard parts == ["auto"] else { throw problem }
        guard let count = environment("SLURM_ARRAY_TASK_COUNT").flatMap({ Int($0) }) else {
            throw ValidationError(
                "--shard auto: SLURM_ARRAY_TASK_COUNT has no number, so that nobody says how many parts there are; write auto/N"
            )
        }
        return count
    }

    /// Indexed Jobs of Kubernetes count from 0; tasks of a Slurm array from wherever it begins.
    private static func index(_ environment: (String) -> String?) -> Int? {
        func number(_ name: String) -> Int? { environment(name).flatMap { Int($0) } }
        if let index = number("JOB_COMPLETION_INDEX") { return index == .max ? nil : index + 1 }
        guard let task = number("SLURM_ARRAY_TASK_ID") else { return nil }
        let (offset, overflow) = task.subtractingReportingOverflow(number("SLURM_ARRAY_TASK_MIN") ?? 0)
        guard !overflow, offset >= 0 else { return nil }
        // An array may leave numbers out: 0-14:2 has tasks 0, 2, 4.
        let step = max(1, number("SLURM_ARRAY_TASK_STEP") ?? 1)
        return offset / step + 1
    }
}
