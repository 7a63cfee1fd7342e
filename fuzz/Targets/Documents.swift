// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import Markup
import Support
import YAML

@testable import WindowsSetup

extension FuzzTarget {
    /// What reads documents of any kind.
    static let documents = [
        FuzzTarget(
            "xml",
            words: [
                "<?xml version=\"1.0\" encoding=\"", "utf-16", "<![CDATA[", "]]>", "<!DOCTYPE", "<!ENTITY", "<!--",
                "&#x10FFFF;", "&amp;", "xmlns:",
            ],
            texts:
                "<?xml version=\"1.0\"?><a b=\"c\" xmlns:x=\"urn:x\"><x:d>&lt;e&#65;</x:d><![CDATA[f]]><!-- g --></a>",
            "<a/>"
        ) { input in
            let document = try XMLReader.read(input, source: "input")
            var elements = [document.root]
            while let element = elements.popLast() {
                _ = document.sourceText(of: element)
                elements += element.elements
            }
        },
        FuzzTarget(
            "json", words: ["\\u0000", "\\ud83d\\ude00", "1e400", "-0", "null", "true"],
            texts: "{\"a\":[1,2.5e-3,null,true,\"\\u00e9\\ud83d\\ude00\"],\"b\":{\"c\":\"d\"}}", "[]"
        ) { input in
            var reader = JSONReader(input)
            _ = try reader.node(limit: 20_000)
            try reader.end()
        },
        FuzzTarget(
            "json-skip", texts: "{\"a\":[1,{\"b\":[[]]},\"c\"],\"d\":{}}"
        ) { input in
            var reader = JSONReader(input)
            try reader.members { _, reader in try reader.skip() }
            try reader.end()
        },
        FuzzTarget(
            "yaml",
            words: ["&a ", "*a", "<<: ", "!!binary ", "- ", "? ", "|-\n", ">+\n", "%YAML 1.1\n", "---\n", "...\n"],
            texts: "a: &x {b: [1, 'two', \"three\\n\"]}\nc: *x\nd: |\n  text\n  more\n", "- a\n- b\n"
        ) { input in
            _ = try YAMLReader.read(input, source: "input")
        },
        FuzzTarget(
            "answer-file",
            words: ["specialize", "oobeSystem", "Microsoft-Windows-Shell-Setup", "processorArchitecture"],
            texts: """
                <?xml version="1.0" encoding="utf-8"?><unattend xmlns="urn:schemas-microsoft-com:unattend">\
                <settings pass="specialize"><component name="Microsoft-Windows-Shell-Setup" processorArchitecture="amd64" \
                publicKeyToken="31bf3856ad364e35" language="neutral" versionScope="nonSxS"><ComputerName>PC</ComputerName>\
                </component></settings></unattend>
                """
        ) { input in
            var file = try AnswerFile(input, source: "input", architecture: .x64)
            _ = file.value(["ComputerName"], of: "Microsoft-Windows-Shell-Setup", in: .specialize)
            file.set(["ComputerName"], of: "Microsoft-Windows-Shell-Setup", in: .specialize, to: "B")
            file.run("cmd.exe /c x", described: "d")
            file.mapTexts { $0 + "!" }
        },
    ]
}
