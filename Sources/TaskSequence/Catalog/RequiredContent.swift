// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Everything that media with a task sequence needs, named, with the reasons and with what is missing.
///
/// This is the one closure: `sequence references` prints it and `create` builds from it. What content libraries hold
/// is not asked here.
public struct RequiredContent: Sendable {
    /// What is asked for beyond what the task sequence itself names.
    public struct Request: Sendable {
        /// Applications by name, model name or package ID.
        public var applications: [String]
        /// Packages and driver packages by package ID.
        public var packages: [String]
        /// Whether the applications that needed applications depend on are needed too.
        public var includesApplicationDependencies: Bool

        /// Asks for nothing more, unless told otherwise.
        public init(
            applications: [String] = [], packages: [String] = [], includesApplicationDependencies: Bool = false
        ) {
            self.applications = applications
            self.packages = packages
            self.includesApplicationDependencies = includesApplicationDependencies
        }
    }

    /// Why something is needed.
    public enum Need: Sendable, Equatable {
        /// A step names it.
        case step(ReferenceUse)
        /// An application or package that is needed depends on it.
        case dependency(of: String)
        /// It was asked for beside the task sequence.
        case request
        /// The task sequence starts from it.
        case bootImage(taskSequence: String)
    }

    /// What something is.
    public enum Kind: Sendable, Equatable {
        /// A package whose type the catalog or the export tells.
        case package(SiteCatalog.PackageType)
        /// An application.
        case application
        /// A package of whatever type.
        case unknown
    }

    /// A needed package or application.
    public struct Item: Sendable, Equatable {
        /// What it is.
        public let kind: Kind
        /// The package ID, or for an application the model name.
        public let identifier: String
        /// The package that holds its content, in upper case; nil when it has none or it is not known.
        public let packageID: String?
        /// False for an application whose package is not known.
        public var isResolved = true
        /// The name, when the catalog or the export tells it.
        public let name: String?
        /// The version in words, when the catalog or the export tells it.
        public let version: String?
        /// The contents that the catalog lists.
        public let contents: [String]
        /// Why it is needed; never empty.
        public internal(set) var needs: [Need]

        /// Name and identifier, for messages.
        public var title: String {
            let noun = kind == .application ? "application" : "package"
            guard let name, !name.isEmpty else { return "\(noun) \(packageID ?? identifier)" }
            return "\(noun) \(packageID ?? identifier) '\(name)'"
        }
    }

    /// Something that keeps the media from being made, or from working.
    public struct Problem: Sendable, Equatable {
        /// The kind of problem.
        public enum Code: String, Sendable {
            /// A child task sequence is not in the file.
            case childMissing
            /// The package of an application is not known.
            case applicationUnresolved
            /// An identifier cannot be a package ID.
            case malformedIdentifier
            /// An application that was asked for is not known, or several have the name.
            case applicationUnknown
            /// A dependency is not in the catalog, or several have the name.
            case dependencyMissing
            /// A dependency was not asked for and will not be there.
            case dependencyLeftOut
            /// A needed application is superseded by another one.
            case superseded
            /// A needed application supersedes one whose content will not be there.
            case supersededContentMissing
        }

        /// The kind of problem.
        public let code: Code
        /// True when no media can be made.
        public let isError: Bool
        /// What it is about.
        public let object: String
        /// What is wrong.
        public let problem: String
        /// What to do.
        public let nextStep: DiagnosticText
        /// What leads there.
        public let needs: [Need]
    }

    /// The root and its children, each once, in the order in which they are met; none without a root.
    public let taskSequences: [TaskSequencePackage]
    /// The boot image of the root, or nil when it has none.
    public let bootImage: Item?
    /// Packages and applications in the order in which the task sequence first meets them, a dependency before what
    /// needs it; then what was asked for.
    public let items: [Item]
    /// What is wrong, errors first.
    public let problems: [Problem]

    /// Computes what `root` needs.
    ///
    /// - Parameters:
    ///   - root: the task sequence; nil when only what is asked for is needed.
    ///   - catalog: what the site says about packages and applications, if anything.
    ///   - request: what else is asked for.
    public init(of root: TaskSequencePackage?, catalog: SiteCatalog? = nil, request: Request = Request()) {
        let closure = root?.closure() ?? ContentClosure()
        var collector = RequiredContentCollector(closure, catalog: catalog, request: request)
        collector.collect(request)
        taskSequences = closure.taskSequences
        bootImage = root.flatMap { collector.bootImage(of: $0) }
        items = collector.items
        problems = collector.problems.filter(\.isError) + collector.problems.filter { !$0.isError }
    }
}

extension RequiredContent.Need {
    /// The need in words, as the end of "needed by ...".
    public var description: String {
        switch self {
        case .step(let use): "step '\(use.pathDescription)' of task sequence '\(use.taskSequenceName)'"
        case .dependency(let name): "\(name), which depends on it"
        case .request: "the request"
        case .bootImage(let name): "task sequence '\(name)' as its boot image"
        }
    }
}
