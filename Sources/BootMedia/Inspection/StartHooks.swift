// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support

extension BootImage {
    /// What runs when Windows PE starts, by the files that say it.
    ///
    /// winpeshl.ini decides what is started, else startnet.cmd runs ("Winpeshl.ini Reference", "Wpeinit and Startnet.cmd",
    /// learn.microsoft.com); TsBootShell.ini is Configuration Manager's, its place in the image is inferred; wpeinit
    /// obeys an unattend.xml.
    func startHooks(_ warnings: inout [DiagnosticText]) -> [BootImageInspection.StartHook] {
        var hooks: [BootImageInspection.StartHook] = []
        func add(_ path: String, _ commands: [String]) {
            let kept = commands.prefix(Self.commandLimit).map { String($0.prefix(Self.commandCharacterLimit)) }
            hooks.append(BootImageInspection.StartHook(path: path, commands: kept))
        }
        if let text = text(of: Self.shellFile, &warnings) {
            add(Self.shellFile, Self.entries(text).map(Self.commandLine))
        }
        for path in shellSettings {
            if let text = text(of: path, &warnings) { add(path, Self.entries(text)) }
        }
        if let text = text(of: Self.startScript, &warnings) {
            add(Self.startScript, Self.lines(text).filter { !Self.isRemark($0) })
        }
        for path in Self.answerFiles {
            guard let bytes = bytes(of: path, limit: Self.answerFileByteLimit, &warnings) else { continue }
            do throws(MarkupError) {
                let document = try XMLReader.read(bytes, source: "\(path) in \(title)")
                var commands: [String] = []
                Self.collectCommands(document.root, into: &commands)
                add(path, commands)
            } catch {
                warnings.append(DiagnosticText(error))
                add(path, [])
            }
        }
        return hooks
    }

    private static let shellFile = "Windows/System32/winpeshl.ini"
    private static let startScript = "Windows/System32/startnet.cmd"
    private static let answerFiles = ["unattend.xml", "autounattend.xml", "Windows/System32/unattend.xml"]
    private static let answerFileByteLimit = 4 << 20
    private static let commandLimit = 200
    private static let commandCharacterLimit = 2_000

    /// Where TsBootShell.ini may lie [I].
    private var shellSettings: [String] {
        let folders = Set([architecture.clientFolder, "x64"]).sorted()
        return (folders.map { "sms/bin/\($0)" } + ["sms", "Windows/System32"]).map { "\($0)/TsBootShell.ini" }
    }

    private static func lines(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline)
            .map { String($0.trimming { $0.isWhitespace || $0 == "\u{0}" || $0 == "\u{1A}" }) }.filter { !$0.isEmpty }
    }

    /// The lines of an INI file that are neither sections nor remarks.
    private static func entries(_ text: String) -> [String] {
        lines(text).filter { !$0.hasPrefix("[") && !$0.hasPrefix(";") }
    }

    /// `program, options` of LaunchApps as the command that it is.
    private static func commandLine(_ entry: String) -> String {
        guard let comma = entry.firstIndex(of: ",") else { return entry }
        let options = entry[entry.index(after: comma)...].drop(while: \.isWhitespace)
        return "\(entry[..<comma]) \(options)"
    }

    private static func isRemark(_ line: String) -> Bool {
        let line = line.lowercased()
        return line.hasPrefix("::") || line == "rem" || line.hasPrefix("rem ") || line.hasPrefix("@rem ")
            || line == "@echo off"
    }

    /// The paths of RunSynchronousCommand and RunAsynchronousCommand, in order (Unattended Windows Setup Reference).
    private static func collectCommands(_ element: XMLElement, into commands: inout [String]) {
        guard commands.count < commandLimit else { return }
        if ["RunSynchronousCommand", "RunAsynchronousCommand"].contains(element.name.localName),
            let path = element.elements.first(where: { $0.name.localName == "Path" })?.text
        {
            commands.append(String(path.trimming(\.isWhitespace)))
        }
        for child in element.elements { collectCommands(child, into: &commands) }
    }
}

extension String {
    /// A name of XML without its prefix.
    fileprivate var localName: String { split(separator: ":").last.map(String.init) ?? self }
}
