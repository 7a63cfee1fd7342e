// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// The pages of docs/ and README.md: what they link to is there, and everything can be found.
@Suite("links of the documentation")
struct DocumentationLinkTests {
    private let pages: [FilePath: DocumentationPage]

    init() throws {
        let list = try Program.succeed("find", ["README.md", "docs", "-name", "*.md"], in: Repository.root).output
        pages = try list.split(separator: "\n").reduce(into: [:]) { pages, path in
            let path = FilePath(String(path))
            pages[path] = try DocumentationPage(path)
        }
    }

    /// The target of `link` on `page`: a path from the root of the checkout, and the anchor behind it.
    private static func target(_ link: Substring, on page: FilePath) -> (path: FilePath, anchor: String?) {
        let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let anchor = parts.count > 1 ? String(parts[1]) : nil
        guard let file = parts.first, !file.isEmpty else { return (page, anchor) }
        return (page.removingLastComponent().pushing(FilePath(String(file))).lexicallyNormalized(), anchor)
    }

    @Test("every link leads to a file and to a heading that are there")
    func links() {
        #expect(pages.count > 40)
        var anchors: [FilePath: Set<String>] = [:]
        for (path, page) in pages {
            for link in page.links {
                let target = Self.target(link, on: path)
                let file = Repository.root.pushing(target.path).string
                #expect(access(file, F_OK) == 0, "\(path) links to \(link), and \(target.path) is not there")
                guard let anchor = target.anchor, let other = pages[target.path] else { continue }
                let known = anchors[target.path] ?? other.anchors
                anchors[target.path] = known
                if !known.contains(anchor) {
                    Issue.record("\(path) links to \(link), and \(target.path) has no such heading")
                }
            }
        }
    }

    @Test("every page is reached from the index of the documentation")
    func reached() {
        var reached: Set<FilePath> = ["docs/README.md"]
        var next = Array(reached)
        while let path = next.popLast() {
            for link in pages[path]?.links ?? [] {
                let target = Self.target(link, on: path).path
                if pages[target] != nil, reached.insert(target).inserted { next.append(target) }
            }
        }
        for path in pages.keys where path != "README.md" && !reached.contains(path) {
            Issue.record("nothing leads from docs/README.md to \(path)")
        }
    }
}
