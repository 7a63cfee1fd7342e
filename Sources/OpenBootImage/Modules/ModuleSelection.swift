// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Which drivers a boot image has.
public enum HardwareSupport: String, Sendable, Hashable, CaseIterable {
    /// Those of virtual machines: QEMU, Hyper-V, VMware, VirtualBox, Xen.
    case virtual
    /// Those, and the controllers and network cards of PCs and servers.
    case all

    /// The modules that are asked for; a kernel that has one built in, or does not know it, has none to give.
    var moduleNames: [String] {
        switch self {
        case .virtual: Self.base + Self.virtualMachines + Self.shares
        case .all: Self.base + Self.virtualMachines + Self.controllers + Self.networkCards + Self.inputs + Self.shares
        }
    }

    /// Media, file systems, USB and a keyboard.
    private static let base = words(
        """
        loop fuse isofs udf nls_cp437 nls_ascii nls_utf8 nls_iso8859_1 vfat fat sr_mod sd_mod sg cdrom
        usb_storage uas xhci_pci xhci_pci_renesas ehci_pci uhci_hcd ohci_pci hid_generic usbhid i8042 atkbd psmouse
        efivarfs dm_mod crc32c_intel crc32c_generic rtc_cmos virtio_console
        """)

    private static let virtualMachines = words(
        """
        virtio_pci virtio_blk virtio_scsi virtio_net virtio_input ata_piix ata_generic ahci e1000 e1000e vmxnet3
        vmw_pvscsi mptspi mptsas hv_vmbus hv_storvsc hv_netvsc hyperv_keyboard hid_hyperv pata_legacy pcnet32 r8169
        8139cp 8139too nvme xen_blkfront xen_netfront af_packet
        """)

    private static let controllers = words(
        """
        nvme ahci vmd megaraid_sas megaraid_mbox mpt3sas aacraid hpsa smartpqi arcmsr mvsas pm80xx isci sata_nv sata_sil
        sata_sil24 sata_via sata_sis pata_amd pata_via pata_atiixp pata_jmicron sdhci_pci sdhci_acpi rtsx_pci_sdmmc
        rtsx_usb_sdmmc mmc_block thunderbolt typec_ucsi intel_lpss_pci intel_lpss_acpi
        """)

    private static let networkCards = words(
        """
        e1000e igb igc ixgbe ixgbevf i40e iavf ice r8169 r8152 ax88179_178a asix cdc_ether cdc_ncm smsc75xx smsc95xx lan78xx
        aqc111 tg3 bnxt_en bnx2 bnx2x mlx4_en mlx5_core atlantic alx atl1c atl1e sky2 skge forcedeth jme qede qlcnic
        be2net cxgb4 enic ena realtek broadcom marvell smsc
        """)

    private static let inputs = words(
        """
        hid_multitouch hid_apple hid_microsoft hid_logitech hid_logitech_dj hid_logitech_hidpp i2c_hid_acpi
        i2c_designware_platform surface_aggregator surface_hid surface_kbd pinctrl_alderlake pinctrl_tigerlake
        pinctrl_cannonlake pinctrl_sunrisepoint pinctrl_icelake pinctrl_jasperlake pinctrl_geminilake pinctrl_elkhartlake
        pinctrl_broxton pinctrl_cherryview pinctrl_baytrail pinctrl_amd pinctrl_meteorlake
        """)

    /// SMB, with the ciphers that it asks the kernel for by name.
    private static let shares = words(
        """
        cifs cifs_md4 md4 cmac des_generic ecb ctr ccm gcm aes_generic aesni_intel ghash_clmulni_intel sha512_generic
        sha256_generic hmac nls_utf8
        """)

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
    }
}

/// The modules of a kernel that an image gets: those that are asked for and all that they need.
struct ModuleSelection: Sendable {
    /// The modules, each behind those that it needs.
    let modules: [KernelModule]

    /// Chooses among `all` the modules called `names`, with their dependencies.
    init(_ names: [String], among all: [KernelModule]) {
        let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
        var chosen: [KernelModule] = []
        var seen: Set<String> = []
        // A list instead of recursion: dependencies come from files.
        var stack: [(module: KernelModule, next: Int)] = []
        for name in names.map(KernelModule.normalized) {
            guard let module = byName[name], seen.insert(name).inserted else { continue }
            stack.append((module, 0))
            while let (module, next) = stack.last {
                if next < module.dependencies.count {
                    stack[stack.count - 1].next += 1
                    let needed = module.dependencies[next]
                    if let module = byName[needed], seen.insert(needed).inserted { stack.append((module, 0)) }
                } else {
                    chosen.append(module)
                    stack.removeLast()
                }
            }
        }
        modules = chosen
    }

    /// `modules.dep`: each module with all that it needs, what is loaded last first (modules.dep(5)).
    var dependencyIndex: [UInt8] {
        let byName = Dictionary(modules.map { ($0.name, $0) }) { first, _ in first }
        let order = Dictionary(uniqueKeysWithValues: modules.enumerated().map { ($1.name, $0) })
        let lines = sorted.map { module in
            var needed: Set<String> = []
            var queue = module.dependencies
            while let name = queue.popLast() {
                guard let other = byName[name], name != module.name, needed.insert(name).inserted else { continue }
                queue += other.dependencies
            }
            let ordered = needed.sorted { (order[$0] ?? 0) > (order[$1] ?? 0) }
            return "\(module.path):" + ordered.compactMap { byName[$0].map { " \($0.path)" } }.joined()
        }
        return Self.text(lines)
    }

    /// `modules.alias`: which module serves what (modprobe.d(5)).
    var aliasIndex: [UInt8] {
        Self.text(
            ["# Aliases extracted from modules themselves."]
                + sorted.flatMap { module in module.aliases.map { "alias \($0) \(module.name)" } })
    }

    /// The modules in the order of their paths, so that the index does not depend on the order of wishes.
    private var sorted: [KernelModule] { modules.sorted { $0.path.precedesByBytes($1.path) } }

    private static func text(_ lines: [String]) -> [UInt8] { Array((lines.joined(separator: "\n") + "\n").utf8) }
}
