// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import SystemPackage

/// INF files, and a boot image that holds some beside everything that is shown of one.
public enum DriverFixture {
    /// The text of an INF file.
    public static func inf(_ className: String, _ ids: String, provider: String = "Contoso") -> String {
        """
        [Version]\r
        Signature="$Windows NT$"\r
        Class=\(className)\r
        ClassGUID=\(guids[className] ?? "")\r
        Provider=\(provider)\r
        DriverVer=01/15/2023,12.19.2.45\r
        [Manufacturer]\r
        m=Models,NTamd64\r
        [Models.NTamd64]\r
        device=Install,\(ids)\r

        """
    }

    private static let guids = [
        "Net": "{4d36e972-e325-11ce-bfc1-08002be10318}", "SCSIAdapter": "{4D36E97B-E325-11CE-BFC1-08002BE10318}",
    ]

    /// The devices of a laptop as lspci and lsusb list them.
    public static let laptop = """
        00:00.0 Host bridge [0600]: Intel Corporation Device [8086:9a14] (rev 01)
        00:0e.0 RAID bus controller [0104]: Intel Corporation Volume Management Device [8086:9a0b]
        00:1f.6 Ethernet controller [0200]: Intel Corporation I219-LM [8086:15bb] (rev 10)
        01:00.0 Non-Volatile memory controller [0108]: Samsung SM981 [144d:a808]
        Bus 001 Device 003: ID 0bda:8153 Realtek Semiconductor Corp. RTL8153 Gigabit Ethernet Adapter

        """

    /// A whole boot image with a network driver that was added and Windows' driver of NVMe, as `boot.wim` in `folder`.
    public static func bootImage(in folder: TestFolder, drivers: [String: String] = standardDrivers) throws -> FilePath
    {
        var tree = try BootImageFixture(fillerByteCount: 1).tree()
        for (path, text) in drivers { try tree.add(path, .text(text)) }
        try tree.add(
            "Windows\\servicing\\Packages\\WinPE-WMI-Package~31bf3856ad364e35~amd64~en-US~10.0.26100.1.mum", .text("x"))
        try tree.add(
            "Windows\\servicing\\Packages\\Package_for_RollupFix~31bf3856ad364e35~amd64~~26100.1742.1.10.mum",
            .text("y"))
        try tree.add(
            "Windows\\System32\\winpeshl.ini", .text("[LaunchApps]\r\nnet.exe, use \\\\srv\\s s3cretValue /user:u\r\n"))
        var hive = HiveBuilder()
        hive.set("WinPECacheThreshold", of: "ControlSet001\\Services\\FBWF", to: .number(512))
        try tree.add("Windows\\System32\\config\\SYSTEM", .bytes(hive.bytes()))
        var software = HiveBuilder()
        let version = "Microsoft\\Windows NT\\CurrentVersion"
        for (name, number) in [("CurrentMajorVersionNumber", 10), ("CurrentMinorVersionNumber", 0), ("UBR", 1742)] {
            software.set(name, of: version, to: .number(UInt32(number)))
        }
        software.set("CurrentBuildNumber", of: version, to: .text("26100"))
        try tree.add("Windows\\System32\\config\\SOFTWARE", .bytes(software.bytes()))
        let source = folder.appending("boot-image")
        try tree.write(to: source)
        let output = folder.appending("boot.wim")
        try Program.succeed(
            "wimlib-imagex",
            ["capture", source.string, output.string, "Windows PE", "", "--compress=none", "--boot"]
                + [
                    "ARCH=9", "EDITIONID=WindowsPE", "VERSION/MAJOR=10", "VERSION/MINOR=0", "VERSION/BUILD=26100",
                    "LANGUAGES/DEFAULT=en-US",
                ].map { "--image-property=WINDOWS/\($0)" })
        return output
    }

    private static let store = "Windows\\System32\\DriverStore\\FileRepository"
    private static let network = inf("Net", "PCI\\VEN_8086&DEV_15BB")

    /// A network driver that was added, and Windows' driver of NVMe.
    public static let standardDrivers = [
        "\(store)\\nic.inf_amd64_01\\nic.inf": network, "Windows\\INF\\oem0.inf": network,
        "\(store)\\stornvme.inf_amd64_02\\stornvme.inf": inf("SCSIAdapter", "PCI\\CC_010802", provider: "Microsoft"),
    ]
}
