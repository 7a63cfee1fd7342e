// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTools
import TSMediaTestSupport
import TaskSequence
import Testing

@Suite("pages about task sequences")
struct DocumentTests {
    private static let hostile = "<script>alert(1)</script>\" onload='x' & [a](javascript:b) `c` | <!-- \u{202E}"

    private func hostilePackage() throws -> TaskSequencePackage {
        let name = SequenceFixture.escaped(Self.hostile).replacing("\"", with: "&quot;")
        let condition = "<condition>\(makeComparison(Self.hostile, "like", Self.hostile))</condition>"
        return try makePackage(
            "<group name=\"\(name)\" description=\"\(name)\">"
                + makeStep(
                    name, attributes: " timeout=\"\(name)\" runIn=\"\(name)\"", condition: condition,
                    action: Self.hostile, ("PackageID", Self.hostile), ("Multi", "a\n\(Self.hostile)"),
                    ("VariableName", Self.hostile), ("VariableValue", Self.hostile))
                + "</group>", name: Self.hostile)
    }

    @Test("names that are markup are text on the HTML page, which is well-formed for xmllint")
    func escapesHTML() throws {
        let page = HTMLDocument.page(of: [SequenceOutline(of: try hostilePackage())])
        let text = String(decoding: page, as: UTF8.self)
        #expect(!text.contains("<script"))
        #expect(!text.contains("\u{202E}"))
        let folder = try TestFolder()
        let path = try folder.write(page, to: "page.html")
        for (query, count) in [("//script", "0"), ("//*[@onload]", "0"), ("//*[contains(@href, 'javascript')]", "0")] {
            let result = try Program.run(
                "xmllint", ["--html", "--nowarning", "--xpath", "count(\(query))", path.string])
            #expect(result.output.split(separator: "\n").first.map(String.init) == count, "\(query)")
        }
        let name = try Program.run("xmllint", ["--html", "--xpath", "string(//*[@class='name'])", path.string])
        #expect(name.output.contains("<script>alert(1)</script>"))
        // Elements of HTML 5 are not known to libxml2; everything else it complains about is a defect.
        let complaints = name.errorText.split(separator: "\n").filter { $0.contains("error") && !$0.contains("Tag ") }
        #expect(complaints.isEmpty, "\(complaints)")
    }

    @Test("the page asks for nothing from elsewhere and has no scripts")
    func selfContained() throws {
        let page = HTMLDocument.page(of: [SequenceOutline(of: try makePackage(makeStep("A")))])
        let text = String(decoding: page, as: UTF8.self)
        for word in ["src=", "<link", "url(", "@import", "<script", "http://", "https://"] {
            #expect(!text.contains(word), "\(word)")
        }
        #expect(text.contains("default-src 'none'"))
        #expect(text.contains("prefers-color-scheme: dark") && text.contains("@media print"))
    }

    @Test("every link on the page leads to a place on it")
    func links() throws {
        let package = try makePackage(
            "<group name=\"G\" description=\"\">" + makeStep("A", action: "x %V%", ("PackageID", "ABC00001"))
                + makeStep("B", type: "SetVariable", ("VariableName", "V"), ("VariableValue", "1")) + "</group>")
        let text = String(decoding: HTMLDocument.page(of: [SequenceOutline(of: package)]), as: UTF8.self)
        let targets = text.split(separator: "href=\"#").dropFirst().compactMap { $0.split(separator: "\"").first }
        #expect(targets.count == 3)
        for target in targets { #expect(text.contains("id=\"\(target)\"")) }
    }

    @Test("names that are markup are text in Markdown")
    func escapesMarkdown() throws {
        let text = String(
            decoding: MarkdownDocument.page(of: [SequenceOutline(of: try hostilePackage())]), as: UTF8.self)
        #expect(!text.contains("\u{202E}"))
        // Outside code, which shows everything as it is, no character keeps a meaning.
        for line in text.split(separator: "\n") where !line.contains("`") {
            #expect(!line.contains("<script") && !line.contains("](") && !line.contains("<!--"), "\(line)")
        }
        #expect(text.contains("&lt;script&gt;"))
    }
}
