// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Markup
import Support

/// An answer file of Windows Setup (unattend.xml), made from nothing or from one of somebody else.
///
/// What is set replaces what the file says of the same; everything else of it stays as it is.
public struct AnswerFile: Sendable, Equatable {
    /// When Windows Setup reads a setting, of those passes that an applied image goes through.
    public enum Pass: String, Sendable {
        /// The computer gets its name, its network and its drivers.
        case specialize
        /// Before the first user.
        case oobeSystem
    }

    private static let namespace = "urn:schemas-microsoft-com:unattend"
    private static let changes = "http://schemas.microsoft.com/WMIConfig/2002/State"
    private static let changesPrefix = "xmlns:wcm"
    private static let instance = "http://www.w3.org/2001/XMLSchema-instance"
    /// What names the components of Windows (Windows' documentation, "Components": publicKeyToken and the rest).
    private static let publicKeyToken = "31bf3856ad364e35"

    private let architecture: Architecture
    private var root: XMLElement

    /// A file without settings, for Windows of this architecture.
    public init(architecture: Architecture) {
        self.architecture = architecture
        root = XMLElement("unattend", attributes: [XMLAttribute("xmlns", Self.namespace)])
    }

    /// The file in `bytes`.
    ///
    /// - Parameter source: what it is called in errors.
    /// - Throws: `MarkupError`, `.unexpected` when it is no answer file.
    public init(_ bytes: [UInt8], source: String, architecture: Architecture) throws(MarkupError) {
        let document = try XMLReader.read(bytes, source: source)
        guard document.root.localName.isExactly("unattend") else {
            throw MarkupError(
                .unexpected, source: source, location: document.root.location,
                problem: "is no answer file of Windows Setup: its root is not 'unattend'")
        }
        self.architecture = architecture
        root = document.root
    }

    /// The bytes of the file: UTF-8, lines end as Windows ends them.
    public var bytes: [UInt8] {
        var writer = XMLWriter(lineEnding: .carriageReturnLineFeed)
        writer.raw("<?xml version=\"1.0\" encoding=\"utf-8\"?>")
        writer.newline()
        writer.element(root.indented())
        writer.newline()
        return writer.bytes
    }

    /// What the setting at `path` of a component is; nil when there is none.
    public func value(_ path: [String], of component: String, in pass: Pass) -> String? {
        var element = root.children(named: "settings").first { $0[attribute: "pass"] == pass.rawValue }?
            .children(named: "component").first { isComponent($0, component) }
        for name in path { element = element?.children(named: name).first }
        return element?.text
    }

    /// Sets the setting at `path` of a component.
    public mutating func set(_ path: [String], of component: String, in pass: Pass, to value: String) {
        change(component, in: pass) { element in
            element.change(path) { $0.children = [.text(value)] }
        }
    }

    /// Removes what is at `path` of a component.
    public mutating func remove(_ path: [String], of component: String, in pass: Pass) {
        guard let name = path.last, value(path, of: component, in: pass) != nil else { return }
        change(component, in: pass) { element in
            element.change(Array(path.dropLast())) { parent in
                parent.children.removeAll { node in
                    if case .element(let child) = node { child.localName.isExactly(name) } else { false }
                }
            }
        }
    }

    /// Replaces each text of the file by what `body` makes of it.
    public mutating func mapTexts(_ body: (String) -> String) { root.mapTexts(body) }

    /// Adds `item` to the list at `path` of a component.
    mutating func add(_ item: XMLElement, to path: [String], of component: String, in pass: Pass) {
        // What says that the item is added has a prefix, which a file of somebody else may not declare.
        let isDeclared = root[attribute: Self.changesPrefix] != nil
        change(component, in: pass) { element in
            if !isDeclared, element[attribute: Self.changesPrefix] == nil {
                element.attributes.append(XMLAttribute(Self.changesPrefix, Self.changes))
            }
            let named = item.named(like: element)
            element.change(path) { $0.children.append(.element(named)) }
        }
    }

    /// The elements of the list at `path` of a component.
    func items(_ path: [String], of component: String, in pass: Pass) -> [XMLElement] {
        var elements = root.children(named: "settings").filter { $0[attribute: "pass"] == pass.rawValue }
            .flatMap { $0.children(named: "component").filter { isComponent($0, component) } }
        for name in path { elements = elements.flatMap { $0.children(named: name) } }
        return elements
    }

    // MARK: Parts

    private func isComponent(_ element: XMLElement, _ name: String) -> Bool {
        element[attribute: "name"] == name
            && element[attribute: "processorArchitecture"] == architecture.componentName
    }

    private mutating func change(_ component: String, in pass: Pass, _ body: (inout XMLElement) -> Void) {
        let file = self
        let settings = XMLElement(root.sibling("settings"), attributes: [XMLAttribute("pass", pass.rawValue)])
        root.change(
            where: { $0.localName.isExactly("settings") && $0[attribute: "pass"] == pass.rawValue }, else: settings
        ) { settings in
            let new = file.makeComponent(component, settings.sibling("component"))
            settings.change(
                where: { $0.localName.isExactly("component") && file.isComponent($0, component) }, else: new, body)
        }
    }

    private func makeComponent(_ name: String, _ element: String) -> XMLElement {
        XMLElement(
            element,
            attributes: [
                XMLAttribute("name", name), XMLAttribute("processorArchitecture", architecture.componentName),
                XMLAttribute("publicKeyToken", Self.publicKeyToken), XMLAttribute("language", "neutral"),
                XMLAttribute("versionScope", "nonSxS"), XMLAttribute(Self.changesPrefix, Self.changes),
                XMLAttribute("xmlns:xsi", Self.instance),
            ])
    }
}

extension Architecture {
    /// What components of Windows call the processor.
    var componentName: String {
        switch self {
        case .x86: "x86"
        case .x64: "amd64"
        case .arm64: "arm64"
        }
    }
}
