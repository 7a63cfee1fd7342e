// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import SystemPackage
import Testing

/// What counts as a drive that was put in.
@Suite("Drives that come and go")
struct DriveWatchTests {
    private func drive(
        _ name: String, _ sequence: UInt64? = 1, serial: String? = nil, kind: String = "", byteCount: Int64 = 1 << 30
    ) -> PresentDrive {
        // A number for each letter: /dev/sda is 8:0, /dev/sdb 8:16.
        let minor = UInt32((name.utf8.last ?? 0) - UInt8(ascii: "a")) * 16
        return PresentDrive(
            node: FilePath("/dev/\(name)"),
            identity: DeviceIdentity(
                deviceNumber: DeviceNumber(major: 8, minor: minor), serial: serial, byteCount: byteCount,
                logicalSectorByteCount: 512, diskSequence: sequence), kind: kind)
    }

    @Test("a drive counts once, at the second look, and again when it was taken out between")
    func once() {
        var watch = DriveWatch([drive("sda")])
        #expect(watch.look([drive("sda"), drive("sdb", 2)]) == .init(isSettled: false))
        #expect(watch.look([drive("sda"), drive("sdb", 2)]) == .init(arrived: [drive("sdb", 2)]))
        for _ in 0..<3 { #expect(watch.look([drive("sda"), drive("sdb", 2)]) == .init()) }
        #expect(watch.look([drive("sda")]) == .init())
        #expect(!watch.look([drive("sda"), drive("sdb", 3)]).isSettled)
        #expect(watch.look([drive("sda"), drive("sdb", 3)]).arrived == [drive("sdb", 3)])
    }

    @Test(
        "another medium under the same name between two looks is another drive; without a count of disks it is the old one"
    )
    func exchanged() {
        var watch = DriveWatch([])
        _ = watch.look([drive("sdb", 2)])
        #expect(watch.look([drive("sdb", 2)]).arrived.count == 1)
        _ = watch.look([drive("sdb", 3)])
        #expect(watch.look([drive("sdb", 3)]).arrived.count == 1)
        // Linux before 5.15: it is safer not to write than to write twice.
        var old = DriveWatch([])
        _ = old.look([drive("sdb", nil)])
        #expect(old.look([drive("sdb", nil)]).arrived.count == 1)
        #expect(old.look([drive("sdb", nil)]) == .init())
    }

    @Test("a drive that does not stay for two looks never counts")
    func passing() {
        var watch = DriveWatch([])
        for sequence in 2..<10 {
            #expect(watch.look([drive("sdb", UInt64(sequence))]) == .init(isSettled: false))
        }
    }

    @Test(
        "what was there at the beginning and comes back is told apart by its serial number, or by model and size",
        arguments: [
            ("S1", "SanDisk Ultra", "S1", "SanDisk Ultra", true), ("S1", "SanDisk Ultra", "S2", "SanDisk Ultra", false),
            (nil, "SanDisk Ultra", nil, "SanDisk Ultra", true), (nil, "SanDisk Ultra", nil, "Kingston", false),
            (nil, "SanDisk Ultra", "S2", "SanDisk Ultra", false), (nil, "", nil, "", false),
        ] as [(String?, String, String?, String, Bool)])
    func returning(
        _ firstSerial: String?, _ firstKind: String, _ serial: String?, _ kind: String, returns: Bool
    ) {
        let first = drive("sdb", 1, serial: firstSerial, kind: firstKind)
        var watch = DriveWatch([first])
        _ = watch.look([first])
        _ = watch.look([])
        // On another port it may have another name.
        let second = drive("sdc", 7, serial: serial, kind: kind)
        _ = watch.look([second])
        let change = watch.look([second])
        #expect(change.returned == (returns ? [second] : []))
        #expect(change.arrived == (returns ? [] : [second]))
        #expect(watch.look([second]) == .init())
    }

    @Test("a named drive counts again when it was taken out, and never while it is in")
    func named() {
        let first = drive("sdb", 1, serial: "S1")
        var watch = DriveWatch([first], named: [first.identity.deviceNumber])
        #expect(watch.first.isEmpty)
        for _ in 0..<3 { #expect(watch.look([first]) == .init()) }
        _ = watch.look([])
        let again = drive("sdb", 2, serial: "S1")
        _ = watch.look([again])
        #expect(watch.look([again]).arrived == [again])
    }

    @Test("a reader counts when a card is put in, and its card that was there does not count when it comes back")
    func reader() {
        let empty = drive("sdb", 1, serial: "READER", byteCount: 0)
        var watch = DriveWatch([empty])
        #expect(watch.first.isEmpty)
        #expect(watch.look([empty]) == .init())
        let card = drive("sdb", 2, serial: "READER")
        _ = watch.look([card])
        #expect(watch.look([card]).arrived == [card])
        var full = DriveWatch([card])
        _ = full.look([empty])
        let other = drive("sdb", 4, serial: "READER")
        _ = full.look([other])
        #expect(full.look([other]).returned == [other])
    }
}
