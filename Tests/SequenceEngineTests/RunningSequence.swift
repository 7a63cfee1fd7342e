// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import MediaFormat
import Support
import SystemPackage
import TSMediaTestSupport
import TaskSequence

@testable import SequenceEngine

/// A task sequence that runs here, in a folder, and what its log says.
struct RunningSequence {
    let folder: TestFolder
    let session: EngineSession
    let sequence: SequenceDefinition
    let children: [(id: String, sequence: SequenceDefinition)]
    let actions: StepActions

    init(
        _ items: String, children: [(String, String)] = [], variables: [String: String] = [:],
        actions: StepActions = .standard,
        globals: String = "", mediaDrives: [FilePath] = [], interruption: Interruption = Interruption(),
        content: (_ media: FilePath) throws -> any ContentSource = {
            MediaContent(root: $0, type: .standalone, manifest: nil)
        }
    ) throws {
        folder = try TestFolder()
        self.actions = actions
        let computer = try DescribedComputer.latitude()
        try Folder.create(folder.path.appending("media"))
        session = EngineSession(
            computer: computer.computer,
            content: try content(folder.path.appending("media")),
            mediaRoot: folder.path.appending("media"), mediaDrives: mediaDrives,
            programs: Programs(workFolder: folder.path),
            log: EngineLog(path: folder.path.appending("smsts.log")), presenter: Presenter(terminals: [], port: nil),
            isUnattended: true, workFolder: folder.path, interruption: interruption)
        for (name, value) in variables { session.variables.set(name, to: value) }
        sequence = try Self.read(globals + items)
        self.children = try children.map { ($0.0, try Self.read($0.1)) }
    }

    private static func read(_ items: String) throws -> SequenceDefinition {
        try SequenceDefinition(
            XMLReader.read("<sequence version=\"3.10\">\(items)</sequence>", source: "test").root, source: "test")
    }

    /// Runs it, and returns whether it asked for a restart.
    func run() throws -> Bool { try end() != .ended }

    /// Runs it, and returns how it ended.
    func end() throws -> SequenceRunner.End {
        try SequenceRunner(session, sequence, children: children, actions: actions).run(sequence)
    }

    func findings() throws -> [PreflightFinding] {
        try Preflight(session, children: children, actions: actions).findings(sequence)
    }

    /// The texts of the log, in order.
    func trace() throws -> [String] {
        let text = String(decoding: try SmallFile.read(folder.path.appending("smsts.log")), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).compactMap { line in
            guard line.hasPrefix("<![LOG["), let end = line.range(of: "]LOG]!>") else { return nil }
            return String(line[line.index(line.startIndex, offsetBy: 7)..<end])
        }
    }

    /// A step of `type`.
    static func step(
        _ name: String, _ type: String, _ properties: [(String, String)] = [], condition: String = "",
        attributes: String = ""
    ) -> String {
        let list = properties.map {
            "<variable name=\"\($0.0)\" property=\"\($0.0)\" hidden=\"true\">\($0.1)</variable>"
        }.joined()
        return "<step type=\"SMS_TaskSequence_\(type)Action\" name=\"\(name)\" description=\"\" \(attributes)>"
            + (condition.isEmpty ? "" : "<condition>\(condition)</condition>")
            + "<action>x</action><defaultVarList>\(list)</defaultVarList></step>"
    }

    static func command(_ name: String, _ line: String, condition: String = "", attributes: String = "") -> String {
        step(name, "RunCommandLine", [("CommandLine", line)], condition: condition, attributes: attributes)
    }

    static func set(_ variable: String, _ value: String, condition: String = "", attributes: String = "") -> String {
        step(
            "Set \(variable)", "SetVariable", [("VariableName", variable), ("VariableValue", value)],
            condition: condition,
            attributes: attributes)
    }

    static func variable(_ name: String, _ comparison: String, _ value: String = "") -> String {
        "<expression type=\"SMS_TaskSequence_VariableConditionExpression\"><variable name=\"Operator\">\(comparison)</variable>"
            + "<variable name=\"Value\">\(value)</variable><variable name=\"Variable\">\(name)</variable></expression>"
    }
}

extension Substring {
    /// Where `text` begins first, in whole characters.
    fileprivate func range(of text: String) -> Substring.Index? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(text) { return index }
            index = self.index(after: index)
        }
        return nil
    }
}
