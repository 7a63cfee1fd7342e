// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import TaskSequence

/// What a task sequence needs, and the steps that need it, for a page.
struct ContentTable {
    /// A content.
    struct Row {
        /// Boot image, package, application or task sequence.
        let kind: String
        /// The package ID or the application's model name.
        let id: String
        /// The name, where the export tells it.
        let name: String?
        /// What people must know of it.
        let note: String?
        let uses: [Use]
    }

    /// A step that needs it.
    struct Use {
        /// The path for people.
        let path: String
        /// Where the step is on the page.
        let place: OutlinePlaces.Place?
        /// The property that names it.
        let property: String
    }

    let rows: [Row]

    init(_ outline: SequenceOutline, _ places: OutlinePlaces) {
        let package = outline.package
        let names = outline.contentNames
        func use(_ use: ReferenceUse) -> Use {
            let isOwn = use.taskSequenceID == package.packageID && use.taskSequenceName == package.name
            return Use(
                path: (isOwn ? "" : "\(use.taskSequenceName): ") + use.pathDescription,
                place: places.place(of: use), property: use.property)
        }
        var rows: [Row] = []
        if let bootImage = package.bootImageID {
            rows.append(
                Row(
                    kind: "boot image", id: bootImage, name: names[bootImage.uppercased()], note: nil,
                    uses: [Use(path: "the task sequence itself", place: nil, property: "BootImageID")]))
        }
        let closure = package.closure()
        for reference in closure.references {
            var kind = "package"
            var note: String?
            if case .application(_, let packageID) = reference.kind {
                kind = "application"
                note = packageID.map { "its package is \($0)" } ?? "its package is not known"
            }
            rows.append(
                Row(
                    kind: kind, id: reference.identifier,
                    name: reference.packageID.flatMap { names[$0.uppercased()] }, note: note,
                    uses: reference.uses.map(use)))
        }
        for child in package.ownReferences() {
            guard case .taskSequence(let id) = child.kind else { continue }
            let isFound = !closure.unresolvedChildren.contains { $0.packageID.uppercased() == id.uppercased() }
            rows.append(
                Row(
                    kind: "task sequence", id: id, name: names[id.uppercased()],
                    note: isFound ? nil : "it is not in this file", uses: child.uses.map(use)))
        }
        self.rows = rows
    }
}

/// Where the steps of all task sequences of a page are on it.
struct OutlinePlaces {
    /// A place.
    struct Place {
        /// The task sequence, counted from 1.
        let part: Int
        /// The step's number in it.
        let number: String
    }

    private struct Key: Hashable {
        let id: String?
        let name: String
        let location: XMLLocation
    }

    private var places: [Key: Place] = [:]

    init(_ outlines: [SequenceOutline]) {
        for (index, outline) in outlines.enumerated() {
            outline.forEach { item in
                let key = Key(id: outline.package.packageID, name: outline.package.name, location: item.location)
                places[key] = Place(part: index + 1, number: item.number)
            }
        }
    }

    /// Where the step of `use` is, if its task sequence is on the page.
    func place(of use: ReferenceUse) -> Place? {
        places[Key(id: use.taskSequenceID, name: use.taskSequenceName, location: use.location)]
    }
}
