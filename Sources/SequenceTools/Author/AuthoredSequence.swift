// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TaskSequence

extension SequenceRequest {
    /// The console's editor refuses sequences over 2 MB (task-sequence.md section 4), taken as 2 MiB [I].
    private static let maximumByteCount = 2 << 20
    /// The kind of content that ReferencesInfo.xml calls an operating system image: the property PackageType of
    /// SMS_ImagePackage in Microsoft's documentation.
    private static let operatingSystemImageType = "257"

    /// The name of the template of the program that belongs to the scenario.
    public var templateName: String {
        switch scenario {
        case .buildAndCapture: "build-and-capture"
        case .capture: "capture"
        case .install: "install"
        }
    }

    /// The task sequence that `template` makes of this request, in canonical form, its references recomputed.
    ///
    /// - Parameters:
    ///   - ownValues: values for placeholders that are no inputs of this request.
    /// - Throws: ``TaskSequenceError`` `.badRequest` for an input out of its limits, `.malformed` for a template that
    ///   makes no task sequence.
    public func taskSequence(
        from template: SequenceTemplate, ownValues: [(name: String, value: String)] = []
    ) throws(TaskSequenceError) -> TaskSequencePackage {
        try validate()
        var values = templateValues
        try add(ownValues, to: &values, for: template)
        let filled = try SequenceDefinition(try template.filled(with: values), source: template.source)
        var package = package(filled, xml: [])
        let references = package.ownReferences()
        // Genuine sequences that need nothing have no list.
        package.sequence.referenceList = references.isEmpty ? nil : ReferenceList(references)
        // What is written is read again, so that what the caller holds is what a reader of the file will see.
        let bytes = SequenceWriter.write(package.sequence)
        guard bytes.count <= Self.maximumByteCount else {
            throw TaskSequenceError(
                .malformed, .cannotCreate, object: "the task sequence '\(name)'",
                problem: "has \(bytes.count) bytes, more than the \(Self.maximumByteCount) that the console takes",
                nextStep: "shorten the inputs or the template")
        }
        let document = try readXML(bytes, source: template.source)
        return self.package(try SequenceDefinition(document.root, source: template.source), xml: bytes)
    }

    private func package(_ sequence: SequenceDefinition, xml: [UInt8]) -> TaskSequencePackage {
        TaskSequencePackage(
            name: name, description: description, bootImageID: bootImage.packageID.uppercased(),
            type: .operatingSystemDeployment, sequence: sequence, sequenceXML: xml, format: .instance, source: name,
            describedReferences: installation.map { installation in
                [
                    TaskSequencePackage.DescribedReference(
                        packageID: installation.operatingSystemImageID.uppercased(), name: "", description: "",
                        version: "", packageType: Self.operatingSystemImageType)
                ]
            } ?? [])
    }

    private func add(
        _ ownValues: [(name: String, value: String)], to values: inout TemplateValues, for template: SequenceTemplate
    ) throws(TaskSequenceError) {
        for (name, value) in ownValues {
            guard TemplateText.isName(name[...]) else {
                throw .badRequest(.value, "'\(name)' is no name", "use lower-case letters, digits and hyphens")
            }
            guard !TemplateValues.inputNames.contains(name) else {
                throw .badRequest(
                    .value, "'\(name)' is an input of its own", "use \(RequestField(name)), or another name")
            }
            guard template.names[name] != nil else {
                throw .badRequest(
                    .value, "'\(name)' is not used by \(template.source)", "leave it out, or correct the name")
            }
            guard values[name] == nil else {
                throw .badRequest(.value, "gives '\(name)' twice", "give it once")
            }
            try InputCheck.characters(value, .value, hasLines: true)
            values[name] = .text(value)
        }
    }
}
