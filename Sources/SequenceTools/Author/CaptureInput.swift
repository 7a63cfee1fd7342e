// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

/// Where the image of a reference computer goes, and what it says about itself: the wizard's pages Image Properties and
/// Capture Image.
public struct CaptureInput: Sendable {
    /// The WIM on a network share, `\\server\share\name.wim`, at most 255 characters; an existing one is overwritten.
    public var path: String
    /// The account that may write there, `domain\user` or `%variable%`.
    public var account: String
    /// The account's password; nil leaves it out, as an export does.
    public var password: SequenceSecret?
    /// Who made the image, at most 255 characters.
    public var createdBy: String
    /// The image's version, at most 32 characters.
    public var version: String
    /// The image's description, at most 255 characters.
    public var description: String

    /// Chooses where the image goes.
    public init(
        path: String, account: String, password: SequenceSecret? = nil, createdBy: String = "", version: String = "",
        description: String = ""
    ) {
        self.path = path
        self.account = account
        self.password = password
        self.createdBy = createdBy
        self.version = version
        self.description = description
    }
}

/// A password or key that becomes part of a task sequence, and of nothing else: it is never printed.
public struct SequenceSecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let text: String

    /// The secret `text`.
    public init(_ text: String) { self.text = text }

    /// Never the secret.
    public var description: String { SequenceSecrecy.hiddenValue }
    /// Never the secret.
    public var debugDescription: String { description }
    /// Never the secret.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
