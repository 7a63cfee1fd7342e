// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import OpenBootImage

@Suite("Programs of busybox")
struct BusyboxAppletsTests {
    private func names(_ text: String) throws -> [String] { try BusyboxApplets.names(in: Array(text.utf8)) }

    @Test("the names are those of the sorted table, up to what is no name")
    func table() throws {
        #expect(try names("\u{1}[\0[[\0mount\0sh\0zcat\0abc\0") == ["[", "[[", "mount", "sh", "zcat"])
        #expect(try names("[\0[[\0mount\0sh\0%s: x\0") == ["[", "[[", "mount", "sh"])
    }

    @Test("what only looks like the beginning of the table is passed over")
    func passedOver() throws {
        #expect(try names("[\0[[\0other\0!\0[\0[[\0mount\0sh\0") == ["[", "[[", "mount", "sh"])
    }

    @Test(
        "a program without a table is refused", arguments: ["", "[\0", "[\0[[\0", "[\0[[\0mount", "[\0[[\0sh\0a/b\0"])
    func refused(text: String) {
        #expect(throws: OpenBootImageError.self) { try names(text) }
    }
}
