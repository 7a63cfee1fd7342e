// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import BlockDevices

@Suite("Consents")
struct ConsentTests {
    /// The verdict on the drive called `name` of a machine.
    private func verdict(
        on name: String, _ build: (SimulatedMachine) throws -> Void
    ) throws -> DriveVerdict {
        let machine = try SimulatedMachine()
        try build(machine)
        let devices = BlockDevices(try machine.environment())
        return devices.verdict(on: try devices.resolve(FilePath("/dev/\(name)")))
    }

    private func fixedDisk() throws -> DriveVerdict {
        try verdict(on: "sdb") { machine in
            try OddMachine.installed(machine)
            try machine.sata("sdb", SimulatedMachine.Port.secondSATA)
            try machine.partition("sdb1", of: "sdb", .fileSystem("ntfs", "DATA"))
            try machine.mount("sdb1", "/mnt", "fuseblk")
        }
    }

    @Test("the error names every consent that is missing, with the field to add, and it is refused")
    func unmet() throws {
        let error = #expect(throws: DeviceError.self) { try fixedDisk().check(Consents()) }
        #expect(error?.failureClass == .refused)
        #expect(
            error?.description
                == "drive /dev/sdb (ATA Samsung SSD 860) is not written without consent: it is a fixed disk, "
                + "it must be confirmed by its serial number, it holds gpt partition table: ntfs \"DATA\", "
                + "it is mounted at /mnt; if it is the right drive, add allow fixed disk confirm S3Z1-sdb force "
                + "unmount")
    }

    @Test(
        "each consent that is missing is refused, whatever the others",
        arguments: [RequestField.allowFixedDisk, .confirm, .force, .unmount])
    func eachIsNeeded(_ missing: RequestField) throws {
        let verdict = try fixedDisk()
        let consents = Consents(
            allowFixedDisk: missing != .allowFixedDisk, confirmation: missing == .confirm ? nil : "S3Z1-sdb",
            force: missing != .force, unmount: missing != .unmount)
        let error = #expect(throws: DeviceError.self) { try verdict.check(consents) }
        #expect(error?.nextStep?.names(missing) == true)
    }

    @Test("with all consents it may be written")
    func met() throws {
        try fixedDisk().check(
            Consents(allowFixedDisk: true, confirmation: "S3Z1-sdb", force: true, unmount: true))
    }

    @Test("a wrong confirmation is refused, and the error says which serial number the drive has")
    func wrongConfirmation() throws {
        let verdict = try fixedDisk()
        for wrong in ["S3Z1", "s3z1-sdb", "/dev/sdb", "", "x y"] {
            let error = #expect(throws: DeviceError.self) {
                try verdict.check(Consents(allowFixedDisk: true, confirmation: wrong, force: true, unmount: true))
            }
            #expect(error?.failureClass == .refused && error?.problem.contains("S3Z1-sdb") == true)
        }
    }

    @Test("a confirmation is checked for a stick too, which needs none")
    func confirmedStick() throws {
        let verdict = try verdict(on: "sdb") {
            try OddMachine.installed($0); try $0.stick("sdb")
        }
        try verdict.check(Consents())
        try verdict.check(Consents(confirmation: "STICK01"))
        #expect(throws: DeviceError.self) { try verdict.check(Consents(confirmation: "STICK02")) }
    }

    @Test("without a serial number the path of the node confirms")
    func path() throws {
        let verdict = try verdict(on: "vdb") { machine in
            try machine.mount(nil, "/", "tmpfs")
            try machine.disk("vdb", SimulatedMachine.Port.virtio)
        }
        try verdict.check(Consents(allowFixedDisk: true, confirmation: "/dev/vdb"))
        let error = #expect(throws: DeviceError.self) {
            try verdict.check(Consents(allowFixedDisk: true, confirmation: "ABC"))
        }
        #expect(error?.problem.contains("has no serial number and is /dev/vdb") == true)
    }

    @Test("no consent overrides a refusal")
    func refused() throws {
        let verdict = try verdict(on: "sda", OddMachine.installed)
        let error = #expect(throws: DeviceError.self) {
            try verdict.check(Consents(allowFixedDisk: true, confirmation: "S3Z1-sda", force: true, unmount: true))
        }
        #expect(error?.failureClass == .refused && error?.problem == "holds the root file system")
        #expect(verdict.demands.isEmpty)
    }

    @Test("a serial number from outside is a value of its field and cannot break the line")
    func hostileSerial() throws {
        let verdict = try verdict(on: "sdb") { machine in
            try OddMachine.installed(machine)
            try machine.disk(
                "sdb", SimulatedMachine.Port.secondSATA,
                attributes: ["device/model": "A\u{1B}[2J", "device/serial": "x'; rm -rf /\ny"])
        }
        let error = try #require(throws: DeviceError.self) { try verdict.check(Consents()) }
        #expect(error.nextStep?.pieces.contains(.field(.confirm, value: "x'; rm -rf /\ny")) == true)
        let text = error.description
        #expect(text.contains("confirm x'; rm -rf /"))
        #expect(!text.contains("\n") && !text.contains("\u{1B}"))
    }
}
