// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SystemPackage

/// Small task sequences in every container, made by the tests.
package enum SequenceFixture {
    /// A step that needs the package `id`.
    package static func step(_ name: String, _ property: String, _ id: String, attributes: String = "") -> String {
        """
        <step type="SMS_TaskSequence_RunCommandLineAction" name="\(name)" description=""\(attributes) runIn="FullOS" \
        successCodeList="0 3010" retryCount="0" runFromNet="false"><action>smsswd.exe /run: x</action><defaultVarList>\
        <variable name="\(property)" property="\(property)" hidden="true">\(id)</variable></defaultVarList></step>
        """
    }

    /// The call of the child `id`.
    package static func child(_ id: String, packages: String = "") -> String {
        """
        <subtasksequence type="SMS_TaskSequence_SubTasksequence" name="Run \(id)" description="" successCodeList="0" \
        retryCount="0" runFromNet="false"><action>SubTasksequence.exe</action><defaultVarList>\
        <variable name="OSDSubTasksequencePackageID" property="TsPackageID">\(id)</variable>\
        <variable name="OSDSubTasksequenceTsReferencePackages" property="TsReferencePackages">\(packages)</variable>\
        </defaultVarList></subtasksequence>
        """
    }

    /// A sequence of `items`.
    package static func sequence(_ items: String...) -> String {
        "<sequence version=\"3.10\">\(items.joined())</sequence>"
    }

    /// object.xml, with CRLF, as an export has it.
    package static func object(_ id: String, _ sequence: String, name: String = "Name", bootImage: String = "")
        -> String
    {
        let properties = [
            ("BootImageID", bootImage), ("Description", "line 1\nline 2"), ("Name", name), ("PackageID", id),
            ("Type", "2"),
        ]
        let text = properties.map {
            "  <PROPERTY NAME=\"\($0.0)\" TYPE=\"string\">\n    <VALUE>\($0.1)</VALUE>\n  </PROPERTY>\n"
        }
        return
            ("<INSTANCE CLASSNAME=\"SMS_TaskSequencePackage\">\n\(text.joined())"
            + "  <PROPERTY NAME=\"Sequence\" TYPE=\"string\">\n    <QUALIFIER NAME=\"CIMTYPE\"><VALUE>string</VALUE>"
            + "</QUALIFIER>\n    <VALUE><![CDATA[\(sequence)\n]]></VALUE>\n  </PROPERTY>\n</INSTANCE>\n")
            .split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
    }

    /// object.xml of the program `name` of `package`, whose texts are markup.
    package static func program(_ package: String, _ name: String, _ commandLine: String) -> String {
        let properties = [("CommandLine", commandLine), ("PackageID", package), ("ProgramName", name)].map {
            "<PROPERTY NAME=\"\($0.0)\" TYPE=\"string\"><VALUE>\($0.1)</VALUE></PROPERTY>"
        }
        return "<INSTANCE CLASSNAME=\"SMS_Program\">\(properties.joined())</INSTANCE>"
    }

    /// AppReferencesInfo.xml that maps `model` to `package`.
    package static func applications(_ model: String, _ package: String) -> String {
        let instance =
            "<INSTANCE CLASSNAME=\"SMS_TaskSequenceAppReferencesInfo\"><PROPERTY NAME=\"RefAppModelName\"><VALUE>\(model)"
            + "</VALUE></PROPERTY><PROPERTY NAME=\"RefAppPackageID\"><VALUE>\(package)</VALUE></PROPERTY></INSTANCE>"
        return "\u{FEFF}<ArrayOfString xmlns:xsi=\"x\">\n  <string>\(escaped(instance))</string>\n</ArrayOfString>"
    }

    /// `text` with markup escaped.
    package static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.append(character)
            }
        }
    }

    /// Writes the files of an export into `folder/export` and returns it.
    package static func writeExport(_ objects: [(id: String, xml: String)], in folder: TestFolder) throws -> FilePath {
        for (id, xml) in objects {
            try folder.write(xml.utf8, to: "export/SMS_TaskSequencePackage/\(id)/object.xml")
        }
        try folder.write("\u{FEFF}<LibraryDocument/>".utf8, to: "export/Manifest.xml")
        try folder.write("\u{FEFF}<Types/>".utf8, to: "export/[Content_Types].xml")
        return folder.appending("export")
    }
}

/// A zip with stored members under any names, hostile ones included (PKWARE APPNOTE 4.3).
package enum ZipFixture {
    package static func zip(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        zip(members.map { (name: Array($0.name.utf8), bytes: $0.bytes) }, flags: 0x800)
    }

    /// The same with names in any bytes; the flag 0x800 says that they are UTF-8.
    package static func zip(_ members: [(name: [UInt8], bytes: [UInt8])], flags: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        var directory: [UInt8] = []
        for member in members {
            let name = member.name
            let fields =
                little(20, 2) + little(flags, 2) + little(0, 2) + little(0, 2) + little(0x5821, 2)
                + little(crc32(member.bytes), 4) + little(UInt32(member.bytes.count), 4)
                + little(UInt32(member.bytes.count), 4) + little(UInt32(name.count), 2) + little(0, 2)
            directory +=
                little(0x0201_4B50, 4) + little(20, 2) + fields + little(0, 2) + little(0, 2) + little(0, 2)
                + little(0, 4) + little(UInt32(bytes.count), 4) + name
            bytes += little(0x0403_4B50, 4) + fields + name + member.bytes
        }
        let count = little(UInt32(members.count), 2)
        return bytes + directory + little(0x0605_4B50, 4) + little(0, 4) + count + count
            + little(UInt32(directory.count), 4) + little(UInt32(bytes.count), 4) + little(0, 2)
    }

    private static func little(_ value: UInt32, _ byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }
}

/// Real task sequences beside the repository, which a clone need not have.
package enum Samples {
    /// The folder, from `TSMEDIA_SAMPLES` or `../shared/samples`, or nil.
    package static let folder: FilePath? = {
        let named = getenv("TSMEDIA_SAMPLES").map { FilePath(String(cString: $0)) }
        let candidates = [
            named?.appending("task-sequences"), named,
            Repository.root.removingLastComponent().appending("shared/samples/task-sequences"),
        ]
        return candidates.compactMap(\.self).first { access($0.appending("INDEX.md").string, F_OK) == 0 }
    }()

    /// The path of a sample.
    package static func path(_ name: String) throws -> FilePath {
        guard let folder else { throw Errno.noSuchFileOrDirectory }
        return folder.appending(name)
    }
}
