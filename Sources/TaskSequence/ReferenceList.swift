// SPDX-License-Identifier: GPL-3.0-or-later

import Markup

/// The reference list as written in a sequence, which may differ from what its steps need.
public struct ReferenceList: Sendable, Equatable {
    /// All attributes, of which none is known.
    public var attributes: [XMLAttribute]
    /// The references in document order.
    public var references: [WrittenReference]
    /// Child elements that are not references.
    public var unknown: [XMLNode]

    /// Makes a list.
    public init(references: [WrittenReference], attributes: [XMLAttribute] = [], unknown: [XMLNode] = []) {
        self.attributes = attributes
        self.references = references
        self.unknown = unknown
    }

    /// The list as Configuration Manager writes it for `references`, those of ``TaskSequencePackage/ownReferences()``.
    package init(_ references: [ContentReference]) {
        self.init(references: references.map(WrittenReference.init))
    }
}

/// One written reference.
public struct WrittenReference: Sendable, Hashable {
    /// All attributes, in document order: package and program, or application.
    public var attributes: [XMLAttribute]
    /// Child elements, which no genuine reference has.
    public var unknown: [XMLNode]

    /// Makes a reference.
    public init(attributes: [XMLAttribute], unknown: [XMLNode] = []) {
        self.attributes = attributes
        self.unknown = unknown
    }

    init(_ reference: ContentReference) {
        switch reference.kind {
        case .application(let name, _): self.init(attributes: [XMLAttribute("application", name)])
        case .package(let id), .taskSequence(let id):
            self.init(
                attributes: [XMLAttribute("package", id)]
                    + (reference.program.map { [XMLAttribute("program", $0)] } ?? []))
        }
    }

    /// The package ID.
    public var package: String? { attributes.value("package") }
    /// The program of a package, `*` for a child task sequence.
    public var program: String? { attributes.value("program") }
    /// The application's model name.
    public var application: String? { attributes.value("application") }
}
