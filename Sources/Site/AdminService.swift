// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import NetworkTransfer
import Servers
import Support

/// The AdminService of a site: the SMS Provider as OData v4, by its WMI route (docs/formats/site.md section 1).
///
/// It reads, and calls the methods that ``SiteMethod`` names. Safe to use from several threads.
public final class AdminService: Sendable {
    /// Where it is.
    public let location: SiteLocation
    /// Asked for what it knows, again where that may help.
    let server: AskedServer<SiteLocation>
    /// Asked once for what it does: an answer that was lost does not mean that nothing was done.
    let caller: AskedServer<SiteLocation>
    let interruption: Interruption

    /// An answer of more bytes is none that is read; a list of 20,000 applications has some 8 MiB.
    private static let listAnswerLimit = 64 << 20
    /// An object of more bytes is none that is read: many come at once, and a task sequence has up to some 4 MiB.
    private static let objectAnswerLimit = 16 << 20
    /// A list of more objects is not read: a console shows 100,000 at the most.
    static let listLimit = 200_000
    /// Pages of a list, so that one that names itself as its next ends.
    private static let pageLimit = 10_000
    /// Values in one object; the largest classes have some 150 properties.
    private static let objectLimit = 20_000

    /// The service at `location`, of which nothing is asked yet.
    public init(_ location: SiteLocation, _ access: ServerAccess, interruption: Interruption = .ofProcess) {
        self.location = location
        self.interruption = interruption
        server = AskedServer(location, access)
        var once = access
        once.retries = .once
        caller = AskedServer(location, once)
    }

    // MARK: Lists

    /// Reads the list of the objects of `type`, and hands over each.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`; what `receive` throws.
    func list(
        _ type: SiteClass, where filter: SiteFilter? = nil, _ receive: (SiteEntity) throws -> Void
    ) throws {
        var url = location.url(listOf: type, filter)
        var left = Self.listLimit
        var seen: Set<String> = [url]
        while seen.count <= Self.pageLimit {
            let answer = try server.ask(.init(url: url), limit: Self.listAnswerLimit, interruption)
            if let error = location.refusal(answer.head, body: answer.body, url, server.user) { throw error }
            let link = try read(answer.body, type, url) { entity in
                left -= 1
                guard left >= 0 else {
                    throw SiteError.malformed(
                        "\(SiteLocation.shown(url))", "lists more than \(Self.listLimit) objects, which are not read")
                }
                try receive(entity)
            }
            guard let link else { return }
            guard let next = location.next(link) else {
                throw SiteError.malformed(
                    "\(SiteLocation.shown(url))", "goes on at \(link.prefix(200)), which is not a part of it")
            }
            guard seen.insert(next).inserted else { break }
            url = next
        }
        throw SiteError.malformed("\(SiteLocation.shown(url))", "goes on without an end")
    }

    /// Reads one page; returns the link to the next, if there is one.
    func read(
        _ body: [UInt8], _ type: SiteClass, _ url: String, _ receive: (SiteEntity) throws -> Void
    ) throws -> String? {
        var link: String?
        var hasValue = false
        do {
            var reader = JSONReader(body)
            try reader.members { name, reader in
                switch name {
                case "value" where !hasValue:
                    hasValue = true
                    try reader.elements { reader in
                        try receive(try SiteEntity(try reader.node(limit: Self.objectLimit), type, url))
                    }
                case "@odata.nextLink":
                    if case .text(let text) = try reader.node(limit: 1) { link = text }
                default: try reader.skip()
                }
            }
            try reader.end()
        } catch let error as JSONError {
            throw SiteError.malformed("\(SiteLocation.shown(url))", "sends what is not JSON: it \(error)")
        }
        guard hasValue else {
            throw SiteError.malformed("\(SiteLocation.shown(url))", "sends an answer without a value")
        }
        return link
    }

    // MARK: Objects

    /// Reads the object of `type` with `key` and all that it has; nil when there is none.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`.
    func object(_ type: SiteClass, _ key: SiteKey) throws -> SiteEntity? {
        var found: SiteEntity?
        try objects(type, [key]) { found = $1 }
        return found
    }

    /// Reads the objects of `type` with `keys`, many at once, and hands over each that there is with the number of its key,
    /// in whatever order they come.
    ///
    /// - Parameter allowsSeveral: whether one key may be that of several objects.
    /// - Throws: ``SiteError``; `InterruptedError`; what `receive` throws.
    func objects(
        _ type: SiteClass, _ keys: [SiteKey], allowsSeveral: Bool = false,
        _ receive: (_ number: Int, SiteEntity) throws -> Void
    ) throws {
        let questions = keys.map { AskedServer<SiteLocation>.Question(url: location.url(of: type, $0)) }
        try server.ask(questions, limit: Self.objectAnswerLimit, interruption) { number, answer in
            let url = questions[number].url
            if answer.head.status == 404 { return }
            if let error = location.refusal(answer.head, body: answer.body, url, server.user) { throw error }
            var found: [SiteEntity] = []
            // An array here too (docs/formats/site.md section 1).
            _ = try read(answer.body, type, url) { entity in
                guard found.isEmpty || allowsSeveral else {
                    throw SiteError.malformed("\(SiteLocation.shown(url))", "sends several objects for one key")
                }
                found.append(entity)
            }
            for entity in found { try receive(number, entity) }
        }
    }
}
