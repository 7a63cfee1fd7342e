// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceEngine
import Testing

@Suite("places of disks")
struct DevicePlaceTests {
    @Test(
        "disks have the order of controllers and ports, not that of the kernel's names",
        arguments: [
            [
                "/sys/devices/pci0000:00/0000:00:01.1/ata1/host0/target0:0:0/0:0:0:0/block/sdb",
                "/sys/devices/pci0000:00/0000:00:01.1/ata1/host0/target0:0:1/0:0:1:0/block/sda",
                "/sys/devices/pci0000:00/0000:00:01.1/ata2/host1/target1:0:0/1:0:0:0/block/sdc",
            ],
            [
                "/sys/devices/pci0000:00/0000:00:02.0/ata2/host1/target1:0:0/1:0:0:0/block/sdb",
                "/sys/devices/pci0000:00/0000:00:02.0/ata10/host9/target9:0:0/9:0:0:0/block/sda",
                "/sys/devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sdc",
            ],
            [
                "/sys/devices/pci0000:00/0000:00:0a.0/nvme/nvme1/nvme1n1",
                "/sys/devices/pci0000:00/0000:00:0b.0/nvme/nvme0/nvme0n1",
            ],
        ])
    func order(paths: [String]) {
        let places = paths.map { DevicePlace(path: $0) }
        #expect(places.reversed().sorted() == places)
        for place in places { #expect(!(place < place)) }
    }
}
