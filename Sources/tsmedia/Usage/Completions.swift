// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// What shells complete that is neither a path nor one of a few words.
enum Completions {
    /// The drives of this computer: their nodes, and the names that stay the same wherever they are plugged in.
    static let drives = CompletionKind.shellCommand(
        "lsblk --nodeps --noheadings --output PATH 2>/dev/null; ls -d /dev/disk/by-id/* 2>/dev/null")

    /// The drives for discs.
    static let opticalDrives = CompletionKind.shellCommand("ls -d /dev/sr* 2>/dev/null")
}
