// SPDX-License-Identifier: GPL-3.0-or-later

import Markup

extension TaskSequencePackage {
    /// Reads any of the XML containers.
    ///
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - source: the file, for messages.
    ///   - stem: the file's name without extension, which names a sequence that has no other name.
    /// - Throws: ``TaskSequenceError`` `.malformed` or `.noTaskSequence`.
    public init(xml bytes: [UInt8], source: String, stem: String) throws(TaskSequenceError) {
        let document = try readXML(bytes, source: source)
        switch document.root.name {
        case "sequence": try self.init(sequence: document, source: source, stem: stem)
        case "SmsTaskSequencePackage": try self.init(wrapper: document, source: source, stem: stem)
        case "INSTANCE": try self.init(instance: document, source: source, stem: stem)
        default:
            throw TaskSequenceError(
                .noTaskSequence, object: "\(source):\(document.root.location):",
                problem: "is not a task sequence: its root is <\(document.root.name)>",
                nextStep: "give an export zip, object.xml, a <SmsTaskSequencePackage> or a <sequence>",
                location: document.root.location)
        }
    }

    private init(sequence document: XMLDocument, source: String, stem: String) throws(TaskSequenceError) {
        let sequence = try SequenceDefinition(document.root, source: source)
        // MDT writes 3.00, Configuration Manager 3.10 (task-sequence.md section 1).
        let isToolkit = sequence.version == "3.00"
        let name = sequence.name ?? ""
        self.init(
            name: name.isEmpty ? stem : name, description: sequence.description ?? "", sequence: sequence,
            sequenceXML: Array(document.sourceText(of: document.root)),
            layout: SequenceLayout(of: document.root, in: document, lineEnding: document.lineEnding),
            format: isToolkit ? .deploymentToolkit : .sequence, source: source)
    }

    private init(wrapper document: XMLDocument, source: String, stem: String) throws(TaskSequenceError) {
        let root = document.root
        guard let data = root.first("SequenceData") else {
            throw .malformed(source, root.location, "holds no <SequenceData>")
        }
        let found: FoundSequence
        if let element = data.first("sequence") {
            found = FoundSequence(
                definition: try SequenceDefinition(element, source: source),
                text: Array(document.sourceText(of: element)),
                layout: SequenceLayout(of: element, in: document, lineEnding: document.lineEnding))
        } else {
            found = try Self.embeddedSequence(in: data, of: document, source: source)
        }
        var properties: [Property] = []
        for element in root.elements where element.name != "SequenceData" && element.isPlainText {
            properties.append(Property(name: element.name, value: element.text))
        }
        self.init(
            properties: properties, found: found, format: .wrapper, source: source, stem: stem)
    }

    private init(instance document: XMLDocument, source: String, stem: String) throws(TaskSequenceError) {
        let root = document.root
        let className = root[attribute: "CLASSNAME"] ?? ""
        guard className == "SMS_TaskSequencePackage" else {
            throw TaskSequenceError(
                .noTaskSequence, object: "\(source):\(root.location):",
                problem: "is an instance of '\(className)', not a task sequence",
                nextStep: "give the object.xml below SMS_TaskSequencePackage", location: root.location)
        }
        var properties: [Property] = []
        var found: FoundSequence?
        for element in root.elements where element.name == "PROPERTY" {
            guard let name = element[attribute: "NAME"] else { continue }
            let value = element.first("VALUE")
            if name == "Sequence", let value {
                found = try Self.embeddedSequence(in: value, of: document, source: source)
            } else {
                properties.append(Property(name: name, value: value?.text ?? ""))
            }
        }
        guard let found else {
            throw .malformed(source, root.location, "has no property Sequence")
        }
        self.init(
            properties: properties, found: found, format: .instance, source: source, stem: stem)
        envelope = InstanceDocument.withoutSequence(root)
    }

    private init(
        properties: [Property], found: FoundSequence, format: TaskSequenceFormat, source: String, stem: String
    ) {
        func value(_ name: String) -> String? {
            properties.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
        }
        self.init(
            packageID: value("PackageID"), name: value("Name") ?? found.definition.name ?? stem,
            description: value("Description") ?? "", bootImageID: value("BootImageID"),
            type: value("Type").flatMap(Int.init).flatMap(TaskSequenceType.init), sequence: found.definition,
            sequenceXML: found.text, layout: found.layout, format: format, source: source, properties: properties)
    }

    /// A sequence with its text, out of a container.
    private struct FoundSequence {
        let definition: SequenceDefinition
        let text: [UInt8]
        let layout: SequenceLayout
    }

    /// The sequence that is the text of `element`: CDATA, or escaped.
    private static func embeddedSequence(
        in element: XMLElement, of document: XMLDocument, source: String
    ) throws(TaskSequenceError) -> FoundSequence {
        var origin = element.location
        for case .cdata(let data) in element.children {
            origin = data.location
            break
        }
        let text = element.text
        guard text.utf8.contains(UInt8(ascii: "<")) else {
            throw .malformed(source, element.location, "holds no sequence")
        }
        let inner = try readXML(Array(text.utf8), source: source, origin: origin)
        let sequence = try SequenceDefinition(inner.root, source: source)
        let bytes = Array(inner.sourceText(of: inner.root))
        // The reader made line feeds of the container's line ends; the sequence inside has the same ones.
        let layout = SequenceLayout(of: inner.root, in: inner, lineEnding: document.lineEnding)
        guard layout.lineEnding == .carriageReturnLineFeed, bytes.contains(UInt8(ascii: "\n")) else {
            return FoundSequence(definition: sequence, text: bytes, layout: layout)
        }
        var restored: [UInt8] = []
        restored.reserveCapacity(bytes.count + bytes.count / 16)
        for byte in bytes {
            if byte == UInt8(ascii: "\n") { restored.append(UInt8(ascii: "\r")) }
            restored.append(byte)
        }
        return FoundSequence(definition: sequence, text: restored, layout: layout)
    }
}

/// The envelope parts of an export: lists of instances as escaped XML.
enum ExportEnvelope {
    /// The package IDs by model name of AppReferencesInfo.xml.
    static func applicationPackages(_ bytes: [UInt8], source: String) throws(TaskSequenceError) -> [String: String] {
        var packages: [String: String] = [:]
        for properties in try instances(bytes, source: source) {
            if let name = properties["RefAppModelName"], let package = properties["RefAppPackageID"],
                !name.isEmpty, !package.isEmpty
            {
                packages[name] = package
            }
        }
        return packages
    }

    /// The contents of ReferencesInfo.xml.
    static func references(
        _ bytes: [UInt8], source: String
    ) throws(TaskSequenceError) -> [TaskSequencePackage.DescribedReference] {
        try instances(bytes, source: source).compactMap { properties in
            guard let package = properties["ReferencePackageID"], !package.isEmpty else { return nil }
            return TaskSequencePackage.DescribedReference(
                packageID: package, name: properties["ReferenceName"] ?? "",
                description: properties["ReferenceDescription"] ?? "",
                version: properties["ReferenceVersion"] ?? "", packageType: properties["ReferencePackageType"] ?? "")
        }
    }

    /// The package IDs of the task sequences that Manifest.xml names as entry objects, in upper case.
    static func entryObjects(_ bytes: [UInt8], source: String) throws(TaskSequenceError) -> Set<String> {
        let objects = try readXML(bytes, source: source).root.elements.filter { $0.name == "EntryObjects" }
            .flatMap(\.elements)
        // SMS_TaskSequencePackage.PackageID='ABC00012'
        return Set(
            objects.compactMap { object in
                let parts = (object[attribute: "Path"] ?? "").split(separator: "'", omittingEmptySubsequences: false)
                guard object.name == "Object", parts.count == 3,
                    parts[0].uppercased() == "SMS_TASKSEQUENCEPACKAGE.PACKAGEID="
                else { return nil }
                return parts[1].uppercased()
            })
    }

    private static func instances(_ bytes: [UInt8], source: String) throws(TaskSequenceError) -> [[String: String]] {
        var instances: [[String: String]] = []
        for element in try readXML(bytes, source: source).root.elements where element.name == "string" {
            let inner = try readXML(Array(element.text.utf8), source: source, origin: element.location)
            var properties: [String: String] = [:]
            for property in inner.root.elements where property.name == "PROPERTY" {
                if let name = property[attribute: "NAME"] { properties[name] = property.first("VALUE")?.text ?? "" }
            }
            instances.append(properties)
        }
        return instances
    }
}
