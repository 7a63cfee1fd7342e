// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Identifiers
internal import JSON
import Support
import WindowsSetup

/// What is wrong with bytes that should be a state.
struct RunStateError: Error, CustomStringConvertible {
    let description: String
}

extension RunState {
    /// The version of the form.
    private static let schemaVersion: Int64 = 1
    /// More values than the state of any task sequence has.
    private static let valueLimit = 1_000_000
    /// More steps, disks and partitions than there can be.
    private static let countLimit: Int64 = 1_000_000

    // MARK: Writing

    /// The state as JSON.
    ///
    /// - Throws: what encoding throws.
    func encoded() throws -> [UInt8] { try JSON.bytes(of: Document(self), .line) }

    /// The members in their order.
    private struct Document: Encodable {
        struct Identity: Encodable {
            let media, sequence, name: String
        }
        struct Change: Encodable {
            let name: String
            let value: String?
            let isSecret: Bool
        }
        struct Step: Encodable {
            let number: Int
            let changes: [Change]
        }
        struct Begun: Encodable {
            let number: Int
            let name: String
        }
        struct Device: Encodable {
            let diskGuid, partitionGuid: String?
            let diskSignature: UInt32?
            let offset: UInt64?

            init(_ device: BootDevice) {
                switch device {
                case .gpt(let disk, let partition):
                    (diskGuid, partitionGuid) = (disk.text(.lower), partition.text(.lower))
                    (diskSignature, offset) = (nil, nil)
                case .mbr(let signature, let offset):
                    (diskGuid, partitionGuid) = (nil, nil)
                    (diskSignature, self.offset) = (signature, offset)
                }
            }
        }
        struct Volume: Encodable {
            let device: Device
            let disk, partition: Int
            let letter, fileSystem: String?
            let label: String
            let isDivided: Bool
        }
        struct Windows: Encodable {
            let device: Device
            let architecture, language: String
        }

        let schemaVersion: Int64
        let identity: Identity
        let written: Int64
        let stepCount, done: Int
        let begun: Begun?
        let isRestarting: Bool
        let steps: [Step]
        let volumes: [Volume]
        let windows: Windows?

        init(_ state: RunState) {
            schemaVersion = RunState.schemaVersion
            identity = Identity(
                media: state.identity.media, sequence: state.identity.sequence, name: state.identity.name)
            written = state.written.unixSeconds
            (stepCount, done) = (state.stepCount, state.done)
            begun = state.begun.map { Begun(number: $0.number, name: $0.name) }
            isRestarting = state.isRestarting
            steps = state.steps.map { step in
                Step(
                    number: step.number,
                    changes: step.changes.map { change in
                        let text = if case .text(let text) = change.value { text as String? } else { nil as String? }
                        return Change(name: change.name, value: text, isSecret: change.value == .secret)
                    })
            }
            volumes = state.volumes.map { volume in
                Volume(
                    device: Device(volume.device), disk: volume.disk, partition: volume.partition,
                    letter: volume.letter.map { String($0) }, fileSystem: volume.fileSystem?.rawValue,
                    label: volume.label, isDivided: volume.isDivided)
            }
            windows = state.windows.map {
                Windows(device: Device($0.device), architecture: $0.architecture.rawValue, language: $0.language)
            }
        }
    }

    // MARK: Reading

    /// Reads a state, every member of which is looked at before it is believed.
    ///
    /// - Throws: ``RunStateError``.
    init(decoding bytes: [UInt8]) throws {
        var reader = JSONReader(bytes)
        let node = try reader.node(limit: Self.valueLimit)
        try reader.end()
        let root = Members(node)
        guard try root.number("schemaVersion", in: 0...Self.countLimit) == Self.schemaVersion else {
            throw RunStateError(description: "has another version")
        }
        let identity = try root.object("identity")
        self.init(
            identity: Identity(
                media: try identity.text("media"), sequence: try identity.text("sequence"),
                name: try identity.text("name")), stepCount: try root.count("stepCount"))
        written = Timestamp(unixSeconds: try root.number("written", in: 0...Int64(UInt32.max)))
        done = try root.count("done")
        if let members = try root.optionalObject("begun") {
            begun = Begun(number: try members.count("number"), name: try members.text("name"))
        }
        isRestarting = try root.truth("isRestarting")
        steps = try root.list("steps").map { step in
            Step(number: try step.count("number"), changes: try step.list("changes").map(Self.change))
        }
        volumes = try root.list("volumes").map(Self.volume)
        if let members = try root.optionalObject("windows") {
            guard let architecture = Architecture(rawValue: try members.text("architecture")) else {
                throw RunStateError(description: "has a Windows for a processor that is not known")
            }
            windows = Windows(
                device: try Self.device(try members.object("device")), architecture: architecture,
                language: try members.text("language"))
        }
        try check()
    }

    /// Steps come in their order, none of them behind what is done, and what has begun is what comes next.
    private func check() throws {
        var last = 0
        for step in steps {
            guard step.number > last, step.number <= done else {
                throw RunStateError(description: "has steps in another order than they run in")
            }
            last = step.number
        }
        guard done <= stepCount, begun.map({ $0.number > done && $0.number <= stepCount }) ?? true else {
            throw RunStateError(description: "has done more steps than there are")
        }
    }

    private static func change(_ members: Members) throws -> Change {
        let name = try members.text("name")
        guard !name.isEmpty else { throw RunStateError(description: "has a variable without a name") }
        if try members.truth("isSecret") { return Change(name: name, value: .secret) }
        return Change(name: name, value: try members.optionalText("value").map { .text($0) } ?? .removed)
    }

    private static func device(_ members: Members) throws -> BootDevice {
        if let disk = try members.optionalText("diskGuid").flatMap({ GUID($0) }),
            let partition = try members.optionalText("partitionGuid").flatMap({ GUID($0) })
        {
            return .gpt(disk: disk, partition: partition)
        }
        return .mbr(
            diskSignature: UInt32(try members.number("diskSignature", in: 0...Int64(UInt32.max))),
            offset: UInt64(try members.number("offset", in: 0...Int64.max)))
    }

    private static func volume(_ members: Members) throws -> Volume {
        let letter = try members.optionalText("letter")
        guard letter.map({ $0.count == 1 && $0.utf8.allSatisfy { (0x41...0x5A).contains($0) } }) ?? true else {
            throw RunStateError(description: "has a letter that no volume has")
        }
        return Volume(
            device: try device(try members.object("device")), disk: try members.count("disk"),
            partition: try members.count("partition"),
            letter: letter?.first,
            fileSystem: try members.optionalText("fileSystem").flatMap { VolumeFileSystem(rawValue: $0) },
            label: try members.text("label"), isDivided: try members.truth("isDivided"))
    }

    /// An object, whose members are asked for by what they have to be.
    private struct Members {
        private let node: JSONNode

        init(_ node: JSONNode) { self.node = node }

        private func wrong(_ name: String) -> RunStateError { RunStateError(description: "has no usable '\(name)'") }

        func text(_ name: String) throws -> String {
            guard case .text(let text)? = node[name] else { throw wrong(name) }
            return text
        }

        func optionalText(_ name: String) throws -> String? {
            switch node[name] {
            case .text(let text)?: return text
            case .null?: return nil
            default: throw wrong(name)
            }
        }

        func truth(_ name: String) throws -> Bool {
            guard case .truth(let truth)? = node[name] else { throw wrong(name) }
            return truth
        }

        func number(_ name: String, in range: ClosedRange<Int64>) throws -> Int64 {
            guard case .number(let digits)? = node[name], let number = Int64(digits), range.contains(number) else {
                throw wrong(name)
            }
            return number
        }

        func count(_ name: String) throws -> Int { Int(try number(name, in: 0...RunState.countLimit)) }

        func object(_ name: String) throws -> Members {
            guard let members = try optionalObject(name) else { throw wrong(name) }
            return members
        }

        func optionalObject(_ name: String) throws -> Members? {
            switch node[name] {
            case .object?: return node[name].map { Members($0) }
            case .null?: return nil
            default: throw wrong(name)
            }
        }

        func list(_ name: String) throws -> [Members] {
            guard case .list(let list)? = node[name] else { throw wrong(name) }
            return list.map { Members($0) }
        }
    }
}
