// SPDX-License-Identifier: GPL-3.0-or-later

/// A path as another system has it, which on this computer would be the strange name of a file: `C:\media\x.iso`,
/// `\\server\share\x.iso`, what a shell makes of them without quotation marks, and `smb://server/share/x.iso` and other URLs.
public struct ForeignPath: Sendable, Equatable {
    /// What it begins with.
    public enum Root: Sendable, Equatable {
        /// The letter of a drive.
        case drive
        /// The name of a server.
        case share
        /// The name of a server whose backslashes a shell has taken.
        case unquotedShare
        /// The scheme of a URL.
        case url
    }

    /// What it begins with.
    public let root: Root
    private let text: String

    /// With the one slash that paths keep of several.
    private static let schemes = ["http:/", "https:/", "ftp:/", "file:/", "nfs:/"]

    /// The path `text`; nil when it is one of this computer.
    public init?(_ text: String) {
        let start = Array(text.utf8.prefix(2))
        let backslash = UInt8(ascii: "\\")
        if start.count == 2, start[1] == UInt8(ascii: ":"), Character(UnicodeScalar(start[0])).isLetter, start[0] < 0x80
        {
            root = .drive
        } else if start.first == backslash {
            root = start.last == backslash && start.count == 2 ? .share : .unquotedShare
        } else if text.lowercased().hasPrefix("smb:/") {
            root = .share
        } else if Self.schemes.contains(where: text.lowercased().hasPrefix) {
            root = .url
        } else {
            return nil
        }
        self.text = text
    }

    /// It as messages show it, without the password that may stand before the name of a server.
    public var shown: String {
        guard root == .share || root == .url, let scheme = text.firstIndex(of: ":") else { return text }
        let rest = text[text.index(after: scheme)...]
        guard let start = rest.firstIndex(where: { $0 != "/" }) else { return text }
        let authority = rest[start...].prefix { $0 != "/" }
        guard let end = authority.lastIndex(of: "@"), let colon = authority[..<end].firstIndex(of: ":") else {
            return text
        }
        return String(text[..<colon]) + String(text[end...])
    }

    /// What is wrong with it.
    public var problem: String {
        switch root {
        case .drive: "is a path of Windows, and there are no drive letters here"
        case .share: "is a share of Windows, and no folder here"
        case .unquotedShare: "is a share of Windows without the backslashes that the shell took from it"
        case .url: "is a URL, and no path"
        }
    }

    /// What to do instead.
    public var nextStep: String {
        let name =
            text.split(whereSeparator: { $0 == "\\" || $0 == "/" || $0 == ":" }).last.map(String.init) ?? "media.iso"
        switch root {
        case .drive: return "name it as it is called on this computer, such as /srv/\(name)"
        case .share:
            return "mount the share, with mount -t cifs for example, and name the path below it, such as /mnt/\(name)"
        case .unquotedShare: return "put it in quotation marks: '\\\\server\\share'"
        case .url: return "name a path on this computer, such as /srv/\(name)"
        }
    }
}
