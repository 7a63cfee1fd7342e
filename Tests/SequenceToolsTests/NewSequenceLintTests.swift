// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTools
import TaskSequence
import Testing

@Suite("linting new task sequences")
struct NewSequenceLintTests {
    /// What a task sequence of a kind can be for; only capturing needs no operating system, and only media that
    /// captures needs a step that does.
    private static func purposes(_ request: SequenceRequest) -> [LintPurpose?] {
        switch request.scenario {
        case .buildAndCapture: [nil] + LintPurpose.allCases.filter { ![.tsengine, .prestagedTSEngine].contains($0) }
        case .capture: [.capture, .bootable]
        // tsengine has no client that could install applications.
        case .install(let input, _):
            [nil, .standalone, .bootable, .prestaged] + (input.applications.isEmpty ? [.tsengine] : [])
        }
    }

    @Test("every kind lints clean for everything that it can be for", arguments: RequestFixture.all)
    func lintsClean(name: String, request: SequenceRequest) throws {
        let package = try request.taskSequence()
        for purpose in Self.purposes(request) {
            let findings = SequenceLinter(purpose: purpose).lint(package)
            #expect(findings.isEmpty, "\(findings.map { "\($0.rule.id): \($0.pathDescription) \($0.problem)" })")
        }
    }

    @Test("the linter looks: without Join Workgroup a computer in a domain is an error")
    func findsWhatIsWrong() throws {
        let request = try #require(RequestFixture.all.first { $0.name == "domain" }).request
        var package = try request.taskSequence()
        for index in package.sequence.items.indices {
            guard case .group(var group) = package.sequence.items[index] else { continue }
            group.items.removeAll { if case .step(let step) = $0 { step.name == "Join Workgroup" } else { false } }
            package.sequence.items[index] = .group(group)
        }
        let findings = SequenceLinter(purpose: .capture).lint(package)
        #expect(findings.map(\.rule.id) == ["capture-domain-member"])
    }
}
