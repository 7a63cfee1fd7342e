// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import MediaBuilder
import SequenceTools
import Support
import TaskSequence

/// What `sequence references` reports.
struct ReferencesReport: Encodable {
    /// Why something is needed.
    struct Need: Encodable {
        let kind: String
        var taskSequence: NamedSequence?
        var path: [String]?
        var stepType: String?
        var property: String?
        var line: Int?
        var dependent: String?
        private var text = ""

        private enum CodingKeys: String, CodingKey {
            case kind, taskSequence, path, stepType, property, line, dependent
        }

        init(_ need: RequiredContent.Need) {
            text = need.description
            switch need {
            case .step(let use):
                kind = "step"
                taskSequence = NamedSequence(id: use.taskSequenceID, name: use.taskSequenceName)
                path = use.path
                stepType = use.stepType
                property = use.property
                line = use.location.line
            case .dependency(let name):
                kind = "dependency"
                dependent = name
            case .request: kind = "request"
            case .bootImage(let name):
                kind = "boot-image"
                taskSequence = NamedSequence(id: nil, name: name)
            }
        }

        /// The need in words; the task sequence is named when it is not the root.
        func words(root: String) -> String {
            guard kind == "step", taskSequence?.name == root, let path, let property else { return text }
            return "\(path.joined(separator: " / ")) (\(property))"
        }
    }

    /// A package or application.
    struct Item: Encodable {
        let type: String
        let id: String
        let packageId: String?
        let name: String?
        let version: String?
        let status: String
        let location: String?
        let contentIds: [String]
        let size: Int64?
        let problem: DiagnosticText?
        let neededBy: [Need]

        init(_ item: RequiredContent.Item, _ availability: ContentAvailability?) {
            type =
                switch item.kind {
                case .package(let type): type.rawValue
                case .application: "application"
                case .unknown: "unknown"
                }
            id = item.identifier
            packageId = item.packageID
            name = item.name
            version = item.version
            neededBy = item.needs.map(Need.init)
            switch availability {
            case nil where !item.isResolved:
                (status, location, contentIds, size) = ("missing", nil, item.contents, nil)
                problem = "its package is not known"
            case nil where item.packageID == nil, .noContent:
                (status, location, contentIds, size, problem) = ("noContent", nil, [], nil, nil)
            case nil: (status, location, contentIds, size, problem) = ("notChecked", nil, item.contents, nil, nil)
            case .found(let place, let found, let byteCount):
                (status, location, size, problem) = ("found", place, byteCount, nil)
                contentIds = found.map(\.description)
            case .incomplete(let place, let missing):
                (status, location, contentIds, size) = ("incomplete", place, item.contents, nil)
                problem = "lacks the content \(missing.joined(separator: ", "))"
            case .missing(let text):
                (status, location, contentIds, size, problem) = ("missing", nil, item.contents, nil, text)
            }
        }

        /// True when media cannot be made for want of it.
        var isMissing: Bool { status == "missing" || status == "incomplete" }
    }

    /// A task sequence with what its written reference list says otherwise than its steps.
    struct TaskSequence: Encodable {
        struct Difference: Encodable {
            let missing: [String]
            let superfluous: [String]
        }

        let id: String?
        let name: String
        let referenceListDifference: Difference?

        init(_ package: TaskSequencePackage) {
            id = package.packageID
            name = package.name
            // MDT's files have no list that could differ.
            let difference = package.format == .deploymentToolkit ? nil : package.referenceListDifference()
            referenceListDifference = difference.map {
                Difference(
                    missing: $0.missing.map(\.identifier), superfluous: $0.superfluous.map(\.identifier))
            }
        }
    }

    /// Something that is wrong.
    struct Problem: Encodable {
        let code: String
        let severity: String
        let object: String
        let problem: String
        let nextStep: DiagnosticText
        let neededBy: [Need]

        init(_ problem: RequiredContent.Problem) {
            code = problem.code.rawValue
            severity = problem.isError ? "error" : "warning"
            object = problem.object
            self.problem = problem.problem
            nextStep = problem.nextStep
            neededBy = problem.needs.map(Need.init)
        }

        var isError: Bool { severity == "error" }
        var text: DiagnosticText {
            let why = neededBy.first.map { " (needed by \($0.words(root: "")))" } ?? ""
            return "\(object) \(problem)\(why); \(nextStep)"
        }
    }

    let file: String
    let taskSequence: TaskSequence
    let children: [TaskSequence]
    let bootImage: Item?
    let items: [Item]
    let problems: [Problem]
    /// What keeps media from being made, by ID or name.
    let missing: [String]

    init(
        file: String, _ root: TaskSequencePackage, _ required: RequiredContent,
        availability: (RequiredContent.Item) throws -> ContentAvailability?
    ) throws {
        self.file = file
        taskSequence = TaskSequence(root)
        children = required.taskSequences.dropFirst().map(TaskSequence.init)
        bootImage = try required.bootImage.map { Item($0, try availability($0)) }
        items = try required.items.map { Item($0, try availability($0)) }
        problems = required.problems.map(Problem.init)
        missing =
            ([bootImage].compactMap(\.self) + items).filter(\.isMissing).map { $0.packageId ?? $0.id }
            + problems.filter { $0.isError && $0.code != "applicationUnresolved" }.map(\.object)
    }

    /// The report in words.
    var lines: [String] {
        var lines = ["task sequence \(title(taskSequence))"]
        for child in children { lines.append("  runs \(title(child))") }
        if let bootImage {
            lines += ["", "boot image"] + self.lines(bootImage)
        } else {
            lines += ["", "no boot image: add --boot-image when making media"]
        }
        lines += [
            "", items.isEmpty ? "no packages or applications" : "packages and applications, in order of first use",
        ]
        for item in items { lines += self.lines(item) }
        for sequence in [taskSequence] + children {
            guard let difference = sequence.referenceListDifference else { continue }
            lines += ["", "the written reference list of \(title(sequence)) differs from what its steps need"]
            if difference.missing.isEmpty, difference.superfluous.isEmpty { lines.append("  in its order") }
            lines += difference.missing.map { "  lacks \($0)" } + difference.superfluous.map { "  has in vain \($0)" }
        }
        return lines.map(\.onOneLine)
    }

    private func title(_ sequence: TaskSequence) -> String {
        "\(sequence.id.map { "\($0) " } ?? "")'\(sequence.name)'"
    }

    private func lines(_ item: Item) -> [String] {
        let type = item.type == "unknown" ? "" : "  \(item.type)"
        let name = item.name.map { "  '\($0)'\(item.version.map { " \($0)" } ?? "")" } ?? ""
        let state: String =
            switch item.status {
            case "found": "  found on \(item.location ?? ""), \(Amounts.bytes(item.size ?? 0))"
            case "missing", "incomplete": "  MISSING: \(item.problem?.withOptions ?? "")"
            case "noContent": "  without content"
            default: ""
            }
        return ["  \(item.packageId ?? item.id)\(type)\(name)\(state)"]
            + item.neededBy.map { "    needed by \($0.words(root: taskSequence.name))" }
    }
}
