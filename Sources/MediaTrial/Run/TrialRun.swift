// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TrialChannel

/// Listens to a machine until there is nothing more to hear.
final class TrialRun {
    /// Why there is nothing more to hear.
    enum End: Equatable {
        /// The program has ended.
        case engine(EngineReport.Outcome)
        /// The text that was waited for has come.
        case text
        /// The machine stopped on its way.
        case failure(BootFailure)
        /// The emulator ended.
        case machine(status: Int32)
        /// The emulator has stopped the machine, in a state that it calls so.
        case stopped(String)
        /// The machine restarts again and again, and nothing reports.
        case restarts
        /// The time is over.
        case timeout
    }

    /// How long nobody looks at clock and interruption, in milliseconds.
    private static let pollMilliseconds: Int32 = 50
    /// More restarts before anything reports are no start, and more than the second number are no sequence.
    private static let (restartLimit, restartLimitOfSequence) = (5, 30)
    private static let screenInterval: Duration = .seconds(1)
    /// How long a machine may take to write everything and to restart.
    private static let finishPatience: Duration = .seconds(60)
    /// How long a machine that sends a file may say nothing at all.
    private static let filePatience: Duration = .seconds(120)

    private let machine: RunningMachine
    private let observer: any TrialObserver
    private let interruption: Interruption
    private let volumes: [FilePath]
    private let serialLog: FileDescriptor
    /// The lines of the log as they came: all there is of it when a run does not come to its end.
    let sequenceLog: SpooledLog
    private let hasTextScreen: Bool
    private let began = ContinuousClock.now
    private let timeout: Duration
    private let deadline: ContinuousClock.Instant
    private var nextScreen = ContinuousClock.now
    private var lines = TrialLines()
    private var isNonsenseTold = false
    private var restartCount = 0
    /// Set when the emulator has stopped the machine.
    private var stopped: String?
    private var hasEnded = false

    private var powerCuts: PowerCutWatch

    /// What was said on the channel.
    private(set) var conversation: TrialConversation
    /// What was said on the serial port.
    private(set) var serial: SerialWatch
    /// The file that is coming, and why it does not.
    private var file: ReceivedFile?
    private var fileResult: Result<TrialResult.File, any Error>?

    init(
        _ machine: RunningMachine, request: TrialRequest, volumes: [FilePath], timeout: Duration,
        serialLog: FileDescriptor, sequenceLog: SpooledLog,
        interruption: Interruption, observer: any TrialObserver
    ) {
        self.machine = machine
        self.observer = observer
        self.interruption = interruption
        self.volumes = volumes
        self.serialLog = serialLog
        self.sequenceLog = sequenceLog
        hasTextScreen = request.firmware == .bios
        self.timeout = timeout
        deadline = began + timeout
        powerCuts = PowerCutWatch(request.powerCuts)
        conversation = TrialConversation(
            answers: request.answers, volumeCount: volumes.count, leavesQuestionsOpen: request.hasWindow)
        serial = SerialWatch(awaiting: request.awaitedText)
    }

    /// Seconds since the machine was started.
    var seconds: Double {
        let passed = (ContinuousClock.now - began).components
        return Double(passed.seconds) + Double(passed.attoseconds / 1_000_000_000_000_000) / 1000
    }

    /// Listens until the program ends, or will not any more.
    ///
    /// - Parameter endsWithText: whether the text that is waited for is all that can come.
    func listen(endsWithText: Bool) throws -> End {
        while true {
            try hear()
            if case .ended(let outcome) = conversation.phase { return .engine(outcome) }
            if serial.hasText, endsWithText, conversation.phase == .silent { return .text }
            if let end = try commonEnd() { return end }
        }
    }

    /// Listens until the text comes that is waited for, or will not any more.
    func listenForText() throws -> End {
        while !serial.hasText {
            try hear()
            if serial.hasText { break }
            if let end = try commonEnd() { return end }
        }
        return .text
    }

    /// Why whatever is waited for will not come.
    private func commonEnd() throws -> End? {
        if let failure = serial.failure { return .failure(failure) }
        if let status = machine.endStatus {
            // What it said last.
            while try hear() {}
            if case .ended(let outcome) = conversation.phase, !hasEnded { return .engine(outcome) }
            return serial.failure.map { .failure($0) } ?? .machine(status: status)
        }
        if let stopped { return .stopped(stopped) }
        let limit = conversation.phase == .silent ? Self.restartLimit : Self.restartLimitOfSequence
        if restartCount > limit { return .restarts }
        return ContinuousClock.now > deadline ? .timeout : nil
    }

    // MARK: What follows the end

    /// Has the program send `copy`.
    ///
    /// - Throws: ``MediaTrialError`` `.notCopied`; errors of writing; `InterruptedError`.
    func receive(_ copy: TrialRequest.Copy, replacesExisting: Bool) throws -> TrialResult.File {
        file = ReceivedFile(copy, replacesExisting: replacesExisting)
        fileResult = nil
        defer { file = nil }
        try send(.copyOut(name: copy.name))
        // What the run left of its time is none of what a large file takes.
        let end = ContinuousClock.now + timeout
        var lastSign = ContinuousClock.now
        while true {
            let isMoving = try hear()
            if let fileResult { return try fileResult.get() }
            let now = ContinuousClock.now
            if isMoving { lastSign = now }
            let problem: DiagnosticText? =
                if machine.endStatus != nil, !isMoving {
                    "did not come: the machine has ended"
                } else if now - lastSign > Self.filePatience {
                    "did not come: the machine has said nothing for \(Self.filePatience.components.seconds) seconds"
                } else if now > end {
                    "did not come within the time that a trial may take"
                } else {
                    nil
                }
            if let problem {
                throw MediaTrialError(
                    .notCopied, "file \(copy.name) of the machine",
                    "\(problem), and \(file?.byteCount ?? 0) bytes of it are there",
                    nextStep: "try again, and give it more time if this computer is busy")
            }
        }
    }

    /// Lets the program restart or switch off, and waits until it does.
    func finish() throws {
        hasEnded = true
        // What comes from here on is said by the system that starts next.
        serial.beginAnew()
        try send(.finish)
        let before = restartCount
        let end = ContinuousClock.now + Self.finishPatience
        while restartCount == before, machine.endStatus == nil, ContinuousClock.now < end { try hear() }
    }

    private func send(_ order: TrialOrder) throws {
        try machine.channel.send(Array((order.line + "\n").utf8))
    }

    // MARK: Hearing

    /// Takes what has come within the next moment; false when nothing did.
    @discardableResult
    private func hear() throws -> Bool {
        try interruption.check()
        SocketEnd.wait(machine.ports, milliseconds: Self.pollMilliseconds)
        var hasHeard = false
        let bytes = machine.serialPort.receive()
        if !bytes.isEmpty {
            hasHeard = true
            try FileError.wrap("written", "the log of the serial port") { _ = try serialLog.writeAll(bytes) }
            for line in serial.take(bytes) { observer.take(.serial(line: line)) }
        }
        let firmware = machine.firmwarePort.receive()
        for line in String(decoding: firmware, as: UTF8.self).split(separator: "\n") {
            serial.look(atOther: String(line))
        }
        let reports = machine.channel.receive()
        for line in lines.append(reports) {
            try take(line)
            if try cutPowerIfDue() { return true }
        }
        if try cutPowerIfDue() { return true }
        for event in try machine.monitor.takeEvents() { try take(event) }
        try lookAtScreen()
        return hasHeard || !reports.isEmpty
    }

    /// Whether the machine was started anew; what it said before and nobody has heard is lost.
    private func cutPowerIfDue() throws -> Bool {
        guard !hasEnded, powerCuts.isDue(now: .now) else { return false }
        observer.take(.powerCut)
        try machine.cutPower()
        startsAnew()
        return true
    }

    /// What was begun to be said does not go on.
    private func startsAnew() {
        lines = TrialLines()
        serial.beginAnew()
    }

    /// Loaders of a BIOS say what is wrong on the screen alone.
    private func lookAtScreen() throws {
        guard hasTextScreen, conversation.phase == .silent || hasEnded, ContinuousClock.now >= nextScreen,
            machine.endStatus == nil
        else { return }
        nextScreen = ContinuousClock.now + Self.screenInterval
        for row in (try? machine.textScreen())?.rows ?? [] { serial.look(atOther: row) }
    }

    private func take(_ event: MachineMonitor.Event) throws {
        switch event.name {
        case "RESET" where event.isByMachine != false:
            restartCount += 1
            lines = TrialLines()
            observer.take(.restart)
        // Nobody but the emulator itself stops a machine: for want of room, or because it cannot go on.
        case "STOP": stopped = try machine.state()
        default: break
        }
    }

    private func take(_ line: Result<String, TrialChannelError>) throws {
        do {
            let report = try EngineReport(line: try line.get())
            if case .log(let line) = report { try sequenceLog.append(line) }
            try takeFile(report)
            let reactions = conversation.take(report, seconds: seconds)
            powerCuts.take(report, now: .now)
            observer.take(.report(report))
            for reaction in reactions { try react(reaction) }
        } catch let error as TrialChannelError {
            if case .unknownType = error { return }
            guard !isNonsenseTold else { return }
            isNonsenseTold = true
            observer.take(.note("the machine sends what is no report: a line \(error.description)"))
        }
    }

    private func takeFile(_ report: EngineReport) throws {
        guard let file, fileResult == nil else { return }
        do {
            if let whole = try file.take(report) { fileResult = .success(whole) }
        } catch let error as InterruptedError {
            throw error
        } catch {
            fileResult = .failure(error)
        }
    }

    private func react(_ reaction: TrialConversation.Reaction) throws {
        switch reaction {
        case .order(let order): try send(order)
        case .tell(let question, let isAnswered):
            observer.take(.answered(question: question, isAnswered: isAnswered))
        case .insert(let insertion, let question): try insert(insertion, question)
        case .putFirstIn:
            guard volumes.count > 1 else { break }
            do { try machine.insert(volumes[0]) } catch let refusal as MachineMonitor.Refusal {
                observer.take(.note("volume 1 could not be put in again: \(refusal.description)"))
            }
        case .end: break
        }
    }

    private func insert(_ insertion: TrialConversation.Insertion, _ question: String) throws {
        do {
            switch insertion {
            case .volume(let number):
                try machine.insert(volumes[number - 1])
                observer.take(.inserted(volume: number, of: volumes.count))
            case .file(let path):
                try machine.insert(FilePath(path))
                observer.take(.note("\(path) is in the machine, as the answer to '\(question)' says"))
            }
            try send(.answer(name: question, value: ""))
        } catch let refusal as MachineMonitor.Refusal {
            observer.take(.note("nothing could be put in for '\(question)': \(refusal.description)"))
            try send(.noAnswer(name: question))
        }
    }
}
