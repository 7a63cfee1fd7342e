// SPDX-License-Identifier: GPL-3.0-or-later

/// What came from a server in a run.
public struct ServedContent: Sendable, Equatable {
    /// Where it is, as the user named it.
    public let location: String
    /// Files whose last byte came from it.
    public let fileCount: Int
    /// The bytes of files that came from it, those that were damaged too.
    public let byteCount: Int64
    /// How often something did not work that was asked of it, though it may have later.
    public let failureCount: Int

    /// The same as a line of a log.
    public var text: String { "\(location): \(fileCount) files, \(byteCount) bytes, \(failureCount) failures" }
}
