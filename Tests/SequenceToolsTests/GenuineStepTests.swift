// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import SequenceTools
import Support
import SystemPackage
import TSMediaTestSupport
import TaskSequence
import Testing

/// Our steps beside those that others' consoles wrote.
@Suite("new steps beside genuine ones")
struct GenuineStepTests {
    /// What step-catalog.json says of a type.
    private struct CatalogEntry: Decodable {
        struct Variable: Decodable {
            let name: String
            let hidden: Bool
        }

        let actions: [String]
        let runIn: [String: Int]
        let successCodeList: [String: Int]
        let variables: [String: Variable]
    }

    /// In Microsoft's documentation of the classes, and in none of the sequences that the catalog was made from.
    private static let documented: [String: String] = [
        "ServerLicenseMode": "OSDServerLicenseMode", "CapturePassword": "OSDCaptureAccountPassword",
    ]

    private static func steps(of package: TaskSequencePackage) -> [SequenceStep] {
        var steps: [SequenceStep] = []
        package.sequence.forEachEnabledStep { _, step in steps.append(step) }
        return steps
    }

    /// `action` with what differs from one sequence to the next taken out.
    private static func shape(of action: String) -> String {
        action.replacing(#/[A-Z]{3}[0-9A-F]{5}/#, with: "ID").replacing(#/ScopeId_[^ ]*/#, with: "MODEL")
            .replacing(#/(?i)(/continueOnError:)(true|false)/#) { "\($0.output.1)FLAG" }
    }

    @Test(
        "every variable, where a step runs and its action line are as the catalog of genuine steps has them")
    func matchesTheCatalog() throws {
        let bytes = try SmallFile.read(Repository.file("docs/formats/step-catalog.json"))
        let catalog = try JSONDecoder().decode([String: CatalogEntry].self, from: Data(bytes))
        var types: Set<String> = []
        for (name, request) in RequestFixture.all {
            for step in Self.steps(of: try request.taskSequence()) {
                let type = try #require(step.type)
                let entry = try #require(catalog[type], "\(type)")
                types.insert(type)
                #expect(entry.runIn[step.runIn ?? ""] != nil, "\(name): \(step.name) runs in \(step.runIn ?? "")")
                #expect(entry.successCodeList[step.successCodes ?? ""] != nil)
                let actions = Set(entry.actions.map(Self.shape))
                let action = Self.shape(of: step.action ?? "")
                // The catalog has no step with an application and continuing; both parts are there by themselves.
                #expect(actions.contains(action), "\(name): \(action)")
                for variable in step.variables?.variables ?? [] {
                    let property = try #require(variable.property)
                    if let name = Self.documented[property] {
                        #expect(variable.name == name && !variable.isHidden)
                        continue
                    }
                    // The catalog has one entry of the array of applications; the others are like it.
                    let known = property.replacing(#/^AppInfo[0-9]+/#, with: "AppInfo0")
                    let genuine = try #require(entry.variables[known], "\(type) \(property)")
                    #expect(variable.name.replacing(#/^OSDApp[0-9]+/#, with: "OSDApp0") == genuine.name, "\(property)")
                    #expect(variable.isHidden == genuine.hidden, "\(type) \(property)")
                }
            }
        }
        #expect(types.count == 13)
    }

    @Test(
        "a step has the attributes of the genuine step of its type in the same order, and its variables are marked alike",
        .enabled(if: Samples.folder != nil, "there are no samples beside the repository"),
        arguments: ["02-ModularOSD.zip", "06-OSDCloudTaskSequence.zip", "13-hub-SimpleTS2.sequence.xml"])
    func matchesTheSamples(name: String) throws {
        let request = RequestFixture.request(
            .buildAndCapture(RequestFixture.fullInstallation, RequestFixture.capture), stepNames: .of2016)
        let ours = Dictionary(grouping: Self.steps(of: try request.taskSequence())) { $0.type ?? "" }
        let usual: Set<String> = [
            "type", "name", "description", "runIn", "successCodeList", "retryCount", "runFromNet",
        ]
        var compared = 0
        for package in try TaskSequenceFile.read(try Samples.path(name)) {
            for genuine in Self.steps(of: package) {
                guard let own = ours[genuine.type ?? ""]?.first else { continue }
                compared += 1
                let order = genuine.attributes.map(\.name).filter(usual.contains)
                #expect(own.attributes.map(\.name) == order, "\(genuine.name)")
                #expect(
                    own.attributes.first { $0.name == "retryCount" }
                        == genuine.attributes.first { $0.name == "retryCount" })
                let marks = Dictionary((genuine.variables?.variables ?? []).map { ($0.property ?? "", $0) }) { $1 }
                for variable in own.variables?.variables ?? [] {
                    guard let other = marks[variable.property ?? ""] else { continue }
                    #expect(variable.name == other.name && variable.isHidden == other.isHidden, "\(variable.name)")
                }
            }
        }
        #expect(compared > 0)
    }
}
