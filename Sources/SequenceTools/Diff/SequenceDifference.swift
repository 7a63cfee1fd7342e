// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TaskSequence

/// What changed in meaning between two task sequences.
///
/// Layout, the order of attributes and of variables, and the spelling of flags mean nothing and are not compared.
public struct SequenceDifference: Sendable, Encodable {
    /// One of the two task sequences.
    public struct Side: Sendable, Equatable, Encodable {
        /// The package ID.
        public let id: String?
        /// The name.
        public let name: String
        /// The file.
        public let source: String

        /// Describes `package`.
        public init(_ package: TaskSequencePackage) {
            id = package.packageID
            name = package.name
            source = package.source
        }
    }

    /// A value that changed, appeared or went.
    public struct Change: Sendable, Equatable, Encodable {
        /// What it is the value of: condition, action, description, type, a property, ...
        public let field: String
        /// What it was; nil when it is new.
        public let old: String?
        /// What it is; nil when it is gone.
        public let new: String?
        /// The lines that changed, in unified form, for scripts and other texts of several lines.
        public let lines: [String]?
        /// The SHA-256 of an inline script before and after; nil when a secret in it is hidden.
        public let hashes: Hashes?
        /// True when the difference lies in something hidden.
        public let isSecret: Bool
    }

    /// SHA-256 of the UTF-8 text of a script with line feeds, in hexadecimal digits.
    public struct Hashes: Sendable, Equatable, Encodable {
        /// Before.
        public let old: String?
        /// After.
        public let new: String?
    }

    /// What became of a group or step.
    public struct ItemChange: Sendable, Encodable {
        /// Kinds of change; a step may be moved, renamed and changed at once.
        public enum Kind: String, Sendable, Encodable {
            case added, removed, moved, renamed, changed
        }

        /// What happened, in the order of ``Kind``.
        public let kinds: [Kind]
        /// True for a group.
        public let isGroup: Bool
        /// The step's type.
        public let stepType: String?
        /// The names of the groups from the outermost, then of the item, before; nil when it is new.
        public let oldPath: [String]?
        /// The same after; nil when it is gone.
        public let newPath: [String]?
        /// The place before, as `sequence show` numbers it.
        public let oldNumber: String?
        /// The place after.
        public let newNumber: String?
        /// What changed in it.
        public let changes: [Change]
    }

    /// What appeared and went in the references that the steps need.
    public struct References: Sendable, Equatable, Encodable {
        /// Needed now and not before.
        public let added: [String]
        /// Needed before and not now.
        public let removed: [String]
    }

    /// Before.
    public let old: Side
    /// After.
    public let new: Side
    /// Name, description, boot image, type.
    public let properties: [Change]
    /// References, recomputed from enabled steps.
    public let references: References
    /// Global variables.
    public let globalVariables: [Change]
    /// Groups and steps in the order of the new sequence; what was removed stands where it was.
    public let items: [ItemChange]

    /// True when nothing changed in meaning.
    public var isEmpty: Bool {
        properties.isEmpty && references.added.isEmpty && references.removed.isEmpty && globalVariables.isEmpty
            && items.isEmpty
    }

    /// How many items were changed in the way of `kind`.
    public func count(_ kind: ItemChange.Kind) -> Int { items.count { $0.kinds.contains(kind) } }

    /// Compares two task sequences.
    public init(from old: TaskSequencePackage, to new: TaskSequencePackage, secrecy: SequenceSecrecy = .redacted) {
        self.old = Side(old)
        self.new = Side(new)
        let comparison = ItemComparison(secrecy: secrecy)
        properties = comparison.properties(old, new)
        let oldReferences = old.ownReferences().map(\.identifier)
        let newReferences = new.ownReferences().map(\.identifier)
        references = References(
            added: Self.unique(newReferences, without: oldReferences),
            removed: Self.unique(oldReferences, without: newReferences))
        globalVariables = comparison.variables(
            old.sequence.globalVariables?.variables ?? [], new.sequence.globalVariables?.variables ?? [])
        items = Self.items(old.sequence, new.sequence, comparison)
    }

    private static func unique(_ list: [String], without others: [String]) -> [String] {
        var seen = Set(others.map { ExactText($0) })
        return list.filter { seen.insert(ExactText($0)).inserted }
    }

    private static func items(
        _ old: SequenceDefinition, _ new: SequenceDefinition, _ comparison: ItemComparison
    ) -> [ItemChange] {
        let oldTree = FlatTree(old)
        let newTree = FlatTree(new)
        let matches = ItemMatcher.matches(oldTree, newTree)
        let moved = ItemMatcher.movedItems(oldTree, newTree, matches)
        var changes: [(place: Int, isRemoval: Bool, change: ItemChange)] = []
        var place = -1
        for (index, item) in oldTree.items.enumerated() {
            if let match = matches.newOf[index] {
                place = match
            } else {
                changes.append((place, true, comparison.removal(item, oldTree)))
            }
        }
        for (index, item) in newTree.items.enumerated() {
            guard let match = matches.oldOf[index] else {
                changes.append((index, false, comparison.addition(item, newTree)))
                continue
            }
            if let change = comparison.change(
                oldTree.items[match], item, oldTree, newTree, isMoved: moved.contains(index))
            {
                changes.append((index, false, change))
            }
        }
        // What was removed stands behind what stood before it.
        let order = changes.enumerated().sorted { left, right in
            (left.element.place, left.element.isRemoval ? 1 : 0, left.offset)
                < (right.element.place, right.element.isRemoval ? 1 : 0, right.offset)
        }
        return order.map(\.element.change)
    }
}
