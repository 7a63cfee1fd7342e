// SPDX-License-Identifier: GPL-3.0-or-later

/// Something that can be asked for: the size of media, a management point, the name of a task sequence.
///
/// The library that knows a field declares it. What a field is called before people is the front end's matter: the command
/// has an option for it, a form an input, a file a key.
public struct RequestField: Sendable, Hashable {
    /// Its name: words in lower case with hyphens between them, as `media-size`.
    public let name: String

    /// The field `name`.
    public init(_ name: String) { self.name = name }

    /// Its name in plain words: "media size".
    public var words: String { name.replacing("-", with: " ") }
}
