// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Everything a task sequence needs, its children included (task-sequence.md section 3).
///
/// The boot image is not part of it: it is the ``TaskSequencePackage/bootImageID`` of the root.
public struct ContentClosure: Sendable {
    /// A child task sequence that is called but not in the file.
    public struct UnresolvedChild: Sendable, Equatable {
        /// Its package ID.
        public let packageID: String
        /// The steps that call it.
        public internal(set) var uses: [ReferenceUse]
    }

    /// Packages and applications in the order in which the running task sequence first meets them, without duplicates.
    public let references: [ContentReference]
    /// The root and its children, each once, in the order in which they are met.
    public let taskSequences: [TaskSequencePackage]
    /// Children that are not among the siblings of the root; what they need is known only as far as their calls say.
    public let unresolvedChildren: [UnresolvedChild]

    /// The closure of nothing.
    init() { (references, taskSequences, unresolvedChildren) = ([], [], []) }

    /// Computes the closure of `root`, looking children up among its siblings.
    public init(of root: TaskSequencePackage) {
        var builder = ClosureBuilder(root)
        builder.visit(root)
        references = builder.collector.references
        taskSequences = builder.visited
        unresolvedChildren = builder.unresolved
    }
}

private struct ClosureBuilder {
    private let candidates: [String: TaskSequencePackage]
    private var seen: Set<String> = []
    var collector: ReferenceCollector
    var visited: [TaskSequencePackage] = []
    var unresolved: [ContentClosure.UnresolvedChild] = []

    init(_ root: TaskSequencePackage) {
        var candidates: [String: TaskSequencePackage] = [:]
        var applications = root.applicationPackages
        for sibling in root.siblings {
            if let id = sibling.packageID { candidates[id.uppercased()] = sibling }
            applications.merge(sibling.applicationPackages) { own, _ in own }
        }
        self.candidates = candidates
        collector = ReferenceCollector(applicationPackages: applications)
    }

    /// Children of children that are followed; deeper ones are reported as not found, so that a hostile export cannot
    /// overrun the stack.
    private static let maximumDepth = 64

    /// Each task sequence is entered once, so that children that call each other end.
    mutating func visit(_ package: TaskSequencePackage, depth: Int = 1) {
        if let id = package.packageID { seen.insert(id.uppercased()) }
        visited.append(package)
        package.forEachMention { mention in
            guard mention.target == .taskSequence else { return collector.add(mention, keepingPrograms: false) }
            let key = mention.value.uppercased()
            if let child = candidates[key], depth < Self.maximumDepth {
                if !seen.contains(key) { visit(child, depth: depth + 1) }
            } else if let index = unresolved.firstIndex(where: { $0.packageID.uppercased() == key }) {
                unresolved[index].uses.append(mention.use)
            } else {
                unresolved.append(.init(packageID: mention.value, uses: [mention.use]))
            }
        }
    }
}

extension TaskSequencePackage {
    /// The packages and applications that this task sequence and its children need.
    ///
    /// Recomputed from enabled steps, in document order of first use, without duplicates; a child's content stands where
    /// the child is called. See ``closure()`` for children that could not be found.
    public func references() -> [ContentReference] { closure().references }

    /// What this task sequence and its children need, and the children that could not be found.
    public func closure() -> ContentClosure { ContentClosure(of: self) }
}

extension [TaskSequencePackage] {
    /// The task sequence to make media from.
    ///
    /// - Parameters:
    ///   - id: the package ID or the name that was asked for; nil for the one task sequence that no other one calls, or
    ///     of several such the one that Manifest.xml names as what was exported.
    /// - Throws: ``TaskSequenceError`` `.noTaskSequence` when `id` names none, `.ambiguous` when it takes a choice.
    public func chosen(id: String?) throws(TaskSequenceError) -> TaskSequencePackage {
        let source = first.map { $0.siblings.count > 1 ? "the export with \($0.source)" : $0.source } ?? "the file"
        func listed(_ packages: [TaskSequencePackage]) -> String {
            packages.prefix(20).map { "\($0.packageID ?? "-") '\($0.name)'" }.joined(separator: ", ")
                + (packages.count > 20 ? ", ..." : "")
        }
        if let id {
            let matches = filter { $0.packageID?.uppercased() == id.uppercased() }
            let named = matches.isEmpty ? filter { $0.name == id } : matches
            if named.count == 1 { return named[0] }
            throw TaskSequenceError(
                named.isEmpty ? .noTaskSequence : .ambiguous, .notFound, object: "\(source)",
                problem: named.isEmpty ? "holds no task sequence '\(id)'" : "holds several task sequences '\(id)'",
                nextStep: "choose one with \(.taskSequenceID): \(listed(self))")
        }
        if count == 1 { return self[0] }
        var called: Set<String> = []
        for package in self {
            package.forEachMention { mention in
                // One that calls itself is not thereby a child.
                if mention.target == .taskSequence, mention.value.uppercased() != package.packageID?.uppercased() {
                    called.insert(mention.value.uppercased())
                }
            }
        }
        let roots = filter { package in package.packageID.map { !called.contains($0.uppercased()) } ?? true }
        if roots.count == 1 { return roots[0] }
        let entries = (roots.isEmpty ? self : roots).filter { $0.isEntryObject == true }
        if entries.count == 1 { return entries[0] }
        throw TaskSequenceError(
            .ambiguous, .usage, object: "\(source)", problem: "holds several task sequences",
            nextStep: "choose one with \(.taskSequenceID): \(listed(roots.isEmpty ? self : roots))")
    }
}
