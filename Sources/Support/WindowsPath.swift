// SPDX-License-Identifier: GPL-3.0-or-later

/// A path as Windows has it, which on this computer would be the strange name of a file: `C:\media\x.iso`,
/// `\\server\share\x.iso`, what a shell makes of them without quotation marks, and `smb://server/share/x.iso`.
public struct WindowsPath: Sendable, Equatable {
    /// What it begins with.
    public enum Root: Sendable, Equatable {
        /// The letter of a drive.
        case drive
        /// The name of a server.
        case share
    }

    /// What it begins with.
    public let root: Root
    private let text: String

    /// The path `text`; nil when it is none of Windows.
    public init?(_ text: String) {
        let start = Array(text.utf8.prefix(2))
        if start.count == 2, start[1] == UInt8(ascii: ":"), Character(UnicodeScalar(start[0])).isLetter, start[0] < 0x80
        {
            root = .drive
        } else if start.first == UInt8(ascii: "\\") || text.lowercased().hasPrefix("smb://") {
            root = .share
        } else {
            return nil
        }
        self.text = text
    }

    /// What is wrong with it.
    public var problem: String {
        root == .drive
            ? "is a path of Windows, and there are no drive letters here" : "is a share of Windows, and no folder here"
    }

    /// What to do instead; `verb` says what for: "name", "write".
    public var nextStep: String {
        let name =
            text.split(whereSeparator: { $0 == "\\" || $0 == "/" || $0 == ":" }).last.map(String.init) ?? "media.iso"
        return root == .drive
            ? "name it as it is called on this computer, such as /srv/\(name)"
            : "mount the share, with mount -t cifs for example, and name the path below it, such as /mnt/\(name)"
    }
}
