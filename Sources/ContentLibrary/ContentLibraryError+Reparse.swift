// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// Files of a volume with deduplication are reparse points, which Linux shows in several ways and reads in none:
/// ntfs-3g as links to "unsupported reparse tag 0x80000013" (without the tag before 2021), the kernel's SMB client as
/// links that cannot be read, or as files that cannot be opened.
extension ContentLibraryError {
    /// How ntfs-3g begins the target of a link that stands for a reparse point (ntfs-3g, reparse.c).
    private static let fakeTarget = "unsupported reparse"
    private static let notSupported = Errno(rawValue: EOPNOTSUPP)

    /// Says what the link at `path` is: a reparse point that is shown as one, or a link that does not belong there.
    static func link(_ path: FilePath) -> Self {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = readlink(path.string, &buffer, buffer.count)
        guard count >= 0 else {
            let reason = Errno(rawValue: errno)
            return reason == notSupported ? reparsePoint("\(path)", nil) : .malformed(path, "is a symbolic link")
        }
        let target = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard target.hasPrefix(fakeTarget) else {
            return .malformed(path, "is a symbolic link, which a content library never holds")
        }
        return reparsePoint("\(path)", target.split(separator: " ").last.map(String.init))
    }

    /// What `cause` says about a file that is a reparse point; nil when it is about anything else.
    static func reparsePoint(_ cause: any DiagnosticError) -> Self? {
        guard let error = cause as? FileError, error.errno == notSupported else { return nil }
        return reparsePoint(error.object, nil)
    }

    private static func reparsePoint(_ object: DiagnosticText, _ tag: String?) -> Self {
        let kind = tag.flatMap { $0.hasPrefix("0x") ? " (tag \($0))" : nil } ?? ""
        return Self(
            .malformed, .malformed, object,
            "is a reparse point\(kind) that this machine cannot read: its volume is deduplicated",
            nextStep: "copy the library with Windows to a volume without deduplication, or exclude it from"
                + " deduplication and run Start-DedupJob -Type Unoptimization")
    }
}
