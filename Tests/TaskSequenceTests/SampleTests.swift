// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import TaskSequence
import Testing

@Suite("real task sequences", .enabled(if: Samples.folder != nil, "there are no samples beside the repository"))
struct SampleTests {
    @Test(
        "every sample reads",
        arguments: [
            ("02-ModularOSD.zip", 6, TaskSequenceFormat.instance), ("06-OSDCloudTaskSequence.zip", 1, .instance),
            ("12-hub-GatherLight.sequence.xml", 1, .sequence), ("13-hub-SimpleTS2.sequence.xml", 1, .sequence),
            ("20-mdt-PSDClient.xml", 1, .deploymentToolkit), ("22-mdt-erikpt-001-ts.xml", 1, .deploymentToolkit),
        ])
    func reads(name: String, count: Int, format: TaskSequenceFormat) throws {
        let packages = try TaskSequenceFile.read(try Samples.path(name))
        #expect(packages.count == count)
        for package in packages {
            #expect(package.format == format)
            #expect(!package.sequence.items.isEmpty)
            #expect(!package.name.isEmpty)
            var unknown = 0
            countUnknown(package.sequence.items, &unknown)
            // MDT's groups have empty actions; Configuration Manager has nothing that the model does not know.
            if format != .deploymentToolkit { #expect(unknown == 0) }
        }
    }

    /// Every sample, also those that were put beside the others later.
    private static let names =
        (try? FolderEntry.entries(of: Samples.folder ?? "")).map { entries in
            entries.compactMap(\.name).filter { $0.hasSuffix(".xml") || $0.hasSuffix(".zip") }.sorted()
        } ?? []

    @Test("the recomputed reference list is the written one, in every sample", arguments: names)
    func recomputesReferences(name: String) throws {
        let packages = try TaskSequenceFile.read(try Samples.path(name))
        #expect(!packages.isEmpty)
        for package in packages {
            // MDT's files have no list; what its steps name is in the deployment share.
            guard package.format != .deploymentToolkit else {
                #expect(package.sequence.referenceList == nil)
                continue
            }
            let written = (package.sequence.referenceList?.references ?? []).map { reference in
                [reference.package ?? reference.application, reference.program]
            }
            #expect(package.ownReferences().map { [$0.identifier, $0.program] } == written, "\(package.name)")
            #expect(package.referenceListDifference() == nil, "\(package.name)")
        }
    }

    @Test("no sample was left out")
    func count() { #expect(Self.names.count >= 6) }

    @Test(
        "a Configuration Manager sequence is written again with the same bytes",
        arguments: [
            "02-ModularOSD.zip", "06-OSDCloudTaskSequence.zip", "12-hub-GatherLight.sequence.xml",
            "13-hub-SimpleTS2.sequence.xml",
        ])
    func writesTheSameBytes(name: String) throws {
        for package in try TaskSequenceFile.read(try Samples.path(name)) {
            let written = SequenceWriter.write(package.sequence, layout: package.layout)
            #expect(written == package.sequenceXML, "\(package.name)")
        }
    }

    @Test(
        "an MDT sequence loses nothing when it is made canonical",
        arguments: ["20-mdt-PSDClient.xml", "22-mdt-erikpt-001-ts.xml"])
    func canonicalisesToolkitFiles(name: String) throws {
        let package = try #require(try TaskSequenceFile.read(try Samples.path(name)).first)
        let written = SequenceWriter.write(package.sequence, layout: package.layout)
        let again = try TaskSequencePackage(xml: written, source: name, stem: name)
        #expect(SequenceWriter.write(again.sequence, layout: again.layout) == written)
        var before = Tally()
        var after = Tally()
        before.add(package.sequence.items)
        after.add(again.sequence.items)
        #expect(before == after)
        #expect(before.steps > 10)
    }

    @Test("the modular sequence is chosen by itself and needs what its children need")
    func resolvesChildren() throws {
        let package = try TaskSequenceFile.read(try Samples.path("02-ModularOSD.zip")).chosen(id: nil)
        #expect(package.packageID == "CHQ00017")
        #expect(package.bootImageID == "CHQ00005")
        let closure = package.closure()
        #expect(closure.taskSequences.count == 6)
        #expect(closure.unresolvedChildren.isEmpty)
        #expect(closure.references.map(\.identifier) == ["CHQ00011", "CHQ00019", "CHQ00002"])
        #expect(package.describedReferences.contains { $0.packageID == "CHQ00019" && $0.packageType == "259" })
    }

    /// What a sequence has, whatever its order.
    private struct Tally: Equatable {
        var steps = 0
        var values: [String: Int] = [:]

        mutating func add(_ items: [SequenceItem]) {
            for item in items {
                switch item {
                case .group(let group):
                    values[group.name, default: 0] += 1
                    add(group.items)
                case .step(let step):
                    steps += 1
                    values[step.action ?? "", default: 0] += 1
                    for variable in step.variables?.variables ?? [] {
                        values["\(variable.name)=\(variable.value)", default: 0] += 1
                    }
                case .unknown: values["unknown", default: 0] += 1
                }
            }
        }
    }

    private func countUnknown(_ items: [SequenceItem], _ count: inout Int) {
        for item in items {
            switch item {
            case .group(let group): countUnknown(group.items, &count)
            case .step(let step): count += step.unknown.count
            case .unknown: count += 1
            }
        }
    }
}
