// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import TaskSequence

/// What a site has, looked up by ID or name.
///
/// Each list is read once. Used by one thread.
public final class SiteLookup {
    /// The site that is asked.
    public let service: AdminService
    private var lists: [SiteCatalog.PackageType: [SitePackage]] = [:]
    private var knownApplications: [SiteApplication]?
    private var knownHolders: [CaseFoldedName: PackageID]?

    /// Nothing is asked yet.
    public init(_ service: AdminService) { self.service = service }

    // MARK: Packages

    /// The package of one of `types` that `text` names by its ID or its name.
    ///
    /// - Parameter noun: what it is called in messages: "boot image".
    /// - Throws: ``SiteError`` `.missing`, `.ambiguous` with the choices; `InterruptedError`.
    public func package(_ text: String, of types: [SiteCatalog.PackageType], noun: String) throws -> SitePackage {
        let all = try types.flatMap { try packages($0) }
        let choice = SiteChoice(text: text, noun: noun, place: service.location.text)
        return try choice.one(of: all, id: \.id.description, name: \.name)
    }

    private func packages(_ type: SiteCatalog.PackageType) throws -> [SitePackage] {
        if let list = lists[type] { return list }
        let list = try service.packages(type)
        lists[type] = list
        return list
    }

    // MARK: Catalogs

    /// The catalog of the site, with what is told of those applications alone that are needed: all others have names.
    ///
    /// - Parameters:
    ///   - needed: applications by name, model name or package ID; no application is asked for when there is none.
    ///   - followsDependencies: whether what they need is told too.
    /// - Throws: ``SiteError``; `InterruptedError`.
    public func catalog(applications needed: [String], followsDependencies: Bool) throws -> SiteCatalog {
        let packages = try SiteCatalog.PackageType.allCases.flatMap { type in
            try self.packages(type).map { $0.catalogEntry }
        }.sorted { $0.id < $1.id }
        guard !needed.isEmpty else { return SiteCatalog(packages: packages) }
        let all = try applications()
        let holders = try holders()
        var entries = all.map { $0.catalogEntry(ApplicationDigest(), holders) }
        let names = SiteCatalog(packages: packages, applications: entries)
        let places = Dictionary(all.enumerated().map { ($1.id.caseFolded, $0) }) { first, _ in first }
        var open = needed
        var seen: Set<Int> = []
        while !open.isEmpty {
            // A name of several is told of later, by whoever needs one of them.
            let next = open.compactMap { text -> Int? in
                let found = names.applications(text)
                return found.count == 1 ? found.first.flatMap { places[$0.modelName.caseFolded] } : nil
            }.filter { seen.insert($0).inserted }
            open = []
            for (place, digest) in zip(next, try service.digests(of: next.map { all[$0] })) {
                entries[place] = all[place].catalogEntry(digest, holders)
                if followsDependencies { open += digest.dependencies }
            }
        }
        return SiteCatalog(packages: packages, applications: entries)
    }

    private func applications() throws -> [SiteApplication] {
        if let knownApplications { return knownApplications }
        let all = try service.applications()
        knownApplications = all
        return all
    }

    private func holders() throws -> [CaseFoldedName: PackageID] {
        if let knownHolders { return knownHolders }
        let holders = try service.applicationPackages()
        knownHolders = holders
        return holders
    }
}

/// One of several objects of a site, by its ID or its name.
struct SiteChoice {
    /// What somebody wrote.
    let text: String
    /// What the objects are called: "task sequence".
    let noun: String
    /// The site.
    let place: String

    /// Choices that a message names.
    private static let choiceLimit = 5

    /// The object that the text names.
    ///
    /// What looks like an ID is one where the site has it, else a name. Names compare without case, as a site does; one in
    /// the same case counts more.
    ///
    /// - Throws: ``SiteError`` `.missing`, `.ambiguous` with the choices.
    func one<Object>(
        of all: [Object], id: (Object) -> String, name: (Object) -> String
    ) throws(SiteError) -> Object {
        if let found = all.first(where: { id($0).caseFolded == text.caseFolded }) { return found }
        let named = all.filter { name($0).caseFolded == text.caseFolded }
        let same = named.filter { name($0).isExactly(text) }
        if same.count == 1 { return same[0] }
        if named.count == 1 { return named[0] }
        guard !named.isEmpty else {
            throw SiteError(
                .missing, .notFound, "\(noun) \(text)", "is not on the site \(place)",
                nextStep: "tsmedia site lists what the user may see there")
        }
        let choices = named.map(id).sorted { ExactText($0) < ExactText($1) }
        let more = choices.count > Self.choiceLimit ? " and \(choices.count - Self.choiceLimit) more" : ""
        throw SiteError(
            .ambiguous, .usage, "\(noun) \(text)",
            "is the name of \(choices.count): \(choices.prefix(Self.choiceLimit).joined(separator: ", "))\(more)",
            nextStep: "name one by its ID")
    }
}
