// SPDX-License-Identifier: GPL-3.0-or-later

/// The names on a medium that is read which no path can have, each once: of what lies below one, only the one itself; and
/// what is there and cannot be read.
///
/// Such a name is a fact about the medium, and damage to one file of it none of the others: neither is a failure to read it.
public struct RefusedNames: Sendable {
    /// The names with the folders they are in, and what is wrong with each.
    public private(set) var errors: [MediaPathError] = []
    private var known: Set<ExactText> = []

    /// None.
    public init() {}

    /// Takes note of `name` in `folder`, which `problem` keeps from being a path.
    public mutating func insert(_ name: String, in folder: MediaPath?, problem: String) {
        insert(name, in: folder, problem, .name)
    }

    /// Takes note of `name` in `folder`, which is a link or a special file.
    public mutating func insertLink(_ name: String, in folder: MediaPath?) {
        insert(name, in: folder, "is a link or a special file, which media does not hold", .link)
    }

    /// Takes note of `name` in `folder`, which is kept in a form that is not read.
    public mutating func insertForm(_ name: String, in folder: MediaPath?, problem: String) {
        insert(name, in: folder, problem, .form)
    }

    /// Takes note of `name` in `folder`, which is damaged, or all in it; what can still be read of it may be listed beside.
    public mutating func insertDamage(_ name: String, in folder: MediaPath?, problem: String) {
        insert(name, in: folder, problem, .damage)
    }

    /// Takes note of the file or folder at `path`, which is damaged, or all in it.
    public mutating func insertDamage(_ path: MediaPath, problem: String) {
        insert(path.name, in: path.parent, problem, .damage)
    }

    private mutating func insert(
        _ name: String, in folder: MediaPath?, _ problem: String, _ fault: MediaPathError.Fault
    ) {
        let whole = folder.map { "\($0)/\(name)" } ?? name
        if known.insert(ExactText(whole)).inserted {
            errors.append(MediaPathError(name: whole, problem: DiagnosticText(problem), fault: fault))
        }
    }

    /// The path of these names from the outermost to the innermost; nil when it is refused, which is taken note of.
    public mutating func path(of names: some Sequence<some StringProtocol>) -> MediaPath? {
        var path: MediaPath?
        for name in names {
            guard let next = self.path(of: String(name), in: path) else { return nil }
            path = next
        }
        return path
    }

    /// The path of `name` in `folder`; nil when it is refused, which is taken note of.
    public mutating func path(of name: String, in folder: MediaPath?) -> MediaPath? {
        do throws(MediaPathError) {
            return try MediaPath(name: name, in: folder)
        } catch {
            insert(name, in: folder, problem: error.problem.description)
            return nil
        }
    }
}

extension String {
    /// The names of a path that a reader joined by `/`, split at its bytes: a mark behind a separator would make it
    /// another character.
    public var names: [Substring] {
        utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Substring.init)
    }
}
