// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import BootMedia
import DiscBurning
import DistributionPoints
import DriveImage
import DriverPackages
import MediaBuilder
import MediaFormat
import MediaTrial
import OpenBootImage
import SequenceTools
import Servers
import Site
import Support
import SystemPackage
import TSMediaTestSupport
import TaskSequence
import Testing

@testable import tsmedia

@Suite("Fields and options")
struct OptionNamesTests {
    /// Every field that a library declares.
    private static let fields: [RequestField] =
        RequestField.ofOutput + RequestField.ofDrives + RequestField.ofPartitions + RequestField.ofBootFiles
        + RequestField.ofServers + RequestField.ofDistributionPoints + RequestField.ofTaskSequences
        + RequestField.ofNewSequences
        + RequestField.ofSites + RequestField.ofMedia + RequestField.ofDrivers + RequestField.ofReading
        + RequestField.ofBurning + RequestField.ofTrials + RequestField.ofOpenBootImages + RequestField.ofConfinement

    /// The commands whose options are fields.
    private static let commands = [
        ["create", "bootable"], ["create", "capture"], ["create", "standalone"], ["create", "prestaged"], ["update"],
        ["verify"], ["extract"],
        ["sequence", "new", "build-and-capture"], ["sequence", "lint"], ["sequence", "fetch"], ["burn"], ["write"],
        ["try"],
        ["bootimage", "build"],
    ]

    @Test("every field of a library is an option that the help of a command knows")
    func options() throws {
        var options: Set<String> = []
        for command in Self.commands {
            let help = try Program.succeed(BuiltProgram.tsmedia.string, command + ["--help"]).output
            options.formUnion(help.matches(of: /--[a-z][a-z0-9-]*/).map { String($0.output) })
        }
        #expect(options.contains("--media-size") && options.contains("--capture-path"))
        for field in Self.fields { #expect(options.contains(OptionNames.option(field)), "\(field.name)") }
        #expect(Set(Self.fields).count == Self.fields.count)
    }

    @Test(
        "each kind of media has the options that its groups say, and of the other groups none",
        arguments: MediaType.allCases)
    func groups(type: MediaType) throws {
        let name = try #require(Self.names[type])
        let help = try Program.succeed(BuiltProgram.tsmedia.string, ["create", name, "--help"]).output
        let options = Set(help.matches(of: /--[a-z][a-z0-9-]*/).map { String($0.output) })
        for group in MediaOptionGroup.allCases {
            for field in group.fields {
                #expect(
                    options.contains(OptionNames.option(field)) == type.optionGroups.contains(group),
                    "\(name): \(field.name)")
            }
        }
    }

    private static let names: [MediaType: String] = [
        .bootable: "bootable", .capture: "capture", .standalone: "standalone", .prestaged: "prestaged",
    ]

    @Test("the lists hold every field that is declared")
    func lists() throws {
        var declared: Set<String> = []
        for file in try Self.sources() where file.string.contains("/RequestField+") {
            declared.formUnion(
                try Self.lines(of: file).flatMap { $0.matches(of: /RequestField\("([^"]+)"\)/) }.map {
                    String($0.output.1)
                })
        }
        #expect(declared == Set(Self.fields.map(\.name)))
    }

    @Test(
        "a value stands as it is typed in a shell",
        arguments: [
            ("dynamic", "dynamic"), ("variable=Room1", "variable=Room1"), ("variable=Room 1", "'variable=Room 1'"),
            ("x'; rm -rf /", "'x'\\''; rm -rf /'"), ("$HOME", "'$HOME'"), ("", "''"),
        ])
    func values(value: String, typed: String) throws {
        #expect(OptionNames.option(.drop, value) == "--drop \(typed)")
        #expect(try Program.succeed("sh", ["-c", "printf %s \(typed)"]).output == value)
    }

    // MARK: Sources

    /// What looks like options and is something else: a style sheet, and the command line of mkntfs.
    private static let exempt = ["PageStyle.swift", "NTFSFormatter.swift"]

    @Test("no library spells an option: errors and warnings name fields")
    func libraries() throws {
        var spelled: [String] = []
        var seen = 0
        for file in try Self.sources() where !file.string.contains("/Sources/tsmedia/") {
            guard !Self.exempt.contains(file.lastComponent?.string ?? "") else { continue }
            seen += 1
            for (number, line) in try Self.lines(of: file).enumerated() {
                // Other programs' command lines, in advice.
                guard !line.drop(while: \.isWhitespace).hasPrefix("//"), !line.contains("wimlib-imagex") else {
                    continue
                }
                if Self.spellsOption(line) { spelled.append("\(file.string):\(number + 1): \(line)") }
            }
        }
        #expect(seen > 300)
        #expect(spelled.isEmpty, "\(spelled.joined(separator: "\n"))")
    }

    @Test("the command shows no error but in its own words")
    func command() throws {
        for file in try Self.sources() where file.string.contains("/Sources/tsmedia/") {
            for line in try Self.lines(of: file) {
                #expect(!line.contains("String(describing:"), "\(file): \(line)")
                #expect(
                    !line.contains(/(?:error|failure|problem|warning|note|text)\??\.description\b/), "\(file): \(line)")
            }
        }
    }

    /// True when two hyphens stand before a letter or an interpolation, but in no comment of XML.
    private static func spellsOption(_ line: Substring) -> Bool {
        // Regular expressions would take most of the time of a debug build.
        let bytes = Array(line.utf8)
        return bytes.indices.dropLast(2).contains { index in
            guard bytes[index] == UInt8(ascii: "-"), bytes[index + 1] == UInt8(ascii: "-") else { return false }
            if index > 0, bytes[index - 1] == UInt8(ascii: "!") { return false }
            let next = bytes[index + 2]
            return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(next) || next == UInt8(ascii: "\\")
        }
    }

    private static func sources() throws -> [FilePath] {
        var files: [FilePath] = []
        var folders = [Repository.file("Sources")]
        while let folder = folders.popLast() {
            for entry in try FolderEntry.entries(of: folder) {
                let path = folder.appending(entry.component)
                switch entry.kind {
                case .folder: folders.append(path)
                case .file where path.extension == "swift": files.append(path)
                default: break
                }
            }
        }
        return files
    }

    private static func lines(of file: FilePath) throws -> [Substring] {
        String(decoding: try SmallFile.read(file), as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
    }
}
