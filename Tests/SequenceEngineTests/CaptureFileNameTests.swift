// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import VolumeCapture

@testable import SequenceEngine

@Suite("names of images")
struct CaptureFileNameTests {
    @Test(
        "a name gets its ending once",
        arguments: [
            ("win11", "win11.wim"), (" win11.wim ", "win11.wim"), ("Win 11.WIM", "Win 11.wim"), ("a.b", "a.b.wim"),
            ("参考", "参考.wim"),
        ])
    func names(typed: String, name: String) throws {
        #expect(try CaptureFileName.read(typed) == name)
    }

    @Test(
        "what Windows takes for no name, or for a place elsewhere, is refused",
        arguments: [
            "", ".wim", "..", "../x", "a\\b", "a/b", "a:b", "x?", "tail.", "a\u{7}b",
            "CON", "nul", "com1.wim", "LPT9 .old",
            String(repeating: "x", count: 201),
        ])
    func refused(typed: String) {
        #expect(throws: CaptureError.self) { try CaptureFileName.read(typed) }
    }
}
