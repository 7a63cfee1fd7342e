// SPDX-License-Identifier: GPL-3.0-or-later

/// A media path as a key without case: equal where ``MediaPath/caseFolded`` is, without keeping that text.
public struct CaseFoldedPath: Sendable, Hashable {
    private let path: MediaPath

    /// The key of `path`.
    public init(_ path: MediaPath) { self.path = path }

    /// Equal without case.
    public static func == (left: CaseFoldedPath, right: CaseFoldedPath) -> Bool {
        left.path.description.isEqualOrdinalUpperCased(right.path.description)
    }

    /// Hashes without case.
    public func hash(into hasher: inout Hasher) { hasher.combine(path.caseFolded) }
}
