// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// docs/builds.md and docs/schema/manifest.schema.json, held against the program.
@Suite("The page of manifests")
struct BuildDocumentationTests {
    /// The manifests that the page shows.
    static let examples: [String] = {
        let page = try? DocumentationPage("docs/builds.md")
        return (page?.blocks ?? []).filter { $0.info == ["yaml"] }.map { $0.lines.joined(separator: "\n") }
    }()

    @Test("every manifest that the page shows is built, and is media that verifies", arguments: examples)
    func example(text: String) throws {
        let session = try CommandSession()
        try TestFolder.makeFolder(session.folder.appending("out"))
        try session.work.write(Array("name;driverPackages\nAlpha;ABC00012\nBeta;\n".utf8), to: "out/models.csv")
        try Program.succeed(
            "cp", [session.demo.taskSequenceExport.string, session.folder.appending("win11.zip").string])
        // The demo stands for the distribution point.
        let text = text.replacing("/srv/SCCMContentLib", with: session.library.string)
        let result = try session.build(text, ["--json"], environment: ["MEDIA_PASSWORD": "geheim"])
        #expect(result.status == 0, "\(result.errorText)")
        let media = try JSONValue(parsing: result.output).media.elements
        #expect(!media.isEmpty)
        for output in media.flatMap({ $0.outputs.elements.compactMap(\.path.text) }) {
            #expect(try session.run(["verify", output]).status == 0, "\(output)")
        }
    }

    @Test("the page has every key that is no option, and every status")
    func words() throws {
        #expect(Self.examples.count >= 5)
        let page = String(decoding: try SmallFile.read(Repository.file("docs/builds.md")), as: UTF8.self)
        for word in ["defaults:", "templates:", "media:", "from:", "matrix:", "exclude:", "include:", "fleet:"] {
            #expect(Self.examples.contains { $0.contains(word) }, "\(word)")
        }
        for status in ["built", "unchanged", "planned", "failed"] { #expect(page.contains("| `\(status)` |")) }
        for option in try JSONValue(parsing: BuiltProgram.run("help", "build", "--experimental-dump-help").output)
            .command.arguments.elements.compactMap({ $0.preferredName["name"].text })
        where !["help", "json", "progress", "log-file", "verbose", "quiet", "version"].contains(option) {
            #expect(page.contains("--\(option)"), "\(option)")
        }
    }

    // MARK: The schema

    @Test("the schema has the keys that there are; TSMEDIA_RENEW_SCHEMA=1 writes it anew")
    func schema() throws {
        let path = Repository.file("docs/schema/manifest.schema.json")
        let text = try ManifestSchema.text()
        if Environment.has("TSMEDIA_RENEW_SCHEMA") { try AtomicFile.write(Array(text.utf8), to: path) }
        #expect(try String(decoding: SmallFile.read(path), as: UTF8.self) == text)
    }

    @Test("the schema takes what is built and refuses what is not")
    func agrees() throws {
        let session = try CommandSession()
        let printed = try BuildCase.all.map {
            try session.succeed($0.arguments(session, "x\($0.ending)") + ["--print-manifest"]).output
        }
        let good = Self.examples + printed
        let bad = [
            "", "media: []\n", "media: [{ name: a, type: iso }]\n", "media: [{ name: a, lable: x }]\n",
            "media: [{ type: capture }]\n", "media: [{ name: a, label: [x] }]\n",
            "media: [{ name: a, autorun: maybe }]\n",
            "media: [{ name: a, force: true }]\n", "medai: []\n", "media: [{ name: a, package: { a: b } }]\n",
            "media: [{ name: a }]\ndefaults: { name: x }\n",
        ]
        #expect(try InputSchema.accepts(good + bad, "manifest") == good.map { _ in true } + bad.map { _ in false })
        for text in bad { #expect(try session.build(text).status == 65, "\(text)") }
    }
}
