// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TSMediaTestSupport
import Testing

@testable import tsmedia

/// docs/cmdlets.md, held against the documentation of the cmdlets and against `--help`.
@Suite("From the cmdlets")
struct CmdletTests {
    /// The parameters as learn.microsoft.com lists them, common ones left out.
    private static let all = [
        "AllowUacPrompt", "DistributionPoint", "Force", "SiteCode", "NoAutoRun", "Path", "TemporaryFolder",
        "DisableWildcardHandling", "ForceWildcardHandling", "WhatIf", "Confirm",
    ]
    private static let behaviour = [
        "AllowUnattended", "CertificatePath", "MediaPassword", "PrestartCommand", "PrestartPackage", "Variable",
    ]
    private static let management = [
        "AllowUnknownMachine", "BootImage", "CertificateExpireTime", "CertificatePassword", "CertificateStartTime",
        "ManagementPoint", "MediaMode", "UserDeviceAffinity",
    ]
    private static let content = [
        "Application", "DriverPackage", "IncludeApplicationDependency", "Package", "TaskSequence",
    ]
    private static let parameters: [(kind: String, names: [String])] = [
        ("bootable", all + behaviour + management + ["FormatMedia", "MediaType"]),
        (
            "standalone",
            all + behaviour + content + [
                "FormatMedia", "MediaType", "MediaExpirationDate", "MediaSize", "MediaStartDate",
            ]
        ),
        ("capture", all + ["BootImage", "FormatMedia", "MediaType"]),
        (
            "prestaged",
            all + behaviour + management + content
                + ["Comment", "CreatedBy", "Version", "OperatingSystemImage", "OperatingSystemImageIndex"]
        ),
    ]

    /// The rows of the tables of the page whose first cell is code, as lists of cells.
    private static func rows() throws -> [[String]] {
        try String(decoding: SmallFile.read(Repository.file("docs/cmdlets.md")), as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix("| `") }.map { line in
                line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                    .map { $0.split(separator: " ").joined(separator: " ") }
            }
    }

    private static func options(_ text: String) -> [String] {
        text.matches(of: /--[a-z][a-z0-9-]*/).map { String($0.output) }
    }

    @Test("the table has every parameter of the four cmdlets, for the media that have it, and something here for each")
    func complete() throws {
        let rows = try Self.rows().filter { $0[0].hasPrefix("`-") && $0[0].dropFirst(2).first?.isUppercase == true }
        let names = rows.map { String($0[0].dropFirst(2).dropLast()) }
        #expect(Set(names) == Set(Self.parameters.flatMap(\.names)) && Set(names).count == names.count)
        for (row, name) in zip(rows, names) {
            #expect(row.count == 6 && !row[5].isEmpty, "\(name)")
            let kinds = zip(Self.parameters, row[1...4]).filter { $0.1 == "yes" }.map(\.0.kind)
            #expect(kinds == Self.parameters.filter { $0.names.contains(name) }.map(\.kind), "\(name)")
        }
    }

    @Test("every option of the table is one of the commands that make such media")
    func options() throws {
        let help = try Dictionary(
            uniqueKeysWithValues: Self.parameters.map { parameters in
                let text = try Program.succeed(BuiltProgram.tsmedia.string, ["create", parameters.kind, "--help"])
                    .output
                return (parameters.kind, Set(Self.options(text)))
            })
        for row in try Self.rows() where row.count == 6 && row[0].hasPrefix("`-") {
            let name = String(row[0].dropFirst(2).dropLast())
            for parameters in Self.parameters where parameters.names.contains(name) && name != "SiteCode" {
                for option in Self.options(row[5]) {
                    #expect(help[parameters.kind]?.contains(option) == true, "\(name) of \(parameters.kind): \(option)")
                }
            }
        }
        let every = help.values.reduce(into: Set<String>()) { $0.formUnion($1) }
        let switches = try Self.rows().filter { $0[0].hasPrefix("`/") }
        #expect(Set(switches.map { $0[0].dropFirst(2).first }) == Set(CmdletParameters.switches.keys.map { $0 }))
        for option in switches.flatMap({ Self.options($0[2]) }) { #expect(every.contains(option), "\(option)") }
        for answer in CmdletParameters.answers.values {
            for option in Self.options(answer) { #expect(every.contains(option), "\(option)") }
        }
    }

    @Test("each parameter that is typed is answered as the table says, as PowerShell has it and as an option")
    func answers() throws {
        for name in Set(Self.parameters.flatMap(\.names)) {
            let answer = try #require(CmdletParameters.answer(in: ["create", "bootable", "-\(name)", "x"]), "\(name)")
            #expect(answer.hasPrefix("-\(name) is a parameter of a cmdlet; "))
            let spelled = "--" + name.reduce("") { $0 + ($1.isUppercase && !$0.isEmpty ? "-" : "") + $1.lowercased() }
            // What is called the same here needs no answer.
            let own = CmdletParameters.answers[name.lowercased()]?.contains("\(spelled)") == true
            #expect(
                own || CmdletParameters.answer(toOption: spelled)?.hasPrefix("\(spelled) is no option here; ") == true)
        }
        #expect(CmdletParameters.answer(in: ["inspect", "-Path"]) == nil)
        #expect(CmdletParameters.answer(in: ["create", "bootable", "--label", "/srv/media"]) == nil)
        #expect(CmdletParameters.answer(toOption: "--nonsense") == nil)
    }

    @Test(
        "who types what another program has is told what it is here",
        arguments: [
            (["create", "bootable", "-ManagementPoint", "mp"], "use --management-point, with a URL"),
            (["create", "bootable", "-path", "x.iso"], "-path is a parameter of a cmdlet; use --output"),
            (["create", "bootable", "--certificate-path", "x.pfx"], "use --certificate"),
            (["create", "standalone", "/L:Label"], "use --label"),
            (["create", "capture", "--password-file", "x"], "so that the genuine builder takes none either"),
            (["create", "bootable", "--task-sequence", "x"], "belongs to stand-alone media, prestaged media"),
            (["create", "bootable", "--media-type", "CdDvd", "--usb", "/dev/null"], "--usb names a drive"),
            (["create", "bootable", "--media-type", "usb", "--output", "x.iso"], "name it with --usb"),
        ])
    func told(arguments: [String], words: String) throws {
        let result = try Program.run(BuiltProgram.tsmedia.string, arguments)
        #expect(result.status == 64 && result.failure.contains(words), "\(result.errorText)")
    }

    @Test("values are taken as the cmdlets spell them")
    func values() throws {
        let session = try CommandSession()
        try session.create(
            .bootable, "media.iso",
            ["--media-mode", "SiteBased", "--user-device-affinity", "AutoApproval", "--media-type", "CD"])
        let variables = try session.inspect().variables
        #expect(
            variables["SMSTSMP"].text == "http://mp.example.com" && variables["SMSTSAssignUsersMode"].text == "Auto")
    }
}
