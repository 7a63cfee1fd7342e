// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Gathers needed content: each package and application once, with every reason.
struct RequiredContentCollector {
    private typealias Need = RequiredContent.Need

    private let closure: ContentClosure
    private let catalog: SiteCatalog?
    private let includesApplicationDependencies: Bool
    private let described: [String: TaskSequencePackage.DescribedReference]
    private let exportedPackages: [String: String]
    private var indices: [String: Int] = [:]
    private(set) var items: [RequiredContent.Item] = []
    private(set) var problems: [RequiredContent.Problem] = []
    private var reported: Set<[String]> = []

    init(_ closure: ContentClosure, catalog: SiteCatalog?, request: RequiredContent.Request) {
        self.closure = closure
        self.catalog = catalog
        includesApplicationDependencies = request.includesApplicationDependencies
        exportedPackages = closure.taskSequences.reduce(into: [:]) { packages, sequence in
            packages.merge(sequence.applicationPackages) { first, _ in first }
        }
        described = Dictionary(
            closure.taskSequences.flatMap(\.describedReferences).map { ($0.packageID.uppercased(), $0) }
        ) { first, _ in first }
    }

    /// Gathers everything.
    mutating func collect(_ request: RequiredContent.Request) {
        for child in closure.unresolvedChildren {
            report(
                .childMissing, "child task sequence \(child.packageID)", "is not in the file",
                "export the task sequence together with its dependencies", child.uses.map(Need.step))
        }
        for reference in closure.references {
            let needs = reference.uses.map(Need.step)
            switch reference.kind {
            case .package(let id), .taskSequence(let id): addPackage(id, needs)
            case .application(let name, let packageID): addApplication(name, packageID: packageID, needs)
            }
        }
        for id in request.packages { addPackage(id, [.request]) }
        for text in request.applications { addRequested(text) }
        if !includesApplicationDependencies { checkDependencies() }
        checkSupersedence()
    }

    /// The boot image that `root` starts from.
    mutating func bootImage(of root: TaskSequencePackage) -> RequiredContent.Item? {
        guard let id = root.bootImageID, !id.isEmpty, id != ReferenceProperty.noneChosen else { return nil }
        let needs = [Need.bootImage(taskSequence: root.name)]
        guard checked(id, needs) else { return nil }
        return package(id, needs, type: .bootImage)
    }

    // MARK: Packages

    /// Adds a package, before it the packages whose programs must run before its own.
    private mutating func addPackage(_ id: String, _ needs: [RequiredContent.Need]) {
        if let index = indices[id.uppercased()] { return items[index].needs.append(contentsOf: needs) }
        guard checked(id, needs) else { return }
        // A list instead of the stack: a chain is as long as the catalog at most, and a circle ends where it began.
        var visits = [(item: package(id, needs, type: nil), rest: (catalog?.package(id)?.dependencies ?? [])[...])]
        var entered: Set<String> = [id.uppercased()]
        while var visit = visits.popLast() {
            guard let next = visit.rest.popFirst() else {
                append(visit.item, keys: [visit.item.identifier])
                continue
            }
            visits.append(visit)
            let need = Need.dependency(of: visit.item.title)
            if let index = indices[next.uppercased()] {
                items[index].needs.append(need)
            } else if entered.insert(next.uppercased()).inserted {
                visits.append((package(next, [need], type: nil), (catalog?.package(next)?.dependencies ?? [])[...]))
            }
        }
    }

    private func package(
        _ id: String, _ needs: [RequiredContent.Need], type: SiteCatalog.PackageType?
    ) -> RequiredContent.Item {
        let known = catalog?.package(id)
        let exported = described[id.uppercased()]
        let kind = known?.type ?? exported.flatMap { SiteCatalog.PackageType(number: $0.packageType) } ?? type
        return RequiredContent.Item(
            kind: kind.map(RequiredContent.Kind.package) ?? .unknown, identifier: id.uppercased(),
            packageID: id.uppercased(), name: known?.name ?? exported?.name.nonEmpty,
            version: known?.version ?? exported?.version.nonEmpty, contents: known?.contents ?? [], needs: needs)
    }

    private mutating func checked(_ id: String, _ needs: [RequiredContent.Need]) -> Bool {
        if id.isPackageID { return true }
        report(
            .malformedIdentifier, "package ID '\(id)'", "is not one",
            "correct the task sequence in the console and export it again", needs)
        return false
    }

    // MARK: Applications

    /// Adds the application that a step names by its model name.
    private mutating func addApplication(_ modelName: String, packageID: String?, _ needs: [RequiredContent.Need]) {
        // The catalog may know the application by another model name, when it was made anew at another site.
        let named = matches(modelName)
        let known = named.isEmpty ? packageID.map(matches) ?? named : named
        if let application = known.first, known.count == 1 {
            add(application, needs)
            indices[modelName.lowercased()] = index(of: application)
            return
        }
        if let index = indices[modelName.lowercased()] { return items[index].needs.append(contentsOf: needs) }
        guard let packageID else {
            append(
                RequiredContent.Item(
                    kind: .application, identifier: modelName, packageID: nil, isResolved: false, name: nil,
                    version: nil, contents: [], needs: needs), keys: [modelName.lowercased()])
            return report(
                .applicationUnresolved, "application \(modelName)", "has no package ID in the task sequence's file",
                catalog == nil
                    ? "export the task sequence together with its dependencies, or add \(.catalog)"
                    : "add the application to the catalog", needs)
        }
        let key = packageID.uppercased()
        if let index = indices[key] { return items[index].needs.append(contentsOf: needs) }
        guard checked(packageID, needs) else { return }
        append(
            RequiredContent.Item(
                kind: .application, identifier: modelName, packageID: key, name: described[key]?.name.nonEmpty,
                version: described[key]?.version.nonEmpty, contents: [], needs: needs),
            keys: [key, modelName.lowercased()])
    }

    /// Adds an application of the catalog, before it what it depends on.
    private mutating func add(_ application: SiteCatalog.Application, _ needs: [RequiredContent.Need]) {
        if let index = index(of: application) { return items[index].needs.append(contentsOf: needs) }
        // As for packages: a list instead of the stack.
        var visits = [(application: application, needs: needs, rest: application.dependencies[...])]
        var entered: Set<String> = [application.modelName]
        while var visit = visits.popLast() {
            guard let next = visit.rest.popFirst() else {
                append(visit.application, visit.needs)
                continue
            }
            visits.append(visit)
            guard let found = find(next, of: visit.application, visit.needs) else { continue }
            let need = Need.dependency(of: "application '\(visit.application.name)'")
            if let index = index(of: found) {
                items[index].needs.append(need)
            } else if entered.insert(found.modelName).inserted {
                visits.append((found, [need], found.dependencies[...]))
            }
        }
    }

    private mutating func append(_ application: SiteCatalog.Application, _ needs: [RequiredContent.Need]) {
        let packageID = packageID(of: application)
        append(
            RequiredContent.Item(
                kind: .application, identifier: application.modelName, packageID: packageID, name: application.name,
                version: application.version, contents: application.contents, needs: needs),
            keys: [application.modelName.lowercased()] + (packageID.map { [$0] } ?? []))
    }

    private func index(of application: SiteCatalog.Application) -> Int? {
        indices[application.modelName.lowercased()] ?? packageID(of: application).flatMap { indices[$0] }
    }

    /// What the export says counts more than the catalog, which may be older.
    private func packageID(of application: SiteCatalog.Application) -> String? {
        exportedPackages[application.modelName]?.uppercased() ?? application.packageID
    }

    /// The application that `dependency` names, if it is to be added.
    private mutating func find(
        _ dependency: String, of dependent: SiteCatalog.Application, _ needs: [RequiredContent.Need]
    ) -> SiteCatalog.Application? {
        // What is left out is reported in the end: it may be there for another reason.
        guard includesApplicationDependencies else { return nil }
        let found = matches(dependency)
        guard let application = found.first, found.count == 1 else {
            report(
                .dependencyMissing, "application '\(dependent.name)'",
                "depends on '\(dependency)', "
                    + (found.isEmpty ? "which is not in the catalog" : "a name of \(found.count) applications"),
                found.isEmpty ? "add it to the catalog" : "name it by its model name in the catalog", needs)
            return nil
        }
        return application
    }

    private mutating func addRequested(_ text: String) {
        let found = matches(text)
        switch found.count {
        case 1: for application in found { add(application, [.request]) }
        case 0:
            if let packageID = exportedPackages[text] ?? (text.isPackageID ? text : nil) {
                addApplication(text, packageID: packageID, [.request])
            } else {
                report(
                    .applicationUnknown, "application '\(text)'",
                    catalog == nil ? "cannot be looked up by name without a catalog" : "is not in the catalog",
                    catalog == nil
                        ? "add \(.catalog), or give the package ID" : "add it to the catalog, or give its ID",
                    [.request])
            }
        default:
            report(
                .applicationUnknown, "application '\(text)'", "is the name of \(found.count) applications",
                "give one of \(found.prefix(5).map { $0.packageID ?? $0.modelName }.joined(separator: ", "))"
                    + (found.count > 5 ? ", ..." : ""), [.request])
        }
    }

    /// The applications of the catalog that `text` names; none without a catalog.
    private func matches(_ text: String) -> SiteCatalog.Matches { (catalog ?? Self.noCatalog).applications(text) }

    private static let noCatalog = SiteCatalog()

    /// Dependencies that are there for no other reason are left out.
    private mutating func checkDependencies() {
        for item in items where item.kind == .application {
            guard let application = matches(item.identifier).first else { continue }
            for dependency in application.dependencies {
                let found = matches(dependency)
                if let needed = found.first, found.count == 1, needed.packageID == nil || index(of: needed) != nil {
                    continue
                }
                report(
                    .dependencyLeftOut, "application '\(application.name)'",
                    "depends on '\(found.first?.name ?? dependency)', which is not included",
                    "add \(.includeApplicationDependencies)", item.needs, isError: false)
            }
        }
    }

    // MARK: Supersedence

    /// An application that replaces another one removes it first, which takes the other one's content
    /// (task-sequence.md section 3).
    private mutating func checkSupersedence() {
        guard let catalog else { return }
        for item in items where item.kind == .application {
            guard let application = catalog.applications(item.identifier).first else { continue }
            let newer = catalog.applications(superseding: application)
            if !newer.isEmpty {
                report(
                    .superseded, item.title,
                    "is superseded by " + newer.prefix(5).map { "'\($0.name)'" }.joined(separator: ", ")
                        + (newer.count > 5 ? ", ..." : ""),
                    "let the task sequence install that instead", item.needs, isError: false)
            }
            for name in application.supersedes {
                let found = catalog.applications(name)
                guard let old = found.first, found.count == 1 else {
                    report(
                        .supersededContentMissing, item.title,
                        "supersedes '\(name)', "
                            + (found.isEmpty ? "which is not in the catalog" : "a name of \(found.count) applications")
                            + ": it fails where that is installed",
                        found.isEmpty
                            ? "add it to the catalog and to the media" : "name it by its model name in the catalog",
                        item.needs, isError: false)
                    continue
                }
                // What has no content cannot be missing.
                guard old.packageID != nil, index(of: old) == nil else { continue }
                report(
                    .supersededContentMissing, item.title,
                    "supersedes '\(old.name)', whose content is not included: it fails where that is installed",
                    "add \(.application, old.packageID ?? old.modelName)", item.needs, isError: false)
            }
        }
    }

    // MARK: Lists

    private mutating func append(_ item: RequiredContent.Item, keys: [String]) {
        for key in keys { indices[key] = items.count }
        items.append(item)
    }

    private mutating func report(
        _ code: RequiredContent.Problem.Code, _ object: String, _ problem: String, _ nextStep: DiagnosticText,
        _ needs: [RequiredContent.Need], isError: Bool = true
    ) {
        guard reported.insert([code.rawValue, object, problem]).inserted else { return }
        problems.append(
            RequiredContent.Problem(
                code: code, isError: isError, object: object, problem: problem, nextStep: nextStep, needs: needs))
    }
}

extension String {
    /// The text, or nil when it is empty.
    var nonEmpty: String? { isEmpty ? nil : self }
}
