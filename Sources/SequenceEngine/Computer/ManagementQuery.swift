// SPDX-License-Identifier: GPL-3.0-or-later

/// A query of Windows' management instrumentation: properties of a class, with comparisons (WQL for data queries).
package struct ManagementQuery: Sendable {
    /// Why a text is no query that can be asked here.
    package struct Problem: Error, Equatable {
        /// The predicate of a sentence about the query.
        package let text: String
    }

    indirect enum Term: Sendable {
        case and(Term, Term)
        case or(Term, Term)
        case not(Term)
        case comparison(property: String, Comparison, ManagementClasses.Value?)
    }

    enum Comparison: Sendable {
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, like, notLike
    }

    /// The class, as it is written.
    package let className: String
    let term: Term?

    /// Reads `text`.
    ///
    /// - Throws: ``Problem`` for what is no such query.
    package init(_ text: String) throws(Problem) {
        var parser = ManagementQueryParser(text)
        (className, term) = try parser.query()
    }

    /// Whether `classes` have an instance of which the query holds.
    ///
    /// - Throws: ``Problem`` for a class that they do not have.
    package func holds(_ classes: ManagementClasses) throws(Problem) -> Bool {
        guard let instances = classes.instances(of: className) else {
            throw Problem(text: "asks for the class \(className), which cannot be asked outside of Windows")
        }
        return instances.contains { instance in term.map { Self.holds($0, instance) ?? false } ?? true }
    }

    /// Nil where a property is not known: neither it nor its contrary holds.
    private static func holds(_ term: Term, _ instance: ManagementClasses.Instance) -> Bool? {
        switch term {
        case .and(let left, let right):
            let (first, second) = (holds(left, instance), holds(right, instance))
            if first == false || second == false { return false }
            return first == true && second == true ? true : nil
        case .or(let left, let right):
            let (first, second) = (holds(left, instance), holds(right, instance))
            if first == true || second == true { return true }
            return first == false && second == false ? false : nil
        case .not(let inner): return holds(inner, instance).map { !$0 }
        case .comparison(let property, let comparison, let wanted):
            let value = instance[property]
            guard let wanted else {
                // IS NULL and IS NOT NULL.
                return comparison == .equal ? value == nil : value != nil
            }
            return value.flatMap { compare($0, comparison, wanted) }
        }
    }

    private static func compare(
        _ value: ManagementClasses.Value, _ comparison: Comparison, _ wanted: ManagementClasses.Value
    ) -> Bool? {
        switch (value, wanted) {
        case (.numbers(let list), _):
            // A list holds what one of its numbers does, as the queries for types of chassis expect [inferred].
            return list.contains { compare(.number($0), comparison, wanted) ?? false }
        case (.number(let left), .number(let right)): return compare(left, comparison, right)
        case (.number(let left), .text(let text)):
            if comparison == .like || comparison == .notLike {
                return LikePattern(text, .management).matches("\(left)") == (comparison == .like)
            }
            return Int64(text).flatMap { compare(left, comparison, $0) }
        case (.truth(let left), .truth(let right)): return compare(left ? 1 : 0, comparison, right ? 1 : 0)
        case (.truth(let left), .text(let text)):
            return compare(left ? 1 : 0, comparison, text.lowercased() == "true" ? 1 : 0)
        case (.text(let left), _):
            let right: String
            switch wanted {
            case .text(let text): right = text
            case .number(let number): right = "\(number)"
            case .truth(let truth): right = truth ? "true" : "false"
            case .numbers: return nil
            }
            switch comparison {
            case .like: return LikePattern(right, .management).matches(left)
            case .notLike: return !LikePattern(right, .management).matches(left)
            default: return compare(left.lowercased(), comparison, right.lowercased())
            }
        default: return nil
        }
    }

    private static func compare<Operand: Comparable>(
        _ left: Operand, _ comparison: Comparison, _ right: Operand
    ) -> Bool? {
        switch comparison {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        case .like, .notLike: nil
        }
    }
}
