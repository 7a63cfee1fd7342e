// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The members of a folder on a server.
package struct FolderListing {
    /// A member.
    package struct Member: Equatable {
        /// Its name, as the server has it.
        package let name: String
        /// Whether it is a folder.
        package let isFolder: Bool
        /// What is wrong with a name that no path can have.
        package var problem: DiagnosticText?
    }

    /// What it lists.
    package private(set) var members: [Member] = []
    private var seen: Set<CaseFoldedName> = []

    /// A list that cannot be believed.
    package struct Hostile: Error {
        /// Why, as the predicate of a sentence.
        package let problem: DiagnosticText
    }

    /// An empty list.
    package init() {}

    /// Adds a member.
    ///
    /// - Throws: ``Hostile`` for a name that leads elsewhere, or that is there already.
    package mutating func add(_ name: String, isFolder: Bool) throws(Hostile) {
        var problem: DiagnosticText?
        do throws(MediaPathError) {
            _ = try MediaPath(name: name, in: nil)
        } catch {
            problem = error.problem
            // A name that no folder of Windows can hold leads elsewhere.
            guard !name.isEmpty, name != ".", name != "..", !MediaPath.hasForbiddenCharacter(name) else {
                throw Hostile(problem: "lists '\(name.prefix(100).description.onOneLine)', which \(error.problem)")
            }
        }
        guard seen.insert(name.caseFolded).inserted else {
            throw Hostile(problem: "lists '\(name)' twice")
        }
        members.append(Member(name: name, isFolder: isFolder, problem: problem))
    }

    /// The name of a member that `names` lead to, when they lead to one of `folder` itself; nil when they do not.
    static func member(_ names: [String], of folder: [String]) -> String? {
        guard names.count == folder.count + 1, zip(names, folder).allSatisfy({ $0.caseFolded == $1.caseFolded }) else {
            return nil
        }
        return names.last
    }
}

// MARK: WebDAV

extension FolderListing {
    /// Reads the answer to PROPFIND with Depth 1 (RFC 4918 9.1, 14.16).
    ///
    /// Only `response`, `href` and `collection` of it count, whatever their prefix: an XML tree of 100,000 members would
    /// take more memory than all that is made of it.
    ///
    /// - Parameter folder: the names of the path that was asked for.
    /// - Throws: ``Hostile`` for what is no such answer, or lists anything but the folder and its members.
    package init(dav body: [UInt8], folder: [String], on location: ServedHost) throws(Hostile) {
        var href = ""
        var (isFolder, isInHref) = (false, false)
        var responseCount = 0
        var scanner = MarkupScanner(body)
        while let event = scanner.next() {
            switch event {
            case .malformed: throw Hostile(problem: "answers with something else than a list")
            case .start(let name):
                switch Self.localName(name) {
                case "response": (href, isFolder) = ("", false)
                case "href": (href, isInHref) = ("", true)
                case "collection": isFolder = true
                default: break
                }
            case .text(let text): if isInHref { href += text }
            case .end(let name):
                switch Self.localName(name) {
                case "href": isInHref = false
                case "response":
                    responseCount += 1
                    try add(href.trimmed, isFolder: isFolder, folder, location)
                default: break
                }
            }
        }
        guard responseCount > 0 else { throw Hostile(problem: "answers with something else than a list") }
    }

    private static func localName(_ name: String) -> String {
        name.lastIndex(of: ":").map { String(name[name.index(after: $0)...]) } ?? name
    }

    private mutating func add(
        _ href: String, isFolder: Bool, _ folder: [String], _ location: ServedHost
    ) throws(Hostile) {
        let names = href.isEmpty ? nil : location.names(of: href, from: folder)
        if let names, names.count == folder.count, zip(names, folder).allSatisfy({ $0.caseFolded == $1.caseFolded }) {
            return
        }
        guard let names, let name = Self.member(names, of: folder) else {
            throw Hostile(
                problem: "lists '\(href.prefix(200).description.onOneLine)', which does not lie in the folder")
        }
        try add(name, isFolder: isFolder || href.hasSuffix("/"))
    }
}

// MARK: HTML

extension FolderListing {
    /// Reads the page of a folder: lines with `&lt;dir&gt` or a size before a link [V], and what other servers write.
    ///
    /// Links that do not lead to a member of the folder are passed over: pages have some to the folder above.
    ///
    /// - Throws: ``Hostile`` for names that none can have.
    package init(html body: [UInt8], folder: [String], on location: ServedHost) throws(Hostile) {
        var line = ""
        var link: (href: String, isFolder: Bool)?
        var scanner = MarkupScanner(body, isHTML: true)
        while let event = scanner.next() {
            switch event {
            case .malformed: throw Hostile(problem: "answers with something else than a page")
            case .text(let text): line += text.suffix(200)
            case .start(let name):
                switch name.lowercased() {
                case "br", "tr", "li", "p", "hr": line = ""
                case "a":
                    guard let href = scanner.attribute("href") else { continue }
                    link = (href, line.lowercased().contains("<dir>") || line.lowercased().contains("<dir"))
                default: break
                }
            case .end(let name):
                guard name.lowercased() == "a", let found = link else { continue }
                (link, line) = (nil, "")
                guard let names = location.names(of: found.href, from: folder),
                    let name = Self.member(names, of: folder)
                else { continue }
                try add(name, isFolder: found.isFolder || found.href.hasSuffix("/"))
            }
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        String(Substring(utf8.trimming { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }))
    }
}
