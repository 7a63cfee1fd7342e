// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

@testable import MediaBuilder
@testable import MediaFormat

/// The parts of a request by name, for tests that change one.
extension MediaRequest {
    /// A request of `type` without options.
    init(_ type: MediaType, output: FilePath, format: (any VolumeFormat)? = nil) {
        let kind = MediaKind(type, MediaKindOptions())
        self = format.map { MediaRequest(kind, output: output, format: $0) } ?? MediaRequest(kind, output: output)
    }

    /// The kind's options; those that it does not have are the usual ones.
    private var options: MediaKindOptions {
        get {
            var options = MediaKindOptions()
            switch kind {
            case .bootable(let management): options.management = management
            case .capture: break
            case .standalone(let content): options.standalone = content
            case .prestaged(let management, let content):
                (options.management, options.prestaged) = (management, content)
            }
            return options
        }
        set { kind = MediaKind(kind.mediaType, newValue) }
    }

    var management: Management {
        get { options.management }
        set { options.management = newValue }
    }

    var standalone: StandaloneContent {
        get { options.standalone }
        set { options.standalone = newValue }
    }

    var prestaged: PrestagedContent {
        get { options.prestaged }
        set { options.prestaged = newValue }
    }

    /// The archive that is written; the usual one for other formats.
    var archive: ArchiveFormat {
        get { format as? ArchiveFormat ?? ArchiveFormat() }
        set { format = newValue }
    }

    /// The drive that is written; the usual one for other formats.
    var drive: DriveFormat {
        get { format as? DriveFormat ?? DriveFormat() }
        set { format = newValue }
    }

    /// Has files above `limit` bytes treated as those above FAT32's limit.
    mutating func limitFiles(to limit: Int64) {
        let rule = LargeFileRule(limit: limit, rest: .anywhere)
        if var drive = format as? DriveFormat {
            drive.largestFileByteCount = limit
            format = drive
        } else if var disc = format as? DiscFormat {
            disc.largeFiles = rule
            format = disc
        } else if var folder = format as? FolderFormat {
            folder.largeFiles = rule
            format = folder
        }
    }
}

extension VolumePlan {
    /// The drive's layout and everything else that makes two plans of drives one.
    func isSameDrive(as other: VolumePlan) -> Bool {
        (number, output, label) == (other.number, other.output, other.label) && files == other.files
            && folders == other.folders && disk == other.disk && disk != nil
    }
}
