// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support

/// Policies as media and sites hold them: instances of classes with properties, wherever they stand in the document
/// (docs/formats/media.md section 2a).
///
/// How genuine media nests several policies is not known, so that everything is looked through: elements, compressed
/// policies, and text that is a document of its own.
public struct PolicyDocument: Sendable, Equatable {
    /// A property of an instance.
    public struct Property: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Its value, in the clear where the site has obfuscated it; as it is stored when that cannot be undone.
        public let value: String
        /// Whether the policy calls it a secret, or has obfuscated it.
        public let isSecret: Bool
    }

    /// An instance of a class.
    public struct Instance: Sendable, Equatable {
        /// The class, as `CCM_TaskSequence`.
        public let className: String
        /// The properties, in their order.
        public let properties: [Property]

        /// The value of the property `name`; nil when it has none.
        public subscript(name: String) -> String? { properties.first { $0.name == name }?.value }
    }

    /// The instances, in their order.
    public private(set) var instances: [Instance] = []
    /// The packages that assignments name: our media of earlier versions told so which task sequence runs.
    private(set) var assignedPackages: [String] = []

    /// Documents inside documents; genuine ones have two.
    private static let depthLimit = 4

    /// Reads a document from UTF-16LE, with or without byte order mark and trailing NUL characters.
    ///
    /// - Parameter name: the file, for messages.
    /// - Throws: ``MediaVariablesError`` `.malformed`.
    public init(xml bytes: [UInt8], name source: String = "Policy.xml") throws(MediaVariablesError) {
        collect(try PlaintextXML.read(bytes, source: source), depth: 0)
    }

    /// What `element` holds.
    init(_ element: XMLElement) { collect(element, depth: 0) }

    /// Which kinds of secret the policies hold, in words and without a value of any; sorted.
    public var secretKinds: [String] {
        var kinds: Set<String> = []
        for instance in instances {
            if instance.className == Self.networkAccessAccount { kinds.insert("the network access account") }
            for property in instance.properties
            where property.isSecret && instance.className != Self.networkAccessAccount {
                kinds.insert("\(property.name) of \(instance.className)")
            }
        }
        return kinds.sorted()
    }

    private static let networkAccessAccount = "CCM_NetworkAccessAccount"

    /// The elements are at most 256 levels deep (``XMLLimits``).
    private mutating func collect(_ element: XMLElement, depth: Int) {
        if element.name == "instance", let className = element[attribute: "class"] {
            instances.append(Instance(className: className, properties: element.elements.compactMap(Property.init)))
            return
        }
        if element.name == "PolicyAssignment", let package = element[attribute: "PackageID"] {
            assignedPackages.append(package)
        }
        if element.elements.first(where: { _ in true }) == nil, depth < Self.depthLimit, let inner = Self.inner(element)
        {
            collect(inner, depth: depth + 1)
        }
        for child in element.elements { collect(child, depth: depth) }
    }

    /// The document that stands as text in `element`.
    private static func inner(_ element: XMLElement) -> XMLElement? {
        let text = element.text
        if element[attribute: "Compression"]?.lowercased() == "zlib" {
            return CompressedText.expand(text).flatMap { try? PlaintextXML.read($0, source: "a compressed policy") }
        }
        let start = text.drop { $0.isWhitespace }
        guard start.hasPrefix("<?xml") || start.hasPrefix("<Policy") else { return nil }
        return try? XMLReader.read(String(start), source: "a policy in a policy").root
    }
}

extension PolicyDocument.Property {
    /// The property that `element` holds; nil for another element.
    fileprivate init?(_ element: XMLElement) {
        guard element.name == "property", let name = element[attribute: "name"] else { return nil }
        let stored = element.first("value")?.text ?? element.text
        self.name = name
        value = ObfuscatedText.reveal(stored) ?? stored
        isSecret = element[attribute: "secret"] == "1" || ObfuscatedText.isOne(stored)
    }
}
