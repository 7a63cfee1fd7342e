// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support

/// Policies that a site handed over for stand-alone media, as Policy.xml has them: each with what assigns it, then those of the
/// settings of clients, which nothing assigns (docs/formats/site.md section 3).
///
/// What the site hands over stays as it is, but that the task sequence is plain. The element around them all and their order are
/// ours. Nothing is taken that the reader of policies does not understand.
public struct MediaPolicies: Sendable, Equatable {
    /// The document.
    public let text: String
    /// The task sequences, in their order: the one that runs first.
    public private(set) var taskSequences: [Policy.Instance] = []
    /// How many policies are assigned: those of task sequences.
    public private(set) var assignedCount = 0
    /// How many are not: those of the settings of clients.
    public private(set) var settingsCount = 0
    /// Which kinds of secret they hold, in words and without a value of any; sorted.
    public private(set) var secretKinds: [String] = []
    /// What is public of each: its ID and version.
    public private(set) var facts: [String] = []
    /// Whether all have IDs as ``Policy`` makes them, which no site does.
    public private(set) var areOurs = true

    private static let rootName = "MediaPolicies"
    private static let sequenceProperty = "TS_Sequence"
    /// Documents in documents; genuine ones have two.
    private static let depthLimit = 4

    /// Puts what a site handed over together.
    ///
    /// - Parameters:
    ///   - assigned: policies of task sequences, each with what assigns it.
    ///   - settings: policies of the settings of clients.
    ///   - id: the package ID of the task sequence that runs, whose policy comes first.
    ///   - source: who handed them over, for messages.
    /// - Throws: ``MediaVariablesError`` `.malformed` with what is wrong with them.
    public init(
        assigned: [(policy: String, assignment: String)], settings: [String], first id: String, source: String
    ) throws(MediaVariablesError) {
        var first: [String] = []
        var others: [String] = []
        for (number, (policy, assignment)) in assigned.enumerated() {
            let place = "policy \(number + 1) of \(source)"
            let plain = try Self.plain(policy, place)
            let pair = [plain.text, try Self.body(assignment, "the assignment of \(place)")]
            let holdsFirst = PolicyDocument(plain.root).instances.contains {
                $0.className.isExactly(Policy.className) && $0["PKG_PackageID"]?.caseFolded == id.caseFolded
            }
            if holdsFirst { first += pair } else { others += pair }
        }
        var rest: [String] = []
        for (number, text) in settings.enumerated() {
            rest.append(try Self.body(text, "client settings \(number + 1) of \(source)"))
        }
        let parts = (first + others + rest).joined(separator: "\r\n")
        try self.init(
            document: "<?xml version=\"1.0\"?><\(Self.rootName)>\r\n\(parts)\r\n</\(Self.rootName)>", source: source)
    }

    /// Reads what ``text`` has.
    ///
    /// - Parameter source: the file, for messages.
    /// - Throws: ``MediaVariablesError`` `.malformed` with what is wrong with it.
    public init(document text: String, source: String) throws(MediaVariablesError) {
        self.text = text
        let root = try Self.read(text, source)
        guard root.name.isExactly(Self.rootName) else {
            throw Self.wrong(source, "is no file of policies: its root is <\(root.name)>")
        }
        var policies: [(policy: XMLElement, isAssigned: Bool)] = []
        var seen: Set<CaseFoldedName> = []
        for element in root.elements {
            switch element.name {
            case "Policy":
                let id = try Self.identifier(element, source)
                guard seen.insert(id.caseFolded).inserted else {
                    throw Self.wrong(source, "holds policy \(id.onOneLine) twice")
                }
                policies.append((element, false))
                areOurs = areOurs && GUID(id)?.isCustom ?? false
                facts.append("policy \(id) \(element[attribute: "PolicyVersion"] ?? "")")
            case "PolicyAssignment":
                guard let last = policies.last, !last.isAssigned, let named = element.first("Policy") else {
                    throw Self.wrong(source, "holds an assignment that follows no policy of its own")
                }
                let (id, other) = (try Self.identifier(last.policy, source), try Self.identifier(named, source))
                guard id.isExactly(other), last.policy[attribute: "PolicyVersion"] == named[attribute: "PolicyVersion"]
                else {
                    throw Self.wrong(
                        source,
                        "assigns policy \(other.onOneLine) where policy \(id.onOneLine) stands: they are not aligned")
                }
                policies[policies.count - 1].isAssigned = true
            default: throw Self.wrong(source, "holds <\(element.name.onOneLine)>, which is no policy")
            }
        }
        for (policy, isAssigned) in policies { try add(policy, isAssigned, source) }
        secretKinds = PolicyDocument(root).secretKinds
        guard !taskSequences.isEmpty else {
            throw Self.wrong(source, "holds no task sequence (no instance of \(Policy.className))")
        }
    }

    /// Counts `policy`, and takes its task sequences.
    private mutating func add(
        _ policy: XMLElement, _ isAssigned: Bool, _ source: String
    ) throws(MediaVariablesError) {
        if isAssigned { assignedCount += 1 } else { settingsCount += 1 }
        let instances = PolicyDocument(policy).instances
        guard !instances.isEmpty else {
            throw Self.wrong(source, "holds a policy of which nothing can be read: it has no instance of a class")
        }
        let found = instances.filter { $0.className.isExactly(Policy.className) }
        guard !found.isEmpty else { return }
        guard isAssigned else { throw Self.wrong(source, "holds a task sequence that nothing assigns") }
        let places = Self.sequences(in: policy)
        guard places.count == found.count,
            places.allSatisfy({ !ObfuscatedText.isOne($0.text.trimming(\.isWhitespace).description) })
        else {
            throw Self.wrong(
                source,
                "holds a task sequence that is not plain, as stand-alone media has it: it is obfuscated or compressed")
        }
        for instance in found { taskSequences.append(try Policy.Instance(instance, source: source)) }
    }

    /// The document as UTF-16LE without a byte order mark: the plaintext of Policy.xml.
    public func encoded() -> [UInt8] { Text.encodeUTF16LittleEndian(text) }

    // MARK: Parts

    private static func wrong(_ source: String, _ problem: DiagnosticText) -> MediaVariablesError {
        MediaVariablesError(
            .malformed, DiagnosticText(source), problem,
            nextStep: "make the media with the policies of tsmedia: \(.policies, "own")")
    }

    private static func read(_ text: String, _ source: String) throws(MediaVariablesError) -> XMLElement {
        try document(text, source).root
    }

    private static func document(_ text: String, _ source: String) throws(MediaVariablesError) -> XMLDocument {
        do throws(MarkupError) {
            return try XMLReader.read(text, source: source)
        } catch {
            throw wrong(source, error.problem)
        }
    }

    private static func identifier(_ policy: XMLElement, _ source: String) throws(MediaVariablesError) -> String {
        guard let id = policy[attribute: "PolicyID"], !id.isEmpty, id.utf8.count <= 255 else {
            throw wrong(source, "holds a policy without a PolicyID")
        }
        return id
    }

    /// The text without what stands before the root alone: a byte order mark, the declaration, NUL characters.
    private static func body(_ text: String, _ source: String) throws(MediaVariablesError) -> String {
        var scalars = text.unicodeScalars[...]
        while let first = scalars.first, first == "\u{FEFF}" || first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last == "\0" || last.properties.isWhitespace { scalars.removeLast() }
        var rest = Array(String(scalars).utf8)[...]
        if rest.starts(with: "<?xml".utf8) {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { throw wrong(source, "is not XML") }
            rest = rest[(end + 1)...].drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        }
        let body = String(decoding: rest, as: UTF8.self)
        // By itself, so that nothing closes the element around it.
        _ = try read(body, source)
        return body
    }

    /// A policy with its task sequence in plain, and its root.
    private static func plain(
        _ text: String, _ source: String
    ) throws(MediaVariablesError) -> (text: String, root: XMLElement) {
        var body = try body(text, source)
        for _ in 0..<depthLimit {
            let document = try document(body, source)
            let root = document.root
            let isHidden =
                sequences(in: root).isEmpty
                && PolicyDocument(root).instances.contains { $0.className.isExactly(Policy.className) }
            guard isHidden else {
                let plain = try revealed(body, document, source)
                return (plain, try read(plain, source))
            }
            guard let inner = compressed(root).flatMap({ CompressedText.expand($0.text) }),
                let text = Text.decodeUTF16LittleEndian(inner.starts(with: [0xFF, 0xFE]) ? inner[2...] : inner[...])
            else { break }
            body = try Self.body(text, source)
        }
        throw wrong(source, "holds its task sequence in a form that cannot be made plain")
    }

    /// The one compressed text that `element` is.
    private static func compressed(_ element: XMLElement) -> XMLElement? {
        if element[attribute: "Compression"]?.lowercased() == "zlib" { return element }
        let inner = Array(element.elements)
        return inner.count == 1 ? compressed(inner[0]) : nil
    }

    /// The elements whose text is a task sequence.
    private static func sequences(in element: XMLElement) -> [XMLElement] {
        guard element.name == "instance", element[attribute: "class"]?.isExactly(Policy.className) == true else {
            return element.elements.flatMap { sequences(in: $0) }
        }
        return element.elements.compactMap { property in
            guard property.name == "property", property[attribute: "name"]?.isExactly(sequenceProperty) == true else {
                return nil
            }
            return property.first("value") ?? property
        }
    }

    /// The text with the task sequences in plain that are obfuscated.
    private static func revealed(
        _ body: String, _ document: XMLDocument, _ source: String
    ) throws(MediaVariablesError) -> String {
        var bytes = Array(body.utf8)
        // From the last to the first, so that places stay what they are.
        for element in sequences(in: document.root).reversed() {
            let stored = element.text.trimming(\.isWhitespace).description
            guard ObfuscatedText.isOne(stored) else { continue }
            let place = document.sourceText(of: element)
            guard element.name == "value", place.endIndex <= bytes.count, let plain = ObfuscatedText.reveal(stored),
                XMLText.firstForbiddenCharacter(in: plain) == nil
            else { throw wrong(source, "holds its task sequence in a form that cannot be made plain") }
            var writer = XMLWriter(lineEnding: .carriageReturnLineFeed)
            writer.startTag("value")
            writer.cdata(Policy.withLineFeeds(plain))
            writer.endTag("value")
            bytes.replaceSubrange(place.startIndex..<place.endIndex, with: writer.bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
