// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Testing

@Suite("Names that are left out")
struct SkippedNamesTests {
    @Test(
        "a name stands for what is called so in any folder, for all below it, and in any case",
        arguments: [
            ("aux.c", "ABC00012/source/aux.c", true), ("AUX.C", "ABC00012/source/aux.c", true),
            ("source/aux.c", "ABC00012/source/aux.c", true), (#"ABC00012\source\aux.c"#, "ABC00012/source/aux.c", true),
            ("source", "ABC00012/source/aux.c", true), ("ABC00012/source", "ABC00012/source/aux.c", true),
            ("aux", "ABC00012/source/aux.c", false), ("c", "ABC00012/source/aux.c", false),
            ("ABC00012/aux.c", "ABC00012/source/aux.c", false), ("a/b/c/d", "b/c", false),
            ("cafe\u{301}", "ABC00012/caf\u{E9}", false),
        ])
    func matches(name: String, path: String, isNamed: Bool) throws {
        let names = try #require(SkippedNames(["other", name]))
        #expect((names.index(of: path) == 1) == isNamed)
    }

    @Test("what is no name is refused", arguments: ["", "/aux.c", "a//b", "a/", ".", "a/../b"])
    func wrong(text: String) { #expect(SkippedNames([text]) == nil) }

    @Test("none names nothing")
    func none() { #expect(SkippedNames().index(of: "a") == nil && SkippedNames([])?.index(of: "a") == nil) }
}
