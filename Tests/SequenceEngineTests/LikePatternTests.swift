// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import SequenceEngine

@Suite("patterns of conditions")
struct LikePatternTests {
    @Test(
        "variables know * and ?, queries know %, _ and sets, all without case",
        arguments: [
            ("*8300*", "HP Compaq 8300 SFF", true, false), ("HP*", "Dell HP", false, false),
            ("?at", "Cat", true, false),
            ("%Latitude%", "DELL LATITUDE 7420", true, true), ("[a-c]at", "Bat", true, true),
            ("[^a-c]at", "bat", false, true), ("a_c", "abc", true, true), ("%", "", true, true),
            ("*a*b*c", "xxaxxbxxbc", true, false),
            ("100%", "100%", true, false), ("[", "[", true, true),
        ])
    func matches(_ pattern: String, _ text: String, _ expected: Bool, _ isManagement: Bool) {
        #expect(LikePattern(pattern, isManagement ? .management : .variables).matches(text) == expected)
    }
}
