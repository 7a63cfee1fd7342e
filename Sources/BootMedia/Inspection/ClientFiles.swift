// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import WindowsImaging

extension BootImage {
    /// What Configuration Manager put into the image: `sms\bin`, whose folder is named after the architecture; in images for
    /// arm64 its programs lie in x64 (docs/formats/media.md section 2).
    func clientFiles(_ warnings: inout [DiagnosticText]) -> BootImageInspection.Client? {
        let found: [WindowsImageEntry]
        do {
            found = try image.entriesAndRefusedNames(below: try MediaPath("sms/bin"), inImage: imageIndex).entries
        } catch {
            warnings.append(DiagnosticText(error))
            return nil
        }
        let files = found.filter(\.isPlainFile).sorted { $0.path < $1.path }
        guard !files.isEmpty else { return nil }
        if files.count > Self.clientFileLimit {
            warnings.append(
                "\(title) has \(files.count) files in sms/bin; the first \(Self.clientFileLimit) are listed")
        }
        var versions: [MediaPath: String] = [:]
        for file in files where Self.versionedPrograms.contains(file.path.name.caseFolded) {
            guard versions.count < Self.versionedPrograms.count * 3,
                let program = bytes(of: file.path.description, limit: Self.programByteCountLimit, &warnings)
            else { continue }
            versions[file.path] = PortableExecutable(program)?.fileVersion
        }
        func version(of name: CaseFoldedName) -> String? {
            versions.sorted { $0.key < $1.key }.first { $0.key.name.caseFolded == name }?.value
        }
        return BootImageInspection.Client(
            version: Self.versionedPrograms.lazy.compactMap(version).first,
            files: files.prefix(Self.clientFileLimit).map {
                BootImageInspection.ClientFile(
                    path: $0.path.description, size: $0.byteCount, version: versions[$0.path])
            })
    }

    /// Programs whose version is that of the site that made the image.
    private static let versionedPrograms: [CaseFoldedName] = ["TsBootShell.exe", "TsmBootstrap.exe"]
    private static let clientFileLimit = 500
    private static let programByteCountLimit = 32 << 20
}

extension PortableExecutable {
    /// The version of the file in its version resource, as `5.0.9128.1007`; nil without one.
    ///
    /// Sources: "PE Format", "The .rsrc Section"; VS_VERSIONINFO and VS_FIXEDFILEINFO (verrsrc.h).
    public var fileVersion: String? {
        guard let resources = contents(ofDirectory: Self.resourceDirectory) else { return nil }
        var place = 0
        for id in [Self.versionResourceType, nil, nil] {
            guard let offset = Self.entry(id, in: resources, at: place) else { return nil }
            place = offset
        }
        guard let address = resources.littleEndian(UInt32.self, at: place),
            let length = resources.littleEndian(UInt32.self, at: place + 4),
            let information = contents(at: address, length: Int(length)),
            information.littleEndian(UInt32.self, at: Self.fixedInformation) == Self.fixedInformationSignature,
            let high = information.littleEndian(UInt32.self, at: Self.fixedInformation + 8),
            let low = information.littleEndian(UInt32.self, at: Self.fixedInformation + 12)
        else { return nil }
        return "\(high >> 16).\(high & 0xFFFF).\(low >> 16).\(low & 0xFFFF)"
    }

    private static let resourceDirectory = 2
    private static let versionResourceType: UInt32 = 16  // RT_VERSION
    private static let directoryHeaderLength = 16
    private static let entryLength = 8
    /// wLength, wValueLength, wType and "VS_VERSION_INFO" in UTF-16 with its end, on a multiple of 4.
    private static let fixedInformation = 40
    private static let fixedInformationSignature: UInt32 = 0xFEEF_04BD

    /// Where the entry with `id`, or the first one, of the directory at `place` leads.
    private static func entry(_ id: UInt32?, in resources: ByteReader, at place: Int) -> Int? {
        guard let named = resources.littleEndian(UInt16.self, at: place + 12),
            let numbered = resources.littleEndian(UInt16.self, at: place + 14)
        else { return nil }
        for number in 0..<(Int(named) + Int(numbered)) {
            let entry = place + directoryHeaderLength + number * entryLength
            guard let own = resources.littleEndian(UInt32.self, at: entry),
                let offset = resources.littleEndian(UInt32.self, at: entry + 4)
            else { return nil }
            // The highest bit tells directories from data.
            if id == nil || own == id { return Int(offset & 0x7FFF_FFFF) }
        }
        return nil
    }
}
