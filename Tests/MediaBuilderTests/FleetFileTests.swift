// SPDX-License-Identifier: GPL-3.0-or-later

import MediaBuilder
import TSMediaTestSupport
import Testing

@Suite("Lists of models")
struct FleetFileTests {
    private static let comma = "name,driverPackages,version\nA,ABC00011;ABC00012,1\n"

    @Test(
        "columns are separated by commas, or by what spreadsheets write instead",
        arguments: [
            "name;driverPackages;version\nA;\"ABC00011;ABC00012\";1\n",
            "name\tdriverPackages\tversion\r\nA\tABC00011;ABC00012\t1\r\n",
        ])
    func separators(text: String) throws {
        let folder = try TestFolder()
        func models(_ text: String) throws -> [FleetModel] {
            try FleetFile.read(folder.write(text.utf8, to: "models.csv"))
        }
        let expected = try models(Self.comma)
        #expect(expected.count == 1)
        #expect(try models(text) == expected)
    }
}
