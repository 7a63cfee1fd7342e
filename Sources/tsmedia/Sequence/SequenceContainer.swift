// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import SystemPackage
import TaskSequence

/// What a sequence is written in.
enum SequenceContainer: String, ExpressibleByArgument, CaseIterable {
    /// The bare `<sequence>`.
    case sequence
    /// object.xml, with name and boot image.
    case objectXml = "object-xml"
    /// The console's export zip.
    case export

    /// What the name of the output says: an export for .zip, object.xml for a file of this name, else the sequence.
    init(output: String?) {
        let name = output.flatMap { FilePath($0).lastComponent?.string.lowercased() } ?? ""
        self = name.hasSuffix(".zip") ? .export : name == "object.xml" ? .objectXml : .sequence
    }

    /// object.xml of the first of `packages`.
    static func objectXML(of packages: [TaskSequencePackage]) throws -> [UInt8] {
        let parts = try TaskSequenceExport.parts(of: packages)
        return parts.first { $0.name.hasSuffix("/object.xml") }?.bytes ?? []
    }
}
