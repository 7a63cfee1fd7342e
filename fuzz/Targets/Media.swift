// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage

@testable import MediaFormat

extension FuzzTarget {
    /// What is done with media of any form: it is opened, inspected and verified.
    static let media = [
        FuzzTarget(
            "media",
            seeds: { folder in
                let fat = try fatSeed(folder, bits: 32, mebibytes: 34)
                let disc = folder.appending("m.iso")
                try Program.succeed(
                    "genisoimage", ["-quiet", "-J", "-udf", "-o", disc.string, try MediaSeed.tree(in: folder).string])
                return [
                    SparseImage.input(of: try driveSeed(folder, "dos", fat)),
                    SparseImage.input(of: try SmallFile.read(disc, limit: 64 << 20)),
                ]
            },
            read: { input in
                try ScratchFile.with(SparseImage(input)) { path, _ in
                    _ = try? MediaInspector().inspect(path)
                    _ = try? MediaInspector().certificate(of: path)
                    _ = try MediaVerifier(workerCount: 1, interruption: .ofProcess, progress: SilentProgress())
                        .verify(path)
                }
            })
    ]
}
