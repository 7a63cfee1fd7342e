// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import BlockDevices

@Suite("Odd machines")
struct OddMachineTests {
    @Test("every drive of an odd machine gets its verdict, with the reasons", arguments: OddMachine.all)
    func verdict(on odd: OddMachine) throws {
        let machine = try SimulatedMachine()
        try odd.build(machine)
        let devices = BlockDevices(try machine.environment())
        let proc = devices.environment.proc.string
        func words(_ device: BlockDevice) -> String {
            let words = devices.verdict(on: device, protecting: odd.protecting).words
            return words.split(separator: proc, omittingEmptySubsequences: false).joined(separator: "PROC")
        }
        let found = try devices.all()
        #expect(Set(found.map(\.name)) == Set(odd.verdicts.keys))
        for device in found { #expect(words(device) == odd.verdicts[device.name], "\(device.name)") }
        for (name, expected) in odd.unlisted {
            #expect(words(try devices.resolve(devices.environment.node(of: name))) == expected, "\(name)")
        }
    }

    @Test("there are at least 30 odd machines, no two of one name")
    func count() {
        #expect(OddMachine.all.count >= 30)
        #expect(Set(OddMachine.all.map(\.description)).count == OddMachine.all.count)
    }
}
