// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TaskSequence

/// Which item of the new sequence is which item of the old one.
///
/// In this order, each rule for what the ones before it left over: same group, type, name and content; same group, type
/// and name; groups with mostly the same children, however they are named and wherever they are; groups with the same
/// unique name; then steps anywhere with the same type, name and content; steps of the same group with the same type and
/// content (renamed); the same type and name anywhere (moved and changed); the same type and content anywhere, where
/// only one is like it (moved and renamed); steps of the same group and type that are alike (renamed and changed).
///
/// Every rule takes time in proportion to the number of items: what can match is looked up, not searched for.
struct ItemMatcher {
    /// The matches; nil where there is none.
    struct Matches {
        /// The new index of each old item.
        var newOf: [Int?]
        /// The old index of each new item.
        var oldOf: [Int?]
        /// How many pairs were looked at: the work, whatever the machine.
        var pairCount = 0
    }

    /// How often groups that were matched late are gone through again.
    private static let maximumRounds = 64
    /// How many groups one step may vote for; steps that are everywhere say nothing.
    private static let maximumVotes = 8
    /// How many pairs of one group are compared in full.
    private static let maximumComparisons = 400

    private let old: FlatTree
    private let new: FlatTree
    private var matches: Matches

    private init(_ old: FlatTree, _ new: FlatTree) {
        self.old = old
        self.new = new
        matches = Matches(
            newOf: Array(repeating: nil, count: old.items.count), oldOf: Array(repeating: nil, count: new.items.count))
    }

    static func matches(_ old: FlatTree, _ new: FlatTree) -> Matches {
        var matcher = ItemMatcher(old, new)
        matcher.match()
        return matcher.matches
    }

    private mutating func match() {
        for _ in 0..<Self.maximumRounds {
            matchBelowMatched()
            guard matchGroupsByChildren() || matchGroupsByName() else { break }
        }
        pair(steps: true) { tree, index, _ in
            Key(0, tree.items[index].type, tree.items[index].name, tree.items[index].content)
        }
        pair(steps: true) { tree, index, parent in
            parent.map { Key($0, tree.items[index].type, "", tree.items[index].content) }
        }
        pair(steps: true) { tree, index, _ in Key(0, tree.items[index].type, tree.items[index].name, 0) }
        pair(steps: true, onlyUnique: true) { tree, index, _ in
            Key(0, tree.items[index].type, "", tree.items[index].content)
        }
        matchAlike()
    }

    // MARK: Rules

    private struct Key: Hashable {
        let parent: Int
        let type: ExactText
        let name: ExactText
        let content: Int

        init(_ parent: Int, _ type: ExactText, _ name: ExactText, _ content: Int) {
            self.parent = parent
            self.type = type
            self.name = name
            self.content = content
        }
    }

    /// The new index of the group that `index` of the old tree is in; nil when it has no match.
    private func matchedParent(ofOld index: Int) -> Int? {
        let parent = old.items[index].parent
        return parent < 0 ? -1 : matches.newOf[parent]
    }

    /// The same of the new tree; nil when the group is new.
    private func matchedParent(ofNew index: Int) -> Int? {
        let parent = new.items[index].parent
        return parent < 0 || matches.oldOf[parent] != nil ? parent : nil
    }

    private mutating func set(_ oldIndex: Int, _ newIndex: Int) {
        matches.newOf[oldIndex] = newIndex
        matches.oldOf[newIndex] = oldIndex
    }

    /// Matches items with equal keys, in order.
    ///
    /// - Parameters:
    ///   - steps: whether groups are left out.
    ///   - onlyUnique: whether a key that several items of one side have matches none of them.
    private mutating func pair(
        steps: Bool, onlyUnique: Bool = false, _ key: (FlatTree, Int, Int?) -> Key?
    ) {
        var candidates: [Key: (indices: [Int], used: Int)] = [:]
        for index in new.items.indices where matches.oldOf[index] == nil && !(steps && new.items[index].isGroup) {
            guard let key = key(new, index, matchedParent(ofNew: index)) else { continue }
            candidates[key, default: ([], 0)].indices.append(index)
        }
        guard !candidates.isEmpty else { return }
        var oldCounts: [Key: Int] = [:]
        var keys: [(Int, Key)] = []
        for index in old.items.indices where matches.newOf[index] == nil && !(steps && old.items[index].isGroup) {
            guard let key = key(old, index, matchedParent(ofOld: index)) else { continue }
            keys.append((index, key))
            if onlyUnique { oldCounts[key, default: 0] += 1 }
        }
        for (index, key) in keys {
            matches.pairCount += 1
            guard let found = candidates[key], found.used < found.indices.count else { continue }
            if onlyUnique, found.indices.count > 1 || oldCounts[key] != 1 { continue }
            candidates[key]?.used += 1
            set(index, found.indices[found.used])
        }
    }

    /// Matches items of the same group, type and name; first those with the same content too.
    ///
    /// Goes down level by level, since a match of a group decides where its items belong.
    private mutating func matchBelowMatched() {
        var level: [(old: Int, new: Int)] = [(-1, -1)]
        while !level.isEmpty {
            var next: [(old: Int, new: Int)] = []
            for parents in level {
                let oldChildren = old.children(of: parents.old)
                let newChildren = new.children(of: parents.new)
                pair(oldChildren, newChildren) { Key(0, $0.type, $0.name, $0.content) }
                pair(oldChildren, newChildren) { Key(0, $0.type, $0.name, 0) }
                for child in oldChildren where old.items[child].isGroup {
                    if let match = matches.newOf[child] { next.append((child, match)) }
                }
            }
            level = next
        }
    }

    private mutating func pair(_ oldList: [Int], _ newList: [Int], _ key: (FlatTree.Item) -> Key) {
        var candidates: [Key: (indices: [Int], used: Int)] = [:]
        for index in newList where matches.oldOf[index] == nil {
            candidates[key(new.items[index]), default: ([], 0)].indices.append(index)
        }
        guard !candidates.isEmpty else { return }
        for index in oldList where matches.newOf[index] == nil {
            let key = key(old.items[index])
            guard let found = candidates[key], found.used < found.indices.count else { continue }
            candidates[key]?.used += 1
            set(index, found.indices[found.used])
        }
    }

    /// A group without a match gets the group that most of its children are in, if that is half of the smaller one.
    ///
    /// - Returns: whether anything was matched.
    private mutating func matchGroupsByChildren() -> Bool {
        var groupsOf: [Key: [Int]] = [:]
        let newGroups = new.items.indices.filter { new.items[$0].isGroup && matches.oldOf[$0] == nil }
        guard !newGroups.isEmpty else { return false }
        for group in newGroups {
            for child in new.children(of: group) where matches.oldOf[child] == nil {
                let key = Key(0, new.items[child].type, new.items[child].name, 0)
                if groupsOf[key, default: []].count < Self.maximumVotes { groupsOf[key, default: []].append(group) }
            }
        }
        var hasMatched = false
        for group in old.items.indices where old.items[group].isGroup && matches.newOf[group] == nil {
            let children = old.children(of: group)
            var votes: [Int: Int] = [:]
            for child in children where matches.newOf[child] == nil {
                let key = Key(0, old.items[child].type, old.items[child].name, 0)
                for candidate in groupsOf[key] ?? [] where matches.oldOf[candidate] == nil {
                    matches.pairCount += 1
                    votes[candidate, default: 0] += 1
                }
            }
            // The most votes; then the same name, then the first.
            let best = votes.max { left, right in
                let leftName = new.items[left.key].name == old.items[group].name ? 1 : 0
                let rightName = new.items[right.key].name == old.items[group].name ? 1 : 0
                return (left.value, leftName, -left.key) < (right.value, rightName, -right.key)
            }
            guard let best, best.value * 2 >= min(children.count, new.children(of: best.key).count) else { continue }
            set(group, best.key)
            hasMatched = true
        }
        return hasMatched
    }

    /// Groups with a name that only one group without a match has on either side.
    private mutating func matchGroupsByName() -> Bool {
        func names(_ tree: FlatTree, _ matched: [Int?]) -> [ExactText: [Int]] {
            Dictionary(grouping: tree.items.indices.filter { tree.items[$0].isGroup && matched[$0] == nil }) {
                tree.items[$0].name
            }
        }
        let newNames = names(new, matches.oldOf)
        var hasMatched = false
        for (name, groups) in names(old, matches.newOf) where groups.count == 1 {
            guard let found = newNames[name], found.count == 1 else { continue }
            set(groups[0], found[0])
            hasMatched = true
        }
        return hasMatched
    }

    /// Steps of one group and type that are alike; a bounded number of them is compared.
    private mutating func matchAlike() {
        var candidates: [Key: [Int]] = [:]
        for index in new.items.indices where matches.oldOf[index] == nil && !new.items[index].isGroup {
            guard let parent = matchedParent(ofNew: index) else { continue }
            candidates[Key(parent, new.items[index].type, "", 0), default: []].append(index)
        }
        var comparisons: [Key: Int] = [:]
        for index in old.items.indices where matches.newOf[index] == nil && !old.items[index].isGroup {
            guard let parent = matchedParent(ofOld: index) else { continue }
            let key = Key(parent, old.items[index].type, "", 0)
            guard let list = candidates[key], !list.isEmpty else { continue }
            var best: (place: Int, likeness: Double)?
            for (place, candidate) in list.enumerated() {
                matches.pairCount += 1
                guard matches.oldOf[candidate] == nil else { continue }
                guard comparisons[key, default: 0] < Self.maximumComparisons else { break }
                comparisons[key, default: 0] += 1
                let likeness = Self.likeness(old.items[index].item, new.items[candidate].item)
                if likeness >= 0.5, likeness > best?.likeness ?? 0 { best = (place, likeness) }
            }
            if let best { set(index, list[best.place]) }
        }
    }

    /// The share of the properties, the command line and the condition that are equal; of those that are set.
    private static func likeness(_ old: SequenceItem, _ new: SequenceItem) -> Double {
        guard case .step(let old) = old, case .step(let new) = new else { return 0 }
        func values(_ step: SequenceStep) -> [ExactText: ExactText] {
            var values: [ExactText: ExactText] = [
                "\u{0}action": ExactText(step.action ?? ""), "\u{0}description": ExactText(step.description),
            ]
            for variable in step.variables?.variables ?? [] {
                values[ExactText(variable.property ?? variable.name)] = ExactText(variable.value)
            }
            return values.filter { !$0.value.description.isEmpty }
        }
        let left = values(old)
        let right = values(new)
        let total = max(left.count, right.count)
        guard total > 0 else { return 0 }
        return Double(left.count { right[$0.key] == $0.value }) / Double(total)
    }

    // MARK: Moves

    /// The new indices of items that went to another group, or to another place among those that stayed.
    ///
    /// Of the items that stayed in their group the longest run that kept its order counts as not moved.
    static func movedItems(_ old: FlatTree, _ new: FlatTree, _ matches: Matches) -> Set<Int> {
        var moved: Set<Int> = []
        for group in -1..<new.items.count where group < 0 || new.items[group].isGroup {
            let oldGroup = group < 0 ? -1 : matches.oldOf[group]
            var stayed: [(new: Int, old: Int)] = []
            for child in new.children(of: group) {
                guard let match = matches.oldOf[child] else { continue }
                if let oldGroup, old.items[match].parent == oldGroup {
                    stayed.append((child, match))
                } else {
                    moved.insert(child)
                }
            }
            let kept = longestIncreasing(stayed.map(\.old))
            for (place, item) in stayed.enumerated() where !kept.contains(place) { moved.insert(item.new) }
        }
        return moved
    }

    /// The places of a longest increasing run (patience sorting).
    private static func longestIncreasing(_ values: [Int]) -> Set<Int> {
        var ends: [Int] = []
        var previous = [Int](repeating: -1, count: values.count)
        for (place, value) in values.enumerated() {
            var low = 0
            var high = ends.count
            while low < high {
                let middle = (low + high) / 2
                if values[ends[middle]] < value { low = middle + 1 } else { high = middle }
            }
            if low > 0 { previous[place] = ends[low - 1] }
            if low == ends.count { ends.append(place) } else { ends[low] = place }
        }
        var run: Set<Int> = []
        var place = ends.last ?? -1
        while place >= 0 {
            run.insert(place)
            place = previous[place]
        }
        return run
    }
}
