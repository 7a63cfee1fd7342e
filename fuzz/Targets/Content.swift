// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support

@testable import ContentLibrary

extension FuzzTarget {
    private static let hash = String(repeating: "0123456789ABCDEF", count: 4)

    /// What content libraries say.
    static let content = [
        FuzzTarget(
            "package-ini", words: ["[Packages]\r\n", "[Info]", "Version=", "ABC00001.1=", "\u{FEFF}"],
            texts: "[Packages]\r\nABC00001.1=\r\n[Info]\r\nVersion=1\r\n"
        ) { input in
            guard let id = PackageID("ABC00001") else { return }
            _ = try LibraryDocument.package(id, input)
        },
        FuzzTarget(
            "content-ini", words: ["[Info]", "Hash=", "HashAlgorithm=32780"],
            texts: "[Info]\r\nHashAlgorithm=32780\r\nHash=\(hash)\r\n"
        ) { input in _ = try LibraryDocument.contentHash(input) },
        FuzzTarget(
            "file-ini", words: ["[File]", "Size=", "Attributes=", "TimeModified=", "Hash="],
            texts: "[File]\r\nAttributes=32\r\nTimeModified=133500000000000000\r\nSize=123\r\nHash=\(hash)\r\n"
        ) { input in _ = try LibraryDocument.file(input) },
        FuzzTarget("library-journal", texts: "tsmedia-journal 1\ncontent ABC00001.1\n\(hash)\nend\n") { input in
            _ = LibraryJournal(bytes: input)
        },
        FuzzTarget("ini", words: ["[", "]", "=", ";", "\r\n", "\u{FEFF}"], texts: "[A]\r\nb=c\r\n; d\r\n[E]\r\nf=\r\n")
        { input in
            let document = try INIDocument(bytes: input, path: "input")
            _ = document.value(of: "b", in: "A")
            _ = document.entries(in: "A")
        },
    ]
}
