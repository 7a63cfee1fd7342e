// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support
import TaskSequence

/// Checks that inputs of several kinds have in common; each names the field that it is about.
enum InputCheck {
    /// Refuses text that is too long, blank where something is needed, or holds what no such text may hold.
    ///
    /// - Parameters:
    ///   - length: in UTF-16 units, as the site counts; a minimum of 1 also refuses white space alone.
    ///   - hasLines: whether line ends and tabs may be in it.
    /// - Throws: ``TaskSequenceError`` `.badRequest`.
    static func text(
        _ text: String, _ field: RequestField, length: ClosedRange<Int>, hasLines: Bool = false
    ) throws(TaskSequenceError) {
        let count = text.utf16.count
        if length.lowerBound > 0, text.allSatisfy(\.isWhitespace) {
            throw .badRequest(field, "is blank", "give \(length.lowerBound) to \(length.upperBound) characters")
        }
        guard length.contains(count) else {
            throw .badRequest(
                field, "has \(count) characters",
                length.lowerBound == 0
                    ? "give at most \(length.upperBound)" : "give \(length.lowerBound) to \(length.upperBound)")
        }
        try characters(text, field, hasLines: hasLines)
    }

    /// Refuses control characters, and what XML cannot carry.
    static func characters(_ text: String, _ field: RequestField, hasLines: Bool = false) throws(TaskSequenceError) {
        let isHarmless = text.unicodeScalars.allSatisfy { scalar in
            if hasLines, scalar == "\n" || scalar == "\r" || scalar == "\t" { return true }
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: return false
            default: return true
            }
        }
        guard isHarmless, XMLText.firstForbiddenCharacter(in: text) == nil else {
            throw .badRequest(
                field, "holds control characters", hasLines ? "give plain text" : "give one line of plain text")
        }
    }

    /// The package ID that `text` spells, in upper case.
    ///
    /// Eight ASCII letters and digits: the same rule as `PackageID` of the content library, which stands on the same
    /// floor and cannot be asked.
    static func packageID(_ text: String, _ field: RequestField) throws(TaskSequenceError) -> String {
        guard text.utf8.count == 8, text.utf8.allSatisfy(\.isASCIILetterOrDigit) else {
            try characters(text, field)
            let shown = text.utf8.count <= 64 ? "'\(text)' " : ""
            throw .badRequest(field, "\(shown)is not a package ID", "write it as ABC00001")
        }
        guard text != ReferenceProperty.noneChosen else {
            throw .badRequest(field, "'\(text)' stands for no package at all", "name a package, as ABC00001")
        }
        return text.uppercased()
    }

    /// Refuses what is neither `domain\user` nor `%variable%`.
    static func account(_ text: String, _ field: RequestField) throws(TaskSequenceError) {
        try characters(text, field)
        let parts = text.split(separator: "\\", omittingEmptySubsequences: false)
        let isAccount = parts.count == 2 && parts.allSatisfy { !$0.allSatisfy(\.isWhitespace) }
        guard isAccount || isVariable(text) else {
            throw .badRequest(
                field, "is no account", #"write it as DOMAIN\USER, or as %VARIABLE% of the task sequence"#)
        }
    }

    /// True for `%name%`.
    static func isVariable(_ text: String) -> Bool {
        let name = text.dropFirst().dropLast()
        return text.hasPrefix("%") && text.hasSuffix("%") && !name.isEmpty
            && !name.contains { $0 == "%" || $0.isWhitespace }
    }
}
