// SPDX-License-Identifier: GPL-3.0-or-later

import Markup

/// Writes object.xml (task-sequence.md section 2, container 3).
enum InstanceDocument {
    private static let sequenceProperty = "Sequence"
    private static let ownClass = "SMS_TaskSequencePackage"
    private static let baseClass = "SMS_PackageBaseclass"

    /// `root` with an empty Sequence, whose text can be megabytes and is kept elsewhere.
    static func withoutSequence(_ root: XMLElement) -> XMLElement {
        var root = root
        root.setValue(of: sequenceProperty, to: [])
        return root
    }

    /// object.xml of `package`, without a line end at its end.
    ///
    /// An instance that was read keeps everything but what changed: its references are replaced only when they are not
    /// the recomputed ones.
    static func write(_ package: TaskSequencePackage, id: String) -> [UInt8] {
        var root = package.envelope ?? minimal()
        func set(_ name: String, _ value: String) {
            guard root.value(of: name) != value else { return }
            let isMarkup = value.utf8.contains { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") }
            root.setValue(of: name, to: [isMarkup ? .cdata(XMLCharacterData(value)) : .text(value)])
        }
        set("PackageID", id)
        set("Name", package.name)
        set("Description", package.description)
        set("BootImageID", package.bootImageID ?? "")
        if let type = package.type { set("Type", String(type.rawValue)) }
        let references = references(of: package)
        if writtenReferences(of: root) != references {
            root.setReferences(references)
            set("ReferencesCount", String(references.count))
        }
        var layout = package.layout
        layout.margin = ""
        layout.lineEnding = .lineFeed
        let sequence = SequenceWriter.write(
            package.sequence, layout: layout, reservingCapacity: package.sequenceXML.count)
        root.setValue(
            of: sequenceProperty, to: [.cdata(XMLCharacterData(String(decoding: sequence, as: UTF8.self) + "\n"))])
        // A new instance is written as genuine ones are; one that was read may have lost its CRLF to a version control.
        let lineEnding = package.envelope == nil ? .carriageReturnLineFeed : package.layout.lineEnding
        var writer = XMLWriter(lineEnding: lineEnding, reservingCapacity: sequence.count + 32_768)
        writer.element(root, expandingEmpty: true)
        return writer.bytes
    }

    /// A package and its program as the property References holds them.
    struct Reference: Hashable, Comparable {
        let package: String
        let program: String

        static func < (left: Reference, right: Reference) -> Bool {
            (left.package, left.program) < (right.package, right.program)
        }
    }

    /// The boot image and what the steps name, applications excepted, by package ID [V: all samples].
    static func references(of package: TaskSequencePackage) -> [Reference] {
        var references: Set<Reference> = []
        if let bootImage = package.bootImageID { references.insert(Reference(package: bootImage, program: "*")) }
        for reference in package.ownReferences() {
            switch reference.kind {
            case .package(let id), .taskSequence(let id):
                references.insert(Reference(package: id, program: reference.program ?? "*"))
            case .application: break
            }
        }
        return references.sorted()
    }

    private static func writtenReferences(of root: XMLElement) -> [Reference] {
        guard let array = root.property("References")?.first("VALUE.OBJECTARRAY") else { return [] }
        return array.elements.compactMap { object in
            guard let instance = object.first("INSTANCE") else { return nil }
            return Reference(
                package: instance.value(of: "Package") ?? "", program: instance.value(of: "Program") ?? "")
        }.sorted()
    }

    // MARK: A new instance

    /// The properties that we know to matter; a site fills in the others [I].
    ///
    /// PackageType, ProgramFlags, Duration and Priority are the constants of task-sequence.md section 2.
    private static let newProperties: [(name: String, origin: String, type: String, value: String)] = [
        ("BootImageID", ownClass, "string", ""), ("Category", ownClass, "string", ""),
        ("DependentProgram", ownClass, "string", ""), ("Description", baseClass, "string", ""),
        ("Duration", ownClass, "uint32", "360"), ("Language", baseClass, "string", ""),
        ("Manufacturer", baseClass, "string", ""), ("Name", baseClass, "string", ""),
        ("PackageID", baseClass, "string", ""), ("PackageType", baseClass, "uint32", "4"),
        ("Priority", baseClass, "uint32", "2"), ("ProgramFlags", ownClass, "uint32", "152084496"),
        ("ReferencesCount", ownClass, "uint32", "0"), ("Sequence", ownClass, "string", ""),
        ("SourceVersion", baseClass, "uint32", "1"), ("TsEnabled", ownClass, "boolean", "TRUE"),
        ("Type", ownClass, "uint32", "2"), ("Version", baseClass, "string", ""),
    ]

    private static func minimal() -> XMLElement {
        var root = XMLElement("INSTANCE", attributes: [XMLAttribute("CLASSNAME", ownClass)])
        for property in newProperties {
            if property.name == "ReferencesCount" {
                root.appendOnLine(
                    XMLElement(
                        "PROPERTY.OBJECTARRAY",
                        attributes: [
                            XMLAttribute("NAME", "References"), XMLAttribute("CLASSORIGIN", ownClass),
                            XMLAttribute("REFERENCECLASS", "SMS_TaskSequence_Reference"),
                        ], children: []
                    ).filled(depth: 2, [.qualifier("object:SMS_TaskSequence_Reference", depth: 2)]), depth: 1)
            }
            root.appendOnLine(
                .property(
                    property.name, origin: property.origin, type: property.type, value: property.value, depth: 1,
                    isQualified: true), depth: 1)
        }
        root.children.append(.text("\n"))
        return root
    }
}

extension XMLElement {
    /// The property `name` of an instance.
    fileprivate func property(_ name: String) -> XMLElement? {
        elements.first { $0.name.hasPrefix("PROPERTY") && $0[attribute: "NAME"] == name }
    }

    /// The value of the property `name` of an instance, or nil.
    fileprivate func value(of name: String) -> String? { property(name)?.first("VALUE")?.text }

    /// Replaces the content of the property's VALUE, which is added where it is missing.
    fileprivate mutating func setValue(of name: String, to content: [XMLNode]) {
        changeProperty(name) { property in
            let value = XMLNode.element(XMLElement("VALUE", children: content))
            let index = property.children.firstIndex { node in
                if case .element(let element) = node { element.name == "VALUE" } else { false }
            }
            if let index {
                property.children[index] = value
            } else {
                property.children = Array(property.children.dropLast()) + [.text("\n    "), value, .text("\n  ")]
            }
        }
    }

    /// Replaces the instances of the property References.
    fileprivate mutating func setReferences(_ references: [InstanceDocument.Reference]) {
        changeProperty("References") { property in
            let qualifiers = property.elements.filter { $0.name == "QUALIFIER" }
            var array = XMLElement("VALUE.OBJECTARRAY")
            for reference in references {
                let object = XMLElement("VALUE.OBJECT").filled(depth: 4, [.reference(reference, depth: 4)])
                array.appendOnLine(object, depth: 3)
            }
            array.children.append(.text("\n    "))
            property = XMLElement(property.name, attributes: property.attributes)
                .filled(depth: 2, qualifiers + (references.isEmpty ? [] : [array]))
        }
    }

    private mutating func changeProperty(_ name: String, _ change: (inout XMLElement) -> Void) {
        for index in children.indices {
            guard case .element(var element) = children[index], element.name.hasPrefix("PROPERTY"),
                element[attribute: "NAME"] == name
            else { continue }
            change(&element)
            children[index] = .element(element)
            return
        }
    }

    // MARK: Layout: two spaces for each level, as genuine files have

    fileprivate mutating func appendOnLine(_ element: XMLElement, depth: Int) {
        children += [.text("\n" + String(repeating: "  ", count: depth)), .element(element)]
    }

    /// This element with each of `elements` on a line of its own.
    fileprivate func filled(depth: Int, _ elements: [XMLElement]) -> XMLElement {
        var result = self
        for element in elements { result.appendOnLine(element, depth: depth) }
        result.children.append(.text("\n" + String(repeating: "  ", count: depth - 1)))
        return result
    }

    fileprivate static func qualifier(_ type: String, depth: Int) -> XMLElement {
        XMLElement(
            "QUALIFIER",
            attributes: [
                XMLAttribute("NAME", "CIMTYPE"), XMLAttribute("PROPAGATED", "true"), XMLAttribute("TYPE", "string"),
                XMLAttribute("TOINSTANCE", "true"),
            ]
        ).filled(depth: depth + 1, [XMLElement("VALUE", children: [.text(type)])])
    }

    /// A property; nil for `value` leaves its content out.
    fileprivate static func property(
        _ name: String, origin: String, type: String, value: String?, depth: Int, isQualified: Bool
    ) -> XMLElement {
        let property = XMLElement(
            "PROPERTY",
            attributes: [
                XMLAttribute("NAME", name), XMLAttribute("CLASSORIGIN", origin), XMLAttribute("TYPE", type),
            ])
        guard let value else { return property }
        let content = XMLElement("VALUE", children: value.isEmpty ? [] : [.text(value)])
        return property.filled(
            depth: depth + 1, (isQualified ? [.qualifier(type, depth: depth + 1)] : []) + [content])
    }

    /// One element of References, with the system properties of an embedded instance as in genuine files.
    fileprivate static func reference(_ reference: InstanceDocument.Reference, depth: Int) -> XMLElement {
        let className = "SMS_TaskSequence_Reference"
        let system = "___SYSTEM"
        let inner = depth + 1
        func plain(_ name: String, _ type: String, _ value: String?) -> XMLElement {
            .property(name, origin: system, type: type, value: value, depth: inner, isQualified: false)
        }
        func own(_ name: String, _ type: String, _ value: String) -> XMLElement {
            .property(name, origin: className, type: type, value: value, depth: inner, isQualified: true)
        }
        let derivation = XMLElement(
            "PROPERTY.ARRAY",
            attributes: [
                XMLAttribute("NAME", "__DERIVATION"), XMLAttribute("CLASSORIGIN", system),
                XMLAttribute("TYPE", "string"),
            ]
        ).filled(depth: inner + 1, [XMLElement("VALUE.ARRAY")])
        return XMLElement("INSTANCE", attributes: [XMLAttribute("CLASSNAME", className)]).filled(
            depth: inner,
            [
                plain("__PATH", "string", nil), plain("__NAMESPACE", "string", nil), plain("__SERVER", "string", nil),
                derivation, plain("__PROPERTY_COUNT", "sint32", "3"), plain("__RELPATH", "string", nil),
                plain("__DYNASTY", "string", className), plain("__SUPERCLASS", "string", nil),
                plain("__CLASS", "string", className), plain("__GENUS", "sint32", "2"),
                own("Package", "string", reference.package), own("Program", "string", reference.program),
                own("Type", "uint32", "0"),
            ])
    }
}
