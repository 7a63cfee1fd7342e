// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import Testing

@Suite("identifiers")
struct IdentifierTests {
    @Test("a package ID is folded to upper case", arguments: ["ABC00001", "abc0001f", "P0100A2B", "PS1000ZZ"])
    func acceptsPackageID(text: String) {
        #expect(PackageID(text)?.description == text.uppercased())
    }

    @Test(
        "what is no package ID, and what could be a path, is refused",
        arguments: [
            "", "ABC", "ABC000001", "ABC0001", "../../AB", "ABC/0001", "ABC\\0001", "ABC 0001", "ABC0001.", "ÄBC0001",
        ])
    func refusesPackageID(text: String) { #expect(PackageID(text) == nil) }

    @Test(
        "a content ID is base and version",
        arguments: [
            ("ABC00001.2", "ABC00001", 2), ("abc00001.12", "ABC00001", 12),
            ("Content_3f0a6a2e-5b1d-4c79-8e34-91d2c7b6a501.1", "Content_3f0a6a2e-5b1d-4c79-8e34-91d2c7b6a501", 1),
            ("3f0a6a2e-5b1d-4c79-8e34-91d2c7b6a501.7", "3f0a6a2e-5b1d-4c79-8e34-91d2c7b6a501", 7),
        ])
    func acceptsContentID(text: String, base: String, version: Int) throws {
        let id = try #require(ContentID(text))
        #expect(id.base == base)
        #expect(id.version == version)
        #expect(ContentID(text.lowercased()) == id)
    }

    @Test(
        "what is no content ID, and what could be a path, is refused",
        arguments: [
            "", ".", ".1", "ABC00001", "ABC00001.", "ABC00001.x", "ABC00001.-1", "ABC00001.+1", "../etc.1", "a/b.1",
            "a\\b.1", "ABC00001.99999999999999999999", "ABC00001.2147483648", "a.b.1",
        ])
    func refusesContentID(text: String) { #expect(ContentID(text) == nil) }

    @Test("versions are ordered as numbers")
    func ordersVersions() throws {
        let ids = ["ABC00001.10", "ABC00001.9", "ABC00000.11"].compactMap { ContentID($0) }
        #expect(ids.sorted().map(\.description) == ["ABC00000.11", "ABC00001.9", "ABC00001.10"])
    }
}
