// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// The examples of docs/authoring.md and docs/templates.md, run as they stand there.
@Suite("examples of the pages on authoring")
struct AuthoringExamplesTests {
    @Test("every example works as written", arguments: [("authoring.md", 6), ("templates.md", 1)])
    func works(name: String, count: Int) throws {
        let page = try DocumentationPage(FilePath("docs/\(name)"))
        let folder = try TestFolder()
        for file in ["administrator.txt", "capture.txt", "domain.txt"] {
            try folder.write("hush-\(file)\n".utf8, to: file)
        }
        if let xml = page.block("xml") { try folder.write(xml.joined(separator: "\n").utf8, to: "kiosk.xml") }
        let commands = page.commands.map(\.text)
        #expect(commands.count == count)
        let programs = try BuiltProgram.tsmedia.removingLastComponent().string
        for command in commands {
            let result = try Program.run(
                "bash", ["-c", "PATH=\"$0:$PATH\"\n" + command, programs], in: folder.path)
            #expect(result.status == 0, "\(command)\n\(result.errorText)")
            #expect(!result.errorText.contains("hush") && !result.output.contains("hush"))
            guard let output = command.split(separator: " ").drop(while: { $0 != "--output" }).dropFirst().first else {
                continue
            }
            let read = try Program.run(
                BuiltProgram.tsmedia.string, ["sequence", "show", "--details", String(output)], in: folder.path)
            #expect(read.status == 0 && !read.output.contains("hush"), "\(read.errorText)")
        }
    }
}
