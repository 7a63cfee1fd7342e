// SPDX-License-Identifier: GPL-3.0-or-later

import JSON

/// How something was built (SLSA 1.0, Provenance v1).
public struct BuildProvenance: Sendable, Equatable {
    /// The type of the predicate.
    public static let predicateType = "https://slsa.dev/provenance/v1"

    /// What the parameters mean.
    public let buildType: String
    /// What was asked for.
    public let externalParameters: JSONNode
    /// What follows from it; nil for nothing.
    public let internalParameters: JSONNode?
    /// Of what it was built.
    public let dependencies: [ResourceDescriptor]
    /// Who built it.
    public let builderID: String
    /// The versions of the builder's parts.
    public let builderVersions: [JSONNode.Member]
    /// What else came of it.
    public let byproducts: [ResourceDescriptor]

    /// A build of `buildType`.
    public init(
        buildType: String, externalParameters: JSONNode, internalParameters: JSONNode? = nil,
        dependencies: [ResourceDescriptor], builderID: String, builderVersions: [JSONNode.Member],
        byproducts: [ResourceDescriptor] = []
    ) {
        self.buildType = buildType
        self.externalParameters = externalParameters
        self.internalParameters = internalParameters
        self.dependencies = dependencies
        self.builderID = builderID
        self.builderVersions = builderVersions
        self.byproducts = byproducts
    }

    /// The statement that `subjects` were built so.
    public func statement(of subjects: [ResourceDescriptor]) -> Statement {
        Statement(subjects, predicateType: Self.predicateType, node)
    }

    private var node: JSONNode {
        .members([
            "buildDefinition": .members([
                "buildType": .text(buildType), "externalParameters": externalParameters,
                "internalParameters": internalParameters,
                "resolvedDependencies": .list(dependencies.map(\.node)),
            ]),
            "runDetails": .members([
                "builder": .members([
                    "id": .text(builderID),
                    "version": builderVersions.isEmpty ? nil : .object(builderVersions),
                ]),
                "byproducts": byproducts.isEmpty ? nil : .list(byproducts.map(\.node)),
            ]),
        ])
    }
}
