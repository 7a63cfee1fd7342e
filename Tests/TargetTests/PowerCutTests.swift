// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import MediaTrial
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import TrialChannel

/// The power is cut while media works, and the machine is started again with the same disk and the same media.
@Suite("Power cuts", .inTargetSuite, .serialized)
struct PowerCutTests {
    /// What a step says while it applies an image.
    private static let applying = "applying the image"

    private let deployment: Deployment

    init() throws { deployment = try Deployment.shared.get() }

    /// Takes note of what a trial tells.
    private final class Notes: TrialObserver {
        private(set) var log: [String] = []
        private(set) var cutCount = 0
        private(set) var startCount = 0

        func take(_ event: TrialEvent) {
            switch event {
            case .powerCut: cutCount += 1
            case .report(.log(let line)): log.append(line)
            case .report(.started): startCount += 1
            default: break
            }
        }
    }

    /// Tries `media` with these cuts; the disk ends up as `name`.
    private func attempt(
        _ media: String, _ cuts: [PowerCut], firmware: TrialFirmware = .bios, answers: [(String, String)] = [],
        disk: TrialDisk = .empty(byteCount: 3 << 30), keep name: String
    ) throws -> (result: TrialResult, notes: Notes) {
        var request = TrialRequest(media: [deployment.session.folder.appending(media)])
        request.firmware = firmware
        request.disks = [disk]
        request.keep = deployment.session.folder.appending(name)
        request.replacesExisting = true
        request.powerCuts = cuts
        request.answers = try answers.map { try TrialRequest.Answer(name: $0.0, value: $0.1) }
        request.timeout = .seconds(1800)
        let notes = Notes()
        return (try MediaTrial(request, interruption: Interruption(), observer: notes).run(), notes)
    }

    /// What went wrong, and the end of what was said, for messages.
    private func failure(_ trial: (result: TrialResult, notes: Notes)) -> Comment {
        let text = trial.result.failure.map { "\($0.description)" } ?? "no failure"
        return Comment(rawValue: "\(text)\n\(trial.notes.log.suffix(30).joined(separator: "\n"))")
    }

    /// Media whose image takes a while to apply, and what it is called.
    private func largeMedia(_ name: String) throws -> String {
        try deployment.addLargeImage()
        try deployment.media(
            name, TS.partition + TS.apply(Deployment.largeImage) + TS.setup, packages: [Deployment.largeImage])
        return name
    }

    private func checkLarge(_ disk: String, isGPT: Bool) throws {
        try deployment.check(
            disk: deployment.session.folder.appending(disk), isGPT: isGPT,
            image: deployment.session.work.appending("large.wim"))
    }

    @Test("a cut while the image is applied, with UEFI: the volume is applied anew, and the disk is as it should be")
    func applying() throws {
        let media = try largeMedia("cut.iso")
        let trial = try attempt(
            media, [PowerCut(.progress(percent: 40, text: Self.applying))], firmware: .uefi, keep: "cut.img")
        #expect(trial.result.failure == nil, failure(trial))
        #expect(trial.notes.cutCount == 1 && trial.notes.startCount == 2, failure(trial))
        #expect(trial.notes.log.contains { $0.contains("had begun, and was interrupted") }, failure(trial))
        try checkLarge("cut.img", isGPT: true)
    }

    @Test("a cut at each time that it is written how far the run is: it goes on from there")
    func everyState() throws {
        try deployment.media("states.iso", TS.set("A", "1") + TS.deploy + TS.command("Late", "echo late"))
        // The steps are: A, the disk for a BIOS, that for UEFI, the image, Setup Windows, and what Windows runs.
        let kept = "kept how far it is: "
        let cuts: [(String, Int)] = [
            ("\(kept)2 of 6", 1), ("\(kept)3 of 6 steps, and 'Apply", 1), ("\(kept)3 of 6 steps, and 'Apply", 2),
            ("\(kept)4 of 6 steps]", 1), ("\(kept)4 of 6 steps, and 'Setup", 1), ("\(kept)5 of 6 steps]", 1),
            ("\(kept)5 of 6 steps, and 'Late", 1), ("\(kept)6 of 6", 1),
        ]
        let trial = try attempt(
            "states.iso", cuts.map { PowerCut(.log($0.0, time: $0.1)) }, keep: "states.img")
        #expect(trial.result.failure == nil, failure(trial))
        #expect(trial.notes.cutCount == cuts.count, failure(trial))
        #expect(trial.notes.log.count { $0.contains("everything on it is lost") } == 1)
        try deployment.check(disk: deployment.session.folder.appending("states.img"), isGPT: false)
    }

    @Test("ten cuts while an image of many files is applied: the disk is what it is without any")
    func tenMoments() throws {
        let media = try largeMedia("ten.iso")
        let cuts = (0..<10).map { PowerCut(.progress(percent: 3 + $0 * 10, text: Self.applying)) }
        let trial = try attempt(media, cuts, keep: "ten.img")
        #expect(trial.result.failure == nil, failure(trial))
        #expect(trial.notes.cutCount == 10, failure(trial))
        let formats = trial.notes.log.count { $0.contains("is formatted again") }
        let anew = trial.notes.log.count { $0.contains("everything on it is lost") } - 1
        // What a cut makes unreadable begins anew; it must not be the rule.
        #expect(formats + anew == 10 && formats >= 5, "\(formats) times formatted, \(anew) times begun anew")
        try checkLarge("ten.img", isGPT: false)
    }

    @Test("attended media asks: it goes on, it begins anew, it stops with all as it was")
    func attended() throws {
        try deployment.media("ask.iso", TS.deploy, more: [])
        let cut = PowerCut(.log("and 'Apply Operating System' has begun"))
        let on = try attempt("ask.iso", [cut], answers: [("resume", "1")], keep: "on.img")
        #expect(on.result.failure == nil, failure(on))
        #expect(on.notes.log.count { $0.contains("everything on it is lost") } == 1)
        let anew = try attempt(
            "ask.iso", [cut], answers: [("resume", "what?"), ("resume", "begin-anew")], keep: "anew.img")
        #expect(anew.result.failure == nil, failure(anew))
        #expect(anew.notes.log.count { $0.contains("everything on it is lost") } == 2)
        let stopped = try attempt("ask.iso", [cut], answers: [("resume", "stop")], keep: "stopped.img")
        #expect(stopped.result.outcome == .refused, failure(stopped))
        // Nobody answers: it ends, and says which answer it wants.
        let stoppedDisk = TrialDisk.file(deployment.session.folder.appending("stopped.img"))
        let silent = try attempt("ask.iso", [], disk: stoppedDisk, keep: "silent.img")
        #expect(silent.result.failure?.description.contains("resume=VALUE") == true, failure(silent))
        // Other media finds it: attended media asks, unattended media begins anew.
        try deployment.media("other.iso", TS.set("Other", "1") + TS.deploy, more: [])
        let other = try attempt(
            "other.iso", [], answers: [("resume", "begin-anew")], disk: stoppedDisk, keep: "other.img")
        #expect(other.result.failure == nil, failure(other))
        try deployment.media("unattended.iso", TS.set("Other", "2") + TS.deploy)
        let unattended = try attempt("unattended.iso", [], disk: stoppedDisk, keep: "unattended.img")
        #expect(unattended.result.failure == nil, failure(unattended))
        #expect(unattended.notes.log.contains { $0.contains("the task sequence begins anew") }, failure(unattended))
        for name in ["on.img", "anew.img", "other.img", "unattended.img"] {
            try deployment.check(disk: deployment.session.folder.appending(name), isGPT: false)
        }
    }

    @Test("a restart into the boot image goes on behind it, from a disc and from a stick", arguments: ["bios", "uefi"])
    func restart(firmware: String) throws {
        let name = firmware == "bios" ? "restart.iso" : "restart.img"
        let restart = TS.step(
            "Restart", "Reboot", [("Target", "WinPE"), ("MessageTimeout", "1"), ("Message", "Again")])
        try deployment.media(
            name,
            TS.partition + TS.set("Before", "seen") + restart + TS.apply + restart
                + TS.command("Say", "echo It was %Before%") + TS.setup,
            more: ["--allow-unattended"] + (firmware == "bios" ? [] : ["--media-size", "1GB"]))
        let trial = try attempt(name, [], firmware: firmware == "bios" ? .bios : .uefi, keep: "restart.disk.img")
        #expect(trial.result.failure == nil, failure(trial))
        #expect(trial.notes.startCount == 3, failure(trial))
        #expect(trial.notes.log.contains { $0.contains("It was seen") }, failure(trial))
        try deployment.check(disk: deployment.session.folder.appending("restart.disk.img"), isGPT: firmware == "uefi")
    }
}
