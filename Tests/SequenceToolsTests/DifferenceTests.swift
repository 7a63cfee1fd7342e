// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import TSMediaTestSupport
import Testing

@testable import SequenceTools
@testable import TaskSequence

@Suite("comparing task sequences")
struct DifferenceTests {
    private func difference(_ old: String, _ new: String) throws -> SequenceDifference {
        SequenceDifference(from: try makePackage(old, name: "old"), to: try makePackage(new, name: "new"))
    }

    private func group(_ name: String, _ items: String...) -> String {
        "<group name=\"\(name)\" description=\"\">\(items.joined())</group>"
    }

    @Test("layout, the order of attributes and variables, and the spelling of flags mean nothing")
    func ignoresForm() throws {
        let old = """
            <step type="T" name="S" description="" disable="false"><action>a</action><defaultVarList>\
            <variable name="A" property="A">1</variable><variable name="B" property="B">2</variable></defaultVarList></step>
            """
        let new = """
            \n  <step name="S"   type="T"><action>a</action>\n<defaultVarList><variable name="B" property="B">2</variable>
              <variable property="A" name="A">1</variable></defaultVarList></step>
            """
        #expect(try difference(old, new).isEmpty)
    }

    @Test("text that strayed between elements is no difference once it is written behind them")
    func strayText() throws {
        // Found by libFuzzer: what is not known is written last, where two texts become one.
        let old = "<step name=\"S\">a<action>x</action>b<defaultVarList/>c</step>"
        let written = SequenceWriter.write(try makePackage(old).sequence)
        let again = try TaskSequencePackage(xml: written, source: "w", stem: "w")
        #expect(SequenceDifference(from: try makePackage(old), to: again).isEmpty)
        #expect(try difference(old, old.replacing(">c<", with: ">d<")).items.map(\.kinds) == [[.changed]])
    }

    @Test("a step that moved to another group, was renamed and changed is found again")
    func movedRenamedChanged() throws {
        let old = group(
            "A", makeStep("One", ("P", "1"), ("Q", "2"), ("R", "3")), makeStep("Two"), makeStep("Three", ("X", "9")))
        let new =
            group("A", makeStep("Uno", ("P", "1"), ("Q", "2"), ("R", "4")), makeStep("Two"))
            + group("B", makeStep("Three", ("X", "9")))
        let items = try difference(old, new).items
        #expect(items.map(\.kinds) == [[.renamed, .changed], [.added], [.moved]])
        #expect(items[0].oldPath == ["A", "One"] && items[0].newPath == ["A", "Uno"])
        #expect(items[0].changes.map(\.field) == ["R"])
        #expect(items[0].changes.first?.old == "3" && items[0].changes.first?.new == "4")
        #expect(items[2].oldNumber == "1.3" && items[2].newNumber == "2.1")
    }

    @Test("renaming a group is one change, whatever is in it and is equal elsewhere")
    func renamedGroup() throws {
        let restart = makeStep("Restart", type: "Reboot")
        let old =
            group("A", restart, makeStep("1"), group("In", makeStep("2"))) + group("Other", restart, makeStep("3"))
        let new =
            group("Z", restart, makeStep("1"), group("In", makeStep("2"))) + group("Other", restart, makeStep("3"))
        let items = try difference(old, new).items
        #expect(items.map(\.kinds) == [[.renamed]])
        #expect(items.first?.isGroup == true)
    }

    @Test("of steps in another order only those that left the order are moved")
    func reordered() throws {
        let steps = ["A", "B", "C", "D", "E"].map { makeStep($0) }
        let items = try difference(steps.joined(), [steps[4], steps[0], steps[1], steps[2], steps[3]].joined()).items
        #expect(items.map(\.kinds) == [[.moved]])
        #expect(items.first?.newPath == ["E"])
    }

    @Test("what was added and what was removed stand where they are or were")
    func addedAndRemoved() throws {
        let items = try difference(
            makeStep("A") + makeStep("B", type: "Reboot") + makeStep("C"),
            makeStep("A") + makeStep("C") + makeStep("D", type: "PrepareOS")
        ).items
        #expect(items.map(\.kinds) == [[.removed], [.added]])
        #expect(items.map { $0.oldPath ?? $0.newPath } == [["B"], ["D"]])
    }

    @Test("several that were removed are told in the order and at the places where they stood")
    func orderOfRemovals() throws {
        func told(_ old: [String], _ new: [String]) throws -> [String] {
            func steps(_ names: [String]) -> String {
                names.map { makeStep($0, type: "T\($0)", ("V", $0)) }.joined()
            }
            return try difference(steps(old), steps(new)).items.map {
                "\($0.kinds.map(\.rawValue).joined()) \(($0.newPath ?? $0.oldPath ?? []).joined(separator: "/"))"
            }
        }
        #expect(
            try told(["A", "B", "C", "D", "E", "F"], ["C", "X", "F", "Y"])
                == ["removed A", "removed B", "removed D", "removed E", "added X", "added Y"])
        #expect(try told(["A", "B", "C"], []) == ["removed A", "removed B", "removed C"])
        #expect(try told(["C", "A", "B", "K"], ["K", "D"]) == ["removed C", "removed A", "removed B", "added D"])
    }

    @Test("a script is compared by its lines, with its hash")
    func scripts() throws {
        func script(_ text: String) -> String {
            makeStep("S", type: "RunPowerShellScript", ("SourceScript", LargeTaskSequence.base64(utf16: text)))
        }
        let change = try #require(
            try difference(script("a\r\nb\r\nc\r\n"), script("a\r\nx\r\nc\r\n")).items.first?.changes.first)
        #expect(change.field == "SourceScript")
        #expect(change.lines == ["@@ -1,4 +1,4 @@", " a", "-b", "+x", " c", " "])
        // printf 'a\nb\nc\n' | sha256sum
        #expect(change.hashes?.old == "880553fca8fcea94e325ee2cfb48e5a985cc797f39a14cc6d3cedecfeb2ae4d2")
    }

    @Test("references that appear and go are told, recomputed from enabled steps")
    func references() throws {
        let result = try difference(
            makeStep("A", ("PackageID", "ABC00001")) + makeStep("B", ("PackageID", "ABC00002")),
            makeStep("A", attributes: " disable=\"true\"", ("PackageID", "ABC00001"))
                + makeStep("B", ("PackageID", "ABC00003")))
        #expect(result.references.added == ["ABC00003"])
        #expect(result.references.removed == ["ABC00001", "ABC00002"])
        #expect(result.items.map { $0.changes.map(\.field) } == [["disable"], ["PackageID"]])
    }

    @Test("a condition of many statements is compared statement by statement")
    func conditions() throws {
        func many(_ extra: String) -> String {
            let terms = (0..<200).map { makeComparison("V\($0)", "exists", "") } + [makeComparison(extra, "exists", "")]
            return makeStep("S", condition: "<condition><operator type=\"or\">\(terms.joined())</operator></condition>")
        }
        let change = try #require(try difference(many("Old"), many("New")).items.first?.changes.first)
        #expect(change.field == "condition")
        #expect(change.lines?.filter { $0.hasPrefix("-") || $0.hasPrefix("+") }.count == 2)
    }

    @Test("the work grows with the number of steps, whether all are equal or all differ in everything")
    func scales() throws {
        func trees(_ count: Int) throws -> [FlatTree] {
            [
                try makePackage((0..<count).map { _ in makeStep("Same") }.joined()),
                try makePackage((0..<count).map { makeStep("Other \($0)", ("V", "\($0)")) }.joined()),
                try makePackage((0..<count).map { makeStep("New \($0)", ("V", "n\($0)"), ("W", "\($0)")) }.joined()),
                try makePackage((0..<count / 4).map { group("G\($0)", makeStep("A"), makeStep("B \($0)")) }.joined()),
                try makePackage((0..<count / 4).map { group("H\($0)", makeStep("A"), makeStep("C \($0)")) }.joined()),
            ].map { FlatTree($0.sequence) }
        }
        // Counted, not timed: pairs that were looked at. All with all would be 250,000 and 1,000,000.
        let (few, many) = (try trees(500), try trees(1_000))
        for (old, new) in [(0, 0), (0, 1), (1, 2), (3, 4), (4, 3), (0, 4)] {
            let small = ItemMatcher.matches(few[old], few[new]).pairCount
            let large = ItemMatcher.matches(many[old], many[new]).pairCount
            #expect(large <= 40 * 1_000, "\(old) \(new) \(large)")
            #expect(Double(large) <= 2.5 * Double(small) + 2_000, "\(old) \(new) \(small) \(large)")
        }
    }

    @Test("texts that differ in their scalars alone are different, whatever Unicode says of them")
    func scalars() throws {
        let (one, two) = ("caf\u{E9}", "cafe\u{301}")
        #expect(try difference(makeStep("S", ("V", one)), makeStep("S", ("V", two))).items.map(\.kinds) == [[.changed]])
        #expect(try difference(makeStep(one), makeStep(two)).items.map(\.kinds) == [[.renamed]])
        func condition(_ value: String) -> String {
            makeStep("S", condition: "<condition>\(makeComparison("V", "equals", value))</condition>")
        }
        let changed = try difference(condition(one), condition(two))
        #expect(changed.items.first?.changes.map(\.field) == ["condition"])
        #expect(try difference(group(one, makeStep("S")), group(two, makeStep("S"))).items.map(\.kinds) == [[.renamed]])
        let described = "<step name=\"S\" type=\"T\" description=\"TEXT\"><action>TEXT</action></step>"
        let both = try difference(described.replacing("TEXT", with: one), described.replacing("TEXT", with: two))
        #expect(both.items.first?.changes.map(\.field) == ["description", "action"])
        #expect(LineDifference.unified("a\n\(one)\nb", "a\n\(two)\nb").count == 5)
    }

    @Test("patch makes the new text from the old one and the difference", arguments: 1...12)
    func patches(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        func lines(_ count: Int) -> [String] {
            (0..<count).map { _ in "line \(Int.random(in: 0..<6, using: &random))" }
        }
        let old = lines(Int.random(in: 0...60, using: &random))
        var new = old
        for _ in 0..<Int.random(in: 1...15, using: &random) {
            let place = Int.random(in: 0...new.count, using: &random)
            if Bool.random(using: &random) || place == new.count {
                new.insert(contentsOf: lines(Int.random(in: 1...4, using: &random)), at: place)
            } else {
                new.remove(at: place)
            }
        }
        // Texts with a line end at their end: the last piece is empty on both sides.
        let oldText = old.map { $0 + "\n" }.joined()
        let newText = new.map { $0 + "\n" }.joined()
        try #require(oldText != newText)
        let folder = try TestFolder()
        let file = try folder.write((oldText + "end").utf8, to: "file")
        let patch = ["--- file", "+++ file"] + LineDifference.unified(oldText + "end", newText + "end")
        let path = try folder.write(Self.withEndMarks(patch).utf8, to: "patch")
        let result = try Program.run("patch", ["--silent", file.string, path.string])
        #expect(result.status == 0, "\(result.output)\(result.errorText)\n\(patch.joined(separator: "\n"))")
        #expect(try String(decoding: SmallFile.read(file), as: UTF8.self) == newText + "end")
    }

    /// The last line of both texts, "end", has no line end; unified diffs say so.
    private static func withEndMarks(_ lines: [String]) -> String {
        lines.map { $0.hasSuffix("end") ? "\($0)\n\\ No newline at end of file\n" : "\($0)\n" }.joined()
    }

    @Test("texts with too many changes are shown as replaced, quickly")
    func manyChanges() {
        let old = (0..<20_000).map { "a\($0)" }.joined(separator: "\n")
        let new = (0..<20_000).map { "b\($0)" }.joined(separator: "\n")
        #expect(LineDifference.unified(old, new).count == 40_001)
    }
}
