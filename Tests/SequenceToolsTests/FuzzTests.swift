// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import SequenceTools
import Support
import SystemPackage
import TSMediaTestSupport
import TaskSequence
import Testing

/// A long run of random damage; `TSMEDIA_TEST_ALL=1` turns it on, `TSMEDIA_FUZZ_SECONDS` (60) and
/// `TSMEDIA_FUZZ_SEED` (1) say how long and with which numbers.
@Suite("fuzzing", .enabled(if: Environment["TSMEDIA_TEST_ALL"] == "1", "set TSMEDIA_TEST_ALL=1"))
struct FuzzTests {
    private static let scripted = """
        <sequence version="3.10"><referenceList><reference package="A"/></referenceList><globalVarList>\
        <variable name="OSDAdapterCount" property="Adapters">1</variable></globalVarList><!-- c -->\
        <group name="G" description="a&#xA;b" disable="TRUE"><condition><osConditionGroup type="or">\
        <osExpressionGroup Name="All Windows 11"/></osConditionGroup><operator type="not"><expression \
        type="SMS_TaskSequence_RegistryConditionExpression"><variable name="KeyPath">HKLM\\x</variable>\
        <variable name="Operator">equals</variable><variable name="Data">1</variable></expression></operator></condition>\
        <step type="SMS_TaskSequence_RunPowerShellScriptAction" name="P" description="" timeout="900" runIn="WinPE">\
        <action>net use x: \\\\s\\y pass /user:u &amp; x.exe -u u -p p token=%x% http://a:b@c</action><defaultVarList>\
        <variable name="S" property="SourceScript">\(LargeTaskSequence.base64(utf16: "$password = 'x'\r\n1..3"))</variable>\
        </defaultVarList></step><step type="SMS_TaskSequence_SetDynamicVariablesAction" name="D" description="">\
        <action/><defaultVarList><variable name="R" property="Rules">&lt;Rules&gt;&lt;Rule&gt;&lt;Variables&gt;\
        &lt;Variable Name="A" IsSecret="true"&gt;s&lt;/Variable&gt;&lt;/Variables&gt;&lt;/Rule&gt;&lt;/Rules&gt;\
        </variable></defaultVarList></step></group></sequence>
        """

    @Test(
        "damaged sequences, object.xml and zips are read or refused, and what is read can be shown, written and compared"
    )
    func survives() throws {
        let seconds = Environment["TSMEDIA_FUZZ_SECONDS"].flatMap(Int.init) ?? 60
        let seed = Environment["TSMEDIA_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
        var random = SeededGenerator(seed: seed)
        let folder = try TestFolder()
        let corpus = try Self.corpus(in: folder)
        let originals = try corpus.map { try TaskSequenceFile.read(try folder.write($0, to: "whole")) }
        let end = ContinuousClock.now + .seconds(seconds)
        var accepted = 0
        var refused = 0
        while ContinuousClock.now < end {
            let number = Int.random(in: 0..<corpus.count, using: &random)
            var bytes = corpus[number]
            for _ in 0..<Int.random(in: 1...8, using: &random) { bytes = Mutation.apply(to: bytes, &random) }
            // Left in place by a crash, for the report.
            let path = try folder.write(bytes, to: "damaged")
            let packages: [TaskSequencePackage]
            do throws(TaskSequenceError) {
                packages = try TaskSequenceFile.read(path)
                accepted += 1
            } catch {
                #expect(!error.description.isEmpty)
                refused += 1
                continue
            }
            // What was read must be written so that it is read again.
            #expect(throws: Never.self) { try Self.use(packages, original: originals[number][0]) }
        }
        #expect(accepted > 10)
        #expect(refused > 10)
    }

    private static func corpus(in folder: TestFolder) throws -> [[UInt8]] {
        let object = Array(SequenceFixture.object("ABC00012", scripted).utf8)
        let large = LargeTaskSequence.xml(stepCount: 30)
        let first = try TaskSequencePackage(xml: object, source: "a", stem: "a")
        let second = try TaskSequencePackage(xml: Array(large.utf8), source: "b", stem: "b")
        return [
            Array(scripted.utf8), object, Array(large.utf8), try TaskSequenceExport.zip(of: [first, second]),
            Array(
                "<SmsTaskSequencePackage><Name>N</Name><SequenceData><![CDATA[\(scripted)]]></SequenceData></SmsTaskSequencePackage>"
                    .utf8),
            [0xFF, 0xFE] + Text.encodeUTF16LittleEndian(scripted),
        ]
    }

    private static let catalog = SiteCatalog(
        packages: [SiteCatalog.Package(id: "ABC00001", name: "P", dependencies: ["ABC00002", "ABC00001"])],
        applications: [SiteCatalog.Application(name: "A", modelName: "M", packageID: "ABC00003", supersedes: ["A"])])

    /// Everything that is done with a task sequence that was read.
    private static func use(
        _ packages: [TaskSequencePackage], original: TaskSequencePackage
    ) throws(TaskSequenceError) {
        let outlines = packages.map { SequenceOutline(of: $0) }
        for outline in outlines { #expect(!outline.lines(showsDetails: true).isEmpty) }
        #expect(!HTMLDocument.page(of: outlines).isEmpty)
        #expect(!MarkdownDocument.page(of: outlines).isEmpty)
        for purpose in [nil] + LintPurpose.allCases {
            for finding in SequenceLinter(purpose: purpose, catalog: catalog).lint(packages) {
                #expect(!finding.problem.isEmpty && !finding.pathDescription.contains("pass "))
            }
        }
        for package in packages {
            let required = RequiredContent(of: package, catalog: catalog)
            #expect(required.items.allSatisfy { !$0.needs.isEmpty })
            _ = SequenceDifference(from: original, to: package).lines
            let written = SequenceWriter.write(package.sequence)
            let again = try TaskSequencePackage(xml: written, source: "written", stem: "written")
            #expect(SequenceWriter.write(again.sequence) == written, "canonical form is not stable")
            #expect(SequenceDifference(from: package, to: again).items.isEmpty, "writing changed the meaning")
        }
        // Two task sequences may have come to the same ID.
        _ = try? TaskSequenceExport.zip(of: packages)
    }
}

/// Variables of the environment.
enum Environment {
    static subscript(name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
