// SPDX-License-Identifier: GPL-3.0-or-later

import Archives
import Markup
import Support

/// Writes the console's export: an OPC package with one object.xml for each task sequence (task-sequence.md section 2).
///
/// References are recomputed. The packages that a genuine export may carry along are not written. Whether a genuine
/// console takes our envelope has not been tried: relationship identifiers are ours, and there is no core-properties part.
public enum TaskSequenceExport {
    /// One part of the package.
    public struct Part: Sendable, Equatable {
        /// The name inside the package.
        public let name: String
        /// The content.
        public let bytes: [UInt8]
    }

    /// The parts in the order in which they are written.
    ///
    /// A task sequence without package ID gets one of `TSM00001`, `TSM00002`, ...
    ///
    /// - Throws: ``TaskSequenceError`` when an ID is no name for a folder or occurs twice.
    public static func parts(of packages: [TaskSequencePackage]) throws(TaskSequenceError) -> [Part] {
        var parts: [Part] = []
        var ids: [String] = []
        let taken = Set(packages.compactMap { $0.packageID?.uppercased() })
        var number = 0
        for package in packages {
            let id = package.packageID ?? freeID(&number, taken)
            do throws(MediaPathError) {
                _ = try MediaPath(components: [id])
            } catch {
                throw TaskSequenceError(
                    .malformed, object: "\(package.source)",
                    problem: "has a package ID that cannot be a name: \(error.problem)",
                    nextStep: "change the package ID", underlying: error)
            }
            guard !ids.contains(where: { $0.uppercased() == id.uppercased() }) else {
                throw TaskSequenceError(
                    .ambiguous, object: "package ID \(id)", problem: "belongs to two task sequences",
                    nextStep: "change one of them")
            }
            ids.append(id)
            try checkTexts(of: package)
            let folder = "SMS_TaskSequencePackage/\(id)"
            parts += [
                Part(name: "\(folder)/object.xml", bytes: InstanceDocument.write(package, id: id)),
                Part(name: "\(folder)/ReferencesInfo.xml", bytes: referencesInfo(of: package, id: id)),
                Part(name: "\(folder)/AppReferencesInfo.xml", bytes: applicationsInfo(of: package, id: id)),
            ]
        }
        return [
            Part(name: "[Content_Types].xml", bytes: contentTypes()),
            Part(name: "_rels/.rels", bytes: relationships(ids)),
            Part(name: "Manifest.xml", bytes: manifest(ids)),
        ] + parts
    }

    /// Refuses texts that no XML can carry.
    private static func checkTexts(of package: TaskSequencePackage) throws(TaskSequenceError) {
        let texts =
            [package.packageID, package.name, package.description, package.bootImageID].compactMap { $0 }
            + package.properties.flatMap { [$0.name, $0.value] }
            + package.applicationPackages.flatMap { [$0.key, $0.value] }
            + package.describedReferences.flatMap {
                [$0.packageID, $0.name, $0.description, $0.version, $0.packageType]
            }
        for text in texts {
            guard let bad = XMLText.firstForbiddenCharacter(in: text) else { continue }
            throw TaskSequenceError(
                .malformed, object: "task sequence '\(package.name)'",
                problem:
                    "has a name or text with the character \(bad.escaped(asASCII: true)), which XML 1.0 cannot carry",
                nextStep: "remove the character where it comes from, or write the bare sequence")
        }
    }

    /// The export as a zip with stored members, as genuine ones are; the same packages give the same bytes.
    ///
    /// - Parameters:
    ///   - modified: the time of every member.
    public static func zip(
        of packages: [TaskSequencePackage], modified: Timestamp = Timestamp(unixSeconds: 315_619_200)
    ) throws(TaskSequenceError) -> [UInt8] {
        let parts = try parts(of: packages)
        do throws(ArchiveFault) {
            return try StoredZip.bytes(parts.map { ($0.name, $0.bytes) }, modified: modified)
        } catch {
            throw .archive("the export", "cannot be written\(error.reason.map { ": \($0)" } ?? "")")
        }
    }

    private static func freeID(_ number: inout Int, _ taken: Set<String>) -> String {
        repeat { number += 1 } while taken.contains(identifier(number))
        return identifier(number)
    }

    private static func identifier(_ number: Int) -> String {
        let digits = String(number)
        return "TSM" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }

    // MARK: Envelope parts: UTF-8 with a byte order mark

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let listAttributes = [
        XMLAttribute("xmlns:xsd", "http://www.w3.org/2001/XMLSchema"),
        XMLAttribute("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    ]

    private static func referencesInfo(of package: TaskSequencePackage, id: String) -> [UInt8] {
        let described = Dictionary(package.describedReferences.map { ($0.packageID, $0) }) { first, _ in first }
        let children = Set(
            package.ownReferences().compactMap { reference -> String? in
                if case .taskSequence(let id) = reference.kind { id } else { nil }
            })
        let instances = InstanceDocument.references(of: package).map { reference -> [(String, String, String)] in
            let known = described[reference.package]
            // 258 boot image, 4 task sequence, 0 package [V]; what else it may be only the site knows.
            let isBootImage = reference.package == package.bootImageID
            let type = known?.packageType ?? (isBootImage ? "258" : children.contains(reference.package) ? "4" : "0")
            return [
                ("PackageID", "string", id), ("ProgramName", "string", "*"),
                ("ReferenceDescription", "string", known?.description ?? ""),
                ("ReferenceName", "string", known?.name ?? ""), ("ReferencePackageID", "string", reference.package),
                ("ReferencePackageType", "uint32", type), ("ReferenceProgramName", "string", reference.program),
                ("ReferenceVersion", "string", known?.version ?? ""),
            ]
        }
        return list("SMS_TaskSequenceReferencesInfo", instances)
    }

    /// The properties are those of the class's documentation; no sample has any [I].
    private static func applicationsInfo(of package: TaskSequencePackage, id: String) -> [UInt8] {
        let instances = package.ownReferences().compactMap { reference -> [(String, String, String)]? in
            guard case .application(let name, let packageID) = reference.kind else { return nil }
            return [
                ("PackageID", "string", id), ("RefAppModelName", "string", name),
                ("RefAppPackageID", "string", packageID ?? ""),
            ]
        }
        return list("SMS_TaskSequenceAppReferencesInfo", instances)
    }

    private static func list(_ className: String, _ instances: [[(String, String, String)]]) -> [UInt8] {
        var writer = XMLWriter(lineEnding: .carriageReturnLineFeed)
        writer.raw(mark)
        writer.openTag("ArrayOfString")
        for attribute in listAttributes { writer.attribute(attribute) }
        guard !instances.isEmpty else {
            writer.raw(" />")
            return writer.bytes
        }
        writer.closeTag()
        for properties in instances {
            writer.newline()
            writer.raw("  <string>")
            var inner = XMLWriter()
            inner.startTag("INSTANCE", [XMLAttribute("CLASSNAME", className)])
            for (name, type, value) in [("__RELPATH", "string", "")] + properties {
                inner.newline()
                inner.raw("  ")
                // The genuine order of attributes differs in the first property.
                let attributes = [XMLAttribute("NAME", name), XMLAttribute("TYPE", type)]
                inner.startTag("PROPERTY", name == "__RELPATH" ? attributes.reversed() : attributes)
                inner.raw("\n    <VALUE>")
                inner.text(value)
                inner.raw("</VALUE>\n  </PROPERTY>")
            }
            inner.raw("\n</INSTANCE>")
            writer.text(String(decoding: inner.bytes, as: UTF8.self))
            writer.raw("</string>")
        }
        writer.newline()
        writer.endTag("ArrayOfString")
        return writer.bytes
    }

    private static func contentTypes() -> [UInt8] {
        mark
            + Array(
                """
                <?xml version="1.0" encoding="utf-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
                <Default Extension="xml" ContentType="text/xml" /><Default Extension="rels" \
                ContentType="application/vnd.openxmlformats-package.relationships+xml" /></Types>
                """.utf8)
    }

    private static func relationships(_ ids: [String]) -> [UInt8] {
        var writer = XMLWriter()
        writer.raw(mark)
        writer.raw("<?xml version=\"1.0\" encoding=\"utf-8\"?>")
        writer.startTag(
            "Relationships",
            [XMLAttribute("xmlns", "http://schemas.openxmlformats.org/package/2006/relationships")])
        for (index, id) in ids.enumerated() {
            writer.openTag("Relationship")
            writer.attribute("Type", "SMS_TaskSequencePackage")
            writer.attribute("Target", "/SMS_TaskSequencePackage/\(id)/object.xml")
            writer.attribute("TargetMode", "External")
            writer.attribute("Id", "SMS_TaskSequencePackage-\(index + 1)")
            writer.raw(" />")
        }
        writer.endTag("Relationships")
        return writer.bytes
    }

    private static func manifest(_ ids: [String]) -> [UInt8] {
        var writer = XMLWriter(lineEnding: .carriageReturnLineFeed)
        writer.raw(mark)
        writer.startTag("LibraryDocument", listAttributes)
        writer.newline()
        writer.raw("  <Contents />")
        writer.newline()
        writer.raw("  <EntryObjects>")
        for id in ids {
            writer.newline()
            writer.raw("    ")
            writer.openTag("Object")
            writer.attribute("Path", "SMS_TaskSequencePackage.PackageID='\(id)'")
            writer.attribute("Type", "SMS_TaskSequencePackage")
            writer.raw(" />")
        }
        writer.newline()
        writer.raw("  </EntryObjects>")
        writer.newline()
        writer.endTag("LibraryDocument")
        return writer.bytes
    }
}
