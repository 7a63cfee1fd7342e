// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import SequenceTools
import TaskSequence

/// Times what is done with a generated task sequence of 2 MB and 5,000 steps, inside one process.
@main
enum SequenceBenchmark {
    private static let stepCount = 5_000
    private static let byteCount = 2_000_000
    private static let rounds = 7

    static func main() throws {
        let xml = Array(LargeTaskSequence.xml(stepCount: stepCount, byteCount: byteCount).utf8)
        let package = try read(xml)
        // Every third group renamed, every seventh step of it gone, every fifth changed: the diff has to search.
        let changed = try read(Array(Self.changed(String(decoding: xml, as: UTF8.self)).utf8))
        print("task sequence of \(xml.count) bytes and \(stepCount) steps, fastest of \(rounds) runs")
        let outline = SequenceOutline(of: package)
        try measure("read", target: 150) { _ = try read(xml) }
        measure("write", target: 150) { _ = SequenceWriter.write(package.sequence, reservingCapacity: xml.count) }
        measure("lint", target: 200) { _ = SequenceLinter(purpose: .standalone).lint(package) }
        measure("lint, no purpose") { _ = SequenceLinter(purpose: nil).lint(package) }
        measure("references") { _ = package.references() }
        measure("needed content") { _ = RequiredContent(of: package) }
        measure("show") { _ = SequenceOutline(of: package).lines() }
        measure("document, HTML") { _ = HTMLDocument.page(of: [outline]) }
        measure("document, Markdown") { _ = MarkdownDocument.page(of: [outline]) }
        measure("diff with itself") { _ = SequenceDifference(from: package, to: package) }
        measure("diff with a changed one") { _ = SequenceDifference(from: package, to: changed) }
        guard SequenceWriter.write(package.sequence) == xml else {
            print("the sequence is not written as it was read")
            exit(1)
        }
    }

    private static func read(_ xml: [UInt8]) throws(TaskSequenceError) -> TaskSequencePackage {
        try TaskSequencePackage(xml: xml, source: "generated", stem: "generated")
    }

    private static func changed(_ xml: String) -> String {
        var groups = xml.split(separator: "<group name=\"", omittingEmptySubsequences: false).map(String.init)
        for index in groups.indices.dropFirst() {
            if index % 3 == 0 { groups[index] = "Renamed " + groups[index] }
            var steps = groups[index].split(separator: "<step ", omittingEmptySubsequences: false).map(String.init)
            if index % 3 == 0, steps.count > 9 { steps.remove(at: 7) }
            if index % 5 == 0, steps.count > 9 {
                steps[5] = steps[5].split(separator: "Step ", maxSplits: 1).joined(separator: "New step ")
            }
            groups[index] = steps.joined(separator: "<step ")
        }
        return groups.joined(separator: "<group name=\"")
    }

    private static func measure<Failure: Error>(
        _ name: String, target: Int? = nil, _ body: () throws(Failure) -> Void
    ) throws(Failure) {
        var best = UInt64.max
        for _ in 0..<rounds {
            let start = now()
            try body()
            best = min(best, now() - start)
        }
        let tenths = (best + 50_000) / 100_000
        let time = "\(tenths / 10).\(tenths % 10) ms"
        let label = name + String(repeating: " ", count: max(0, 26 - name.count))
        let padding = String(repeating: " ", count: max(0, 12 - time.count))
        print("  \(label)\(padding)\(time)" + (target.map { "   target \($0) ms" } ?? ""))
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
