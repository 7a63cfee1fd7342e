// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Markup
import Servers
import Support

/// A management point as another one lists it.
public struct ListedManagementPoint: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// Its name with its domain.
    public let fullName: String
    /// `http` or `https`; nil where its SSLState is one that is not known.
    public let scheme: String?
    /// Its SSLState, as the list has it.
    public let sslState: String
}

/// What a management point says of its site for media.
public struct ManagementPointKeys: Sendable, Equatable {
    /// The site code.
    public internal(set) var siteCode: String?
    /// The site's records of unknown computers, in the order of the architectures.
    public internal(set) var unknownComputers: [UnknownComputer] = []
    /// The names of what else it sends, which nobody here understands.
    public internal(set) var others: [String] = []

    /// A record of unknown computers.
    public struct UnknownComputer: Sendable, Equatable {
        /// The computers that it is for.
        public let architecture: Architecture
        /// Its GUID, as it is sent.
        public let guid: String
    }
}

/// A management point that is asked what it knows (docs/formats/site.md section 2).
///
/// It only reads. Used by one thread.
public final class ManagementPointService {
    /// Where it is.
    public let location: ManagementPointLocation
    private let server: AskedServer<ManagementPointLocation>
    private let interruption: Interruption

    private static let answerLimit = 1 << 20
    private static let pointsQuestion = "MPLIST"
    private static let keysQuestion = "MPKEYINFORMATIONMEDIA"
    /// More management points than a hierarchy can have.
    private static let pointLimit = 10_000
    private static let textLimit = 255
    /// Names of what is not understood that are told.
    private static let nameLimit = 20

    /// The management point at `location`, of which nothing is asked yet.
    public init(
        _ location: ManagementPointLocation, _ access: ServerAccess, interruption: Interruption = .ofProcess
    ) {
        self.location = location
        self.interruption = interruption
        server = AskedServer(location, access)
    }

    /// The management points of its site, in its order.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`.
    public func points() throws -> [ListedManagementPoint] {
        try points(in: try answer(to: Self.pointsQuestion))
    }

    /// The management points that the answer `body` lists.
    func points(in body: [UInt8]) throws(SiteError) -> [ListedManagementPoint] {
        let question = Self.pointsQuestion
        let root = try root(of: body, to: question, named: "MPList")
        let found = try root.elements.filter { $0.name == "MP" }.map { element throws(SiteError) in
            try point(element, question)
        }
        guard !found.isEmpty, found.count <= Self.pointLimit else {
            throw malformed(question, "lists \(found.count) management points")
        }
        return found
    }

    /// What it says of its site for media.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`.
    public func keys() throws -> ManagementPointKeys { try keys(in: try answer(to: Self.keysQuestion)) }

    /// What the answer `body` says.
    func keys(in body: [UInt8]) throws(SiteError) -> ManagementPointKeys {
        let question = Self.keysQuestion
        let root = try root(of: body, to: question, named: nil)
        var keys = ManagementPointKeys()
        for element in root.elements {
            switch element.name {
            case "SITECODE" where keys.siteCode == nil:
                let code = String(element.text.trimming(\.isWhitespace))
                guard code.utf8.count == 3, code.utf8.allSatisfy(\.isASCIILetterOrDigit) else {
                    throw malformed(question, "says the site code '\(code.prefix(40))', which is none")
                }
                keys.siteCode = code
            case "UnknownMachines" where keys.unknownComputers.isEmpty:
                for architecture in Architecture.allCases {
                    guard let guid = element[attribute: Self.attribute(of: architecture)], !guid.isEmpty else {
                        continue
                    }
                    guard guid.utf8.count <= Self.textLimit else {
                        throw malformed(question, "has a GUID of \(guid.utf8.count) bytes")
                    }
                    keys.unknownComputers.append(.init(architecture: architecture, guid: guid))
                }
                let known = Set(Architecture.allCases.map(Self.attribute))
                keys.others += element.attributes.map(\.name).filter { !known.contains($0) }
            default: keys.others.append(element.name)
            }
        }
        if keys.others.count > Self.nameLimit {
            let count = keys.others.count - Self.nameLimit
            keys.others = keys.others.prefix(Self.nameLimit) + ["\(count) more"]
        }
        return keys
    }

    /// x64UnknownMachineGUID and x86UnknownMachineGUID [V]; that of arm64 by analogy [I].
    private static func attribute(of architecture: Architecture) -> String {
        "\(architecture.rawValue)UnknownMachineGUID"
    }

    // MARK: Answers

    private func malformed(_ question: String, _ problem: DiagnosticText) -> SiteError {
        SiteError(
            .malformedAnswer, .malformed, "\(location.url(of: question))", problem,
            nextStep: "check that it is a management point")
    }

    private func answer(to question: String) throws -> [UInt8] {
        let url = location.url(of: question)
        let answer = try server.ask(.init(url: url), limit: Self.answerLimit, interruption)
        if let error = location.refusal(answer.head, body: answer.body, url, server.user) { throw error }
        return answer.body
    }

    /// The root of the answer `body`; `name` is what it is called, where that is known.
    private func root(of body: [UInt8], to question: String, named name: String?) throws(SiteError) -> XMLElement {
        let root: XMLElement
        do throws(MarkupError) {
            root = try XMLReader.read(body, source: question).root
        } catch {
            throw malformed(question, "sends what is not XML: it \(error.problem)")
        }
        if let name, root.name != name {
            throw malformed(question, "sends <\(root.name.prefix(100))> instead of <\(name)>")
        }
        return root
    }

    private func point(
        _ element: XMLElement, _ question: String
    ) throws(SiteError) -> ListedManagementPoint {
        guard let name = element[attribute: "Name"], let fullName = element[attribute: "FQDN"],
            let authority = ServerAuthority.split(fullName[...]), authority.port == nil,
            name.utf8.count <= Self.textLimit,
            fullName.utf8.count <= Self.textLimit
        else { throw malformed(question, "lists a management point without a name that a server can have") }
        let properties = element.first("Capabilities")?.elements.filter { $0.name == "Property" } ?? []
        let state = properties.first { $0[attribute: "Name"] == "SSLState" }?[attribute: "Value"] ?? ""
        // 0 is HTTP [V], 63 HTTPS [V], 31 HTTPS without lists of revoked certificates [I].
        let scheme = ["0": "http", "31": "https", "63": "https"][state]
        return ListedManagementPoint(
            name: name, fullName: fullName, scheme: scheme, sslState: String(state.prefix(20)).onOneLine)
    }
}
