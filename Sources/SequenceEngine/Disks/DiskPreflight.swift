// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import WindowsSetup

/// What speaks against dividing disks or writing to their volumes, told before anything is written.
package enum DiskPreflight {
    /// What is wrong with dividing as planned on a computer with `firmware`; empty when nothing is.
    ///
    /// A disk that is too small, or sectors that cannot be read, is an error of the plan itself.
    ///
    /// - Parameter startsFromIt: whether an operating system is to start from this disk.
    package static func problems(
        _ plan: DiskPlan, firmware: SystemFirmware, startsFromIt: Bool
    ) -> [DiskError] {
        guard startsFromIt, !plan.isStarted(by: firmware) else { return [] }
        let object: DiagnosticText = "step '\(plan.partitioning.stepName)'"
        let style = plan.division.scheme.rawValue.uppercased()
        switch firmware {
        case .uefi:
            return [
                DiskError(
                    .refused, object,
                    "makes a disk with \(style)\(plan.division.scheme == .gpt ? " without an EFI partition" : ""), and"
                        + " this computer was started by UEFI, which starts Windows from an EFI partition with GPT",
                    nextStep: "give the step the condition _SMSTSBootUEFI not equals true, or make an EFI partition")
            ]
        case .bios:
            return [
                DiskError(
                    .refused, object,
                    "makes a disk with \(style)\(plan.division.scheme == .mbr ? " without an active partition" : ""),"
                        + " and this computer was started by a BIOS, which starts Windows from an active partition with"
                        + " MBR",
                    nextStep: "switch the firmware to UEFI, or give the step the condition _SMSTSBootUEFI equals true")
            ]
        }
    }

    /// What is wrong with writing to a volume that stays as it is; nil when nothing is.
    ///
    /// - Parameter isEmptied: whether all that is on it goes: what Windows has not finished does not matter then.
    package static func problem(_ found: ExistingVolumes.Found, isEmptied: Bool) -> DiskError? {
        let object = DiagnosticText(found.volume.title)
        switch found.condition {
        case nil, .clean: return nil
        case .encrypted:
            return DiskError(
                .refused, object, "is encrypted by BitLocker, and cannot be written here",
                nextStep: "switch BitLocker off in its Windows first, or divide the disk anew")
        case .hibernated:
            return DiskError(
                .refused, object, "belongs to a Windows that sleeps or was shut down for a fast start",
                nextStep: "start its Windows, shut it down with 'shutdown /s /t 0', or divide the disk anew")
        case .dirty:
            guard !isEmptied else { return nil }
            return DiskError(
                .refused, object, "has changes that Windows has not finished",
                nextStep: "start its Windows and run 'chkdsk /f' there, or divide the disk anew")
        case .unreadable:
            return DiskError(
                .refused, object, "has NTFS that is damaged",
                nextStep: "run 'chkdsk /f' in Windows, or divide the disk anew")
        }
    }
}
