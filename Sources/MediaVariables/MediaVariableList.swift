// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support

/// The media variables: the content of Variables.dat (media.md section 1, MediaVarList).
///
/// Ordered; names are compared without case and keep the spelling of whoever set them first.
public struct MediaVariableList: Sendable, Equatable {
    /// One variable.
    public struct Variable: Sendable, Equatable {
        /// The name as spelt.
        public let name: String
        /// The value.
        public fileprivate(set) var value: String
    }

    /// The Version attribute that we write [I: the value of the one list seen].
    public static let defaultVersion = "4.00.5345.0000"

    /// The Version attribute of the list.
    public let version: String
    /// The variables in order.
    public private(set) var variables: [Variable] = []
    private var indices: [CaseFoldedName: Int] = [:]

    /// An empty list.
    public init(version: String = defaultVersion) { self.version = version }

    /// Reads a list from UTF-16LE, with or without byte order mark and trailing NUL characters.
    ///
    /// When a name occurs twice, in any case, the later value counts.
    ///
    /// - Parameters:
    ///   - name: the file, for messages.
    /// - Throws: ``MediaVariablesError`` `.malformed`.
    public init(xml bytes: [UInt8], name source: String = "the variable list") throws(MediaVariablesError) {
        let root = try PlaintextXML.read(bytes, source: source)
        guard root.name == "MediaVarList" else {
            throw .malformed(DiagnosticText(source), "holds <\(root.name)> where <MediaVarList> belongs")
        }
        self.init(version: root[attribute: "Version"] ?? Self.defaultVersion)
        for element in root.elements where element.name == "var" {
            guard let name = element[attribute: "name"], !name.isEmpty else {
                throw .malformed("\(source):\(element.location):", "has a variable without a name")
            }
            store(element.text, as: name)
        }
    }

    /// The value of the variable `name`, in any case, or nil.
    public subscript(name: String) -> String? { indices[Self.key(name)].map { variables[$0].value } }

    /// Sets a variable; one that exists in any case keeps its place and its spelling.
    ///
    /// - Throws: ``MediaVariablesError`` `.name` or `.value` for what XML 1.0 or a task sequence cannot hold.
    public mutating func set(_ name: String, to value: String) throws(MediaVariablesError) {
        try Self.check(name: name)
        if let bad = XMLText.firstForbiddenCharacter(in: value) {
            throw MediaVariablesError(
                .value, "variable \(name)",
                "has a value with the character \(bad.escaped(asASCII: true)), which XML 1.0 cannot carry",
                nextStep: "remove the character")
        }
        store(value, as: name)
    }

    /// Removes the variable `name`, in any case.
    public mutating func remove(_ name: String) {
        guard let index = indices[Self.key(name)] else { return }
        variables.remove(at: index)
        indices = [:]
        for (index, variable) in variables.enumerated() { indices[Self.key(variable.name)] = index }
    }

    /// Sets every variable of `other` here, in its order.
    public mutating func merge(_ other: MediaVariableList) {
        for variable in other.variables { store(variable.value, as: variable.name) }
    }

    /// The list as UTF-16LE without a byte order mark: the plaintext of Variables.dat.
    public func encoded() -> [UInt8] {
        var writer = XMLWriter()
        writer.raw("<?xml version=\"1.0\"?>")
        writer.startTag("MediaVarList", [XMLAttribute("Version", version)])
        for variable in variables {
            writer.startTag("var", [XMLAttribute("name", variable.name)])
            writer.cdata(variable.value)
            writer.endTag("var")
        }
        writer.endTag("MediaVarList")
        return Text.encodeUTF16LittleEndian(String(decoding: writer.bytes, as: UTF8.self))
    }

    /// Two lists are equal when they have the same variables, spelt the same, in the same order.
    public static func == (left: MediaVariableList, right: MediaVariableList) -> Bool {
        left.version == right.version && left.variables == right.variables
    }

    /// Checks that `name` can name a variable.
    ///
    /// - Throws: ``MediaVariablesError`` `.name`.
    public static func check(name: String) throws(MediaVariablesError) {
        func refused(_ problem: DiagnosticText) -> MediaVariablesError {
            MediaVariablesError(.name, "variable name '\(name)'", problem, nextStep: "choose another name")
        }
        guard !name.isEmpty else { throw refused("is empty") }
        guard name.utf16.count <= maximumNameLength else {
            throw MediaVariablesError(
                .name, "variable name '\(name.prefix(40))...'", "is longer than \(maximumNameLength) characters",
                nextStep: "choose another name")
        }
        if let bad = name.unicodeScalars.first(where: { $0.value < 0x20 || $0.value == 0x7F })
            ?? XMLText.firstForbiddenCharacter(in: name)
        {
            throw refused("contains the character \(bad.escaped(asASCII: true))")
        }
        guard name.first?.isWhitespace == false, name.last?.isWhitespace == false else {
            throw refused("begins or ends with a space")
        }
        // "%NAME%" is how a task sequence uses a variable, "NAME=VALUE" how it is given to us.
        guard !name.contains("%"), !name.contains("=") else { throw refused("contains '%' or '='") }
    }

    /// UTF-16 units a name may have; ours, as no limit is documented.
    private static let maximumNameLength = 255

    private static func key(_ name: String) -> CaseFoldedName { name.caseFolded }

    private mutating func store(_ value: String, as name: String) {
        if let index = indices[Self.key(name)] {
            variables[index].value = value
        } else {
            indices[Self.key(name)] = variables.count
            variables.append(Variable(name: name, value: value))
        }
    }
}

/// The decrypted text of a container.
enum PlaintextXML {
    /// Reads UTF-16LE text, with or without byte order mark and trailing NUL characters.
    static func read(_ bytes: [UInt8], source: String) throws(MediaVariablesError) -> XMLElement {
        var body = bytes.starts(with: [0xFF, 0xFE]) ? bytes[2...] : bytes[...]
        while body.count >= 2, body.suffix(2).elementsEqual([0, 0]) { body.removeLast(2) }
        guard let text = Text.decodeUTF16LittleEndian(body) else {
            throw .malformed(DiagnosticText(source), "does not hold UTF-16 text")
        }
        do throws(MarkupError) {
            return try XMLReader.read(text, source: source).root
        } catch {
            throw .malformed(error)
        }
    }
}
