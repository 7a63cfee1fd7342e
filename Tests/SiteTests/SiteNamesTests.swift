// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import Site

/// The names of the SMS Provider that the client and the fixture's server use, held against docs/formats/site.md: neither may
/// know one that the page does not have, whatever the other one says.
@Suite("Names of the AdminService")
struct SiteNamesTests {
    /// The properties of each class that the page has; the lazy ones apart.
    private struct Page {
        var listed: [String: Set<String>] = [:]
        var lazy: [String: Set<String>] = [:]
        /// What is handed over to each method.
        var methods: [String: Set<String>] = [:]
        /// What each method answers.
        var answers: [String: Set<String>] = [:]

        /// Reads the tables: names of classes or methods in the first column, of properties or inputs in the second.
        init() throws {
            let page = String(decoding: try SmallFile.read(Repository.file("docs/formats/site.md")), as: UTF8.self)
            for line in page.split(separator: "\n") where line.hasPrefix("| `SMS_") {
                let cells = line.split(separator: "|").map(String.init)
                let name = cells[0].filter { $0 != " " && $0 != "`" }
                // Each is told of in a sentence too, with whether it is known.
                #expect(page.contains("\n- `\(name)`:"), "\(name)")
                methods[name] = Set(Self.words(cells[1]))
                answers[name] = Set(cells.count > 2 ? Self.words(cells[2]) : [])
            }
            for line in page.split(separator: "\n") where line.hasPrefix("| SMS_") {
                let cells = line.split(separator: "|").map(String.init)
                let parts = cells[1].split(separator: "lazy", maxSplits: 1).map(String.init)
                for name in Self.words(cells[0]) {
                    listed[name, default: []].formUnion(Self.words(parts[0]))
                    lazy[name, default: []].formUnion(parts.count > 1 ? Self.words(parts[1]) : [])
                }
            }
        }

        private static func words(_ text: String) -> [String] {
            text.matches(of: /[A-Z][A-Za-z_]+/).map { String($0.output) }
        }

        func has(_ type: String, _ property: String, isLazy: Bool) -> Bool {
            (isLazy ? lazy : listed)[type]?.contains(property) == true
        }
    }

    @Test("every name that the client reads is one of the page, lazy where the page says so")
    func client() throws {
        let page = try Page()
        #expect(page.listed.count > 15)
        for type in SiteClass.allCases {
            for property in type.listed {
                #expect(
                    page.has(type.rawValue, property.rawValue, isLazy: false), "\(type.rawValue).\(property.rawValue)")
            }
            for property in type.lazy {
                #expect(
                    page.has(type.rawValue, property.rawValue, isLazy: true), "\(type.rawValue).\(property.rawValue)")
            }
        }
    }

    @Test("every method that is called, and what is handed over, is one of the page and of the fixture's server")
    func methods() throws {
        let page = try Page()
        let names = Set(try AdminServiceServer.names())
        #expect(Set(page.methods.keys) == Set(SiteMethod.allCases.map(\.rawValue)))
        for method in SiteMethod.allCases {
            #expect(page.methods[method.rawValue] == Set(method.inputs), "\(method.rawValue)")
            #expect(page.answers[method.rawValue] == Set(method.outputs), "\(method.rawValue)")
            for output in method.outputs { #expect(names.contains("\(method.rawValue) \(output) output")) }
            for input in method.inputs { #expect(names.contains("\(method.rawValue) \(input) input")) }
        }
    }

    @Test("every name that the fixture's server sends is one of the page, lazy where the page says so")
    func fixture() throws {
        let page = try Page()
        let names = try AdminServiceServer.names()
        #expect(names.count > 60)
        for name in names {
            let words = name.split(separator: " ").map(String.init)
            if words.last == "input" {
                #expect(page.methods[words[0]]?.contains(words[1]) == true, "\(name)")
                continue
            }
            if words.last == "output" {
                #expect(page.answers[words[0]]?.contains(words[1]) == true, "\(name)")
                continue
            }
            #expect(page.has(words[0], words[1], isLazy: words.count > 2), "\(name)")
        }
    }

    @Test("every name that the fixture's management point sends is one of the page")
    func managementPoint() throws {
        let page = String(decoding: try SmallFile.read(Repository.file("docs/formats/site.md")), as: UTF8.self)
        let part = try #require(page.firstRange(of: "## 2. Management point"))
        let names = Set(page[part.upperBound...].matches(of: /[A-Za-z0-9]+/).map { String($0.output) })
        for name in try ManagementPointServer.names() { #expect(names.contains(name), "\(name)") }
    }

    @Test("the server of the fixture has every class and property that the client asks for")
    func both() throws {
        let names = Set(try AdminServiceServer.names())
        for type in SiteClass.allCases {
            for property in type.listed { #expect(names.contains("\(type.rawValue) \(property.rawValue)")) }
            for property in type.lazy { #expect(names.contains("\(type.rawValue) \(property.rawValue) lazy")) }
        }
    }
}
