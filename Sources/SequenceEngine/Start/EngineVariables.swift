// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import SequenceTools
import Support
import SystemPackage

/// The variables that the engine sets before the first step (docs/formats/task-sequence.md section 5).
struct EngineVariables {
    let media: StartedMedia
    let isOnDisc: Bool
    let computer: Computer
    let logFolder: FilePath

    /// Names and values.
    var all: [(String, String)] {
        var all = [
            ("_SMSTSInWinPE", "true"), ("_SMSTSMediaType", media.bootstrap.mediaType.rawValue),
            ("_SMSTSBootUEFI", computer.firmware == .uefi ? "true" : "false"),
            ("_SMSTSLaunchMode", media.bootstrap.mediaType == .prestaged ? "HD" : isOnDisc ? "CD" : "UFD"),
            ("_SMSTSType", "2"), ("_SMSTSLogPath", logFolder.string), (EngineSupport.variable, "true"),
            ("_SMSTSMachineName", MachineName.name(of: computer)),
        ]
        if media.bootstrap.mediaType == .standalone {
            all += [("_SMSTSPackageID", "INMEM_TS"), ("_SMSTSStandAloneMedia", "true")]
        }
        for (name, field) in [
            ("_SMSTSModel", "product_name"), ("_SMSTSMake", "sys_vendor"), ("_SMSTSSerialNumber", "product_serial"),
        ] {
            if let value = computer.dmi(field) { all.append((name, value)) }
        }
        return all
    }
}
