// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import JSON
import Support

/// A policy as a site hands it over for stand-alone media, and what assigns it, both as XML (docs/formats/site.md section 3).
public struct AssignedPolicy: Sendable, Equatable {
    /// The policy.
    public let policy: String
    /// What assigns it.
    public let assignment: String
}

extension AdminService {
    /// More policies of one task sequence are none that a site has.
    private static let policyLimit = 5000

    /// The policies of the task sequence `id` on stand-alone media; nil where the site does not have the method.
    ///
    /// What is handed over beside the package is ours (docs/formats/site.md section 3): the advertisement is one that no
    /// deployment has, and the same each time.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`.
    public func standalonePolicies(of id: PackageID, name: String) throws -> [AssignedPolicy]? {
        let site = try identity().siteCode
        let method = SiteMethod.policiesOfStandaloneMedia
        guard
            let answer = try read(
                method,
                [
                    .text(id.description), .text(Self.advertisementID(of: id, at: site)), .text(name), .text(""),
                    .number(0), .text(site),
                ])
        else { return nil }
        let policies = try texts(answer, SiteMethod.policies, of: method)
        let assignments = try texts(answer, SiteMethod.assignments, of: method)
        guard policies.count == assignments.count else {
            throw malformed(
                method,
                "sends \(policies.count) PolicyXmls and \(assignments.count) PolicyAssignmentXmls, of which each is of one"
            )
        }
        guard !policies.isEmpty else { throw malformed(method, "sends no policy of task sequence \(id)") }
        return zip(policies, assignments).map { AssignedPolicy(policy: $0, assignment: $1) }
    }

    /// The policies of the settings of clients; nil where the site does not have the method.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`.
    public func clientSettingsPolicies() throws -> [String]? {
        let method = SiteMethod.policiesOfClientSettings
        return try read(method, []).map { try texts($0, SiteMethod.policies, of: method) }
    }

    /// The ID of an advertisement that stands for media with the task sequence `id`: user-defined, and none that the site gives
    /// to deployments, which have a 2 in its fourth place [I].
    public static func advertisementID(of id: PackageID, at site: String) -> String {
        "\(site.uppercased())F\(id.description.suffix(4))"
    }

    private func texts(_ answer: JSONNode, _ name: String, of method: SiteMethod) throws(SiteError) -> [String] {
        guard case .list(let nodes)? = answer[name] else { throw malformed(method, "sends no list of \(name)") }
        guard nodes.count <= Self.policyLimit else {
            throw malformed(method, "sends more than \(Self.policyLimit) \(name)")
        }
        var found: [String] = []
        for node in nodes {
            guard case .text(let text) = node else { throw malformed(method, "sends \(name) that are no texts") }
            found.append(text)
        }
        return found
    }

    private func malformed(_ method: SiteMethod, _ problem: DiagnosticText) -> SiteError {
        SiteError(
            .malformedAnswer, .malformed, "\(location.url(of: method))", problem,
            nextStep: "make the media with the policies of tsmedia: \(.policies, "own")")
    }
}
