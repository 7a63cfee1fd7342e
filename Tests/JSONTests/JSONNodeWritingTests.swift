// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import Testing

@Suite("values that are written again")
struct JSONNodeWritingTests {
    @Test(
        "a document that was read is written as it was",
        arguments: [
            #"{"b":[1,-2,"x",null,true,{}],"a":{"c":[]}}"#, "[]", "\"\\\"\"", "12",
        ])
    func roundTrip(text: String) throws {
        var reader = JSONReader(Array(text.utf8))
        let node = try reader.node(limit: 100)
        #expect(String(decoding: try JSON.bytes(of: node, .line), as: UTF8.self) == text)
    }

    @Test("members without a value are left out")
    func leavesOut() throws {
        let node = JSONNode.members(["a": nil, "b": .whole(7), "c": .null])
        #expect(String(decoding: try JSON.bytes(of: node, .line), as: UTF8.self) == #"{"b":7,"c":null}"#)
    }
}
