// SPDX-License-Identifier: GPL-3.0-or-later

@testable import DriverPackages

/// INF files that tests write.
enum SampleDriver {
    /// The file of a network driver, whose Manufacturer section and what follows a test writes.
    static func text(_ rest: String, class name: String = "Net", provider: String = "%P%") -> String {
        """
        [Version]
        Signature = "$WINDOWS NT$"
        Class = \(name)
        Provider = \(provider)
        DriverVer = 01/15/2023,12.19.2.45
        [Strings]
        P = "Contoso"
        D = "A device"
        ID = "PCI\\VEN_1234&DEV_0003"
        \(rest)
        """
    }

    /// The driver of such a file.
    static func driver(_ rest: String, class name: String = "Net") -> DriverFile? {
        DriverFile(Array(text(rest, class: name).utf8))
    }
}
