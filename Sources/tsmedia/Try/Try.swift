// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import MediaTrial
import Support
import SystemPackage

/// `tsmedia try`.
struct Try: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start media in a virtual machine, and tell how its task sequence went.",
        discussion: """
            Needs QEMU, and for UEFI OVMF. Exits 0 only when the task sequence ended well or restarts into the system that \
            it applied, and with --wait-for when that text came; 65 when it did not. Media and disks stay as they are.
            """,
        required: "the media",
        examples: [
            #"tsmedia try win11.iso"#,
            #"tsmedia try win11.img --firmware bios --disk 40GiB --wait-for "login:""#,
            #"tsmedia try win11.iso --copy-out smsts.log=smsts.log --screenshot end.png"#,
        ])

    @Argument(help: "An .iso or .img; of a set, all its volumes.", completion: .file(extensions: ["iso", "img"]))
    var media: [String]

    @Option(help: "The machine's firmware; secure is UEFI with Secure Boot on and Microsoft's keys.")
    var firmware: TrialFirmware = .uefi

    @Option(
        name: .customLong("disk"),
        help: ArgumentHelp(
            "Disk of the machine: the size of an empty one, or a file that is used and stays as it is (repeatable; default:"
                + " 64GiB). With usb: before it a stick in a USB port.",
            valueName: "size|file"), completion: .file(extensions: ["img"]))
    var disks: [String] = []

    @Option(
        help: ArgumentHelp("Where the first disk ends up, whatever came of the trial.", valueName: "disk.img"),
        completion: .file(extensions: ["img"]))
    var keep: String?

    @Option(
        help: ArgumentHelp(
            "File whose first line is typed as the password; - reads standard input, env:NAME the environment.",
            valueName: "file|-|env:name"), completion: .file())
    var passwordFile: String?

    @Option(
        name: .customLong("answer"),
        help: ArgumentHelp("What is typed when the machine asks for NAME (repeatable).", valueName: "name=value"))
    var answers: [String] = []

    @Option(
        name: .customLong("copy-out"),
        help: ArgumentHelp(
            "File of the machine to keep, as smsts.log; serial.log is what its serial port said (repeatable).",
            valueName: "name=file"), completion: .file())
    var copies: [String] = []

    @Option(
        help: ArgumentHelp("Picture of the screen at the end.", valueName: "file.png"),
        completion: .file(extensions: ["png"]))
    var screenshot: String?

    @Option(
        help: ArgumentHelp(
            "Text that has to come on the serial port, from the media or from the system that it applied.",
            valueName: "text"))
    var waitFor: String?

    @Flag(help: "Give the machine a network through this computer, which it reaches as 10.0.2.2; without, it has none.")
    var network = false

    @Flag(help: "Show the machine in a window, in which somebody may type.")
    var window = false

    @Option(
        help: ArgumentHelp(
            "Give up after so many seconds (default: 7200, or 300 for media that reports nothing).",
            valueName: "seconds"))
    var timeout: Double?

    @Flag(help: "Replace files that exist.")
    var force = false

    @OptionGroup(title: "Messages") var program: ProgramOptions

    /// Longer than any trial: 30 days.
    private static let timeouts = 1.0...2_592_000

    func validate() throws {
        try ForeignPath.refuseShares(media)
        if let name = media.first(where: { name in media.count { $0 == name } > 1 }) {
            throw ValidationError("\(name) is named twice; name each volume once")
        }
        for (path, option) in [(keep, "--keep"), (screenshot, "--screenshot")] { try ForeignPath.refuse(path, option) }
        if let screenshot, !screenshot.lowercased().hasSuffix(".png") {
            throw ValidationError("--screenshot '\(screenshot)' has to end in .png, which is the form of the picture")
        }
        if let timeout, !Self.timeouts.contains(timeout) {
            throw ValidationError("--timeout takes seconds between 1 and 2592000")
        }
        if waitFor?.isEmpty == true { throw ValidationError("--wait-for names no text") }
        _ = try request()
    }

    func run() throws {
        var request = try request()
        var files = RunFiles(
            reading: media + disks.filter { $0 != keep && !$0.hasPrefix(TrialDisk.stickPrefix) } + sticks)
        for output in request.outputs { files.write(output) }
        let names = media.joined(separator: ", ")
        let logger = try program.start("try \(names)", files)
        try files.check()
        if let passwordFile {
            // Never in a report: whoever looks at it sees no answers.
            let password = try PasswordFile.firstLine(passwordFile, .password)
            request.answers.append(try .init(name: "password", value: password))
        }
        let console = TrialConsole(media: names)
        let result = try MediaTrial(request, interruption: Signals.interruption, observer: console).run()
        console.end()
        logger.info("tried \(names): \(result.outcome.rawValue)")
        let report = TryReport(request, result)
        if result.failure != nil, !program.json { console.tellWhatWasSaidLast(result) }
        try StandardOutput.afterWriting(result.failure == nil ? "the media was tried" : nil) {
            try program.json ? StandardOutput.printJSON(report) : report.print()
        }
        if let failure = result.failure { throw failure }
    }

    /// Those of `--disk` that are sticks.
    private var sticks: [String] {
        disks.filter { $0.hasPrefix(TrialDisk.stickPrefix) }.map { String($0.dropFirst(TrialDisk.stickPrefix.count)) }
    }

    /// What is asked for, but for the password.
    private func request() throws -> TrialRequest {
        var request = TrialRequest(media: media.map { FilePath($0) })
        request.firmware = firmware
        request.disks = try disks.filter { !$0.hasPrefix(TrialDisk.stickPrefix) }.map { try TrialDisk($0) }
        request.sticks = try sticks.map { try TrialDisk($0) }
        request.keep = keep.map { FilePath($0) }
        request.replacesExisting = force
        request.answers = try answers.map { text in
            // Enter alone is an answer too.
            let (name, value) = try Self.parts(of: text, "--answer", "VALUE", mayBeEmpty: true)
            return try .init(name: name, value: value)
        }
        request.copies = try copies.map { text in
            let (name, value) = try Self.parts(of: text, "--copy-out", "FILE")
            try ForeignPath.refuse(value, "--copy-out")
            return try .init(name: name, path: FilePath(value))
        }
        request.screenshot = screenshot.map { FilePath($0) }
        request.awaitedText = waitFor
        request.hasNetwork = network
        request.hasWindow = window
        request.timeout = timeout.map { .milliseconds(Int64($0 * 1000)) }
        return request
    }

    /// The two sides of the first equals sign.
    private static func parts(
        of text: String, _ option: String, _ value: String, mayBeEmpty: Bool = false
    ) throws -> (name: String, value: String) {
        guard let separator = text.firstIndex(of: "="), separator > text.startIndex,
            mayBeEmpty || text.index(after: separator) < text.endIndex
        else {
            throw ValidationError("\(option) takes NAME=\(value), and '\(text)' is none")
        }
        return (String(text[..<separator]), String(text[text.index(after: separator)...]))
    }
}

extension TrialFirmware: ExpressibleByArgument {}
