// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage

/// The operating system image whose files prestaged media has laid on a volume, as if it had been applied.
struct ExtractedImage {
    private let image: MediaManifest.OperatingSystemImage
    private let drive: FilePath
    private let cache: ContentCache?
    private let session: EngineSession

    init(
        _ image: MediaManifest.OperatingSystemImage, drive: FilePath, cache: ContentCache?, _ session: EngineSession
    ) {
        self.image = image
        self.drive = drive
        self.cache = cache
        self.session = session
    }

    /// The image, when it is as it was written and what the site has now.
    ///
    /// - Parameter standing: how it stands to the distribution points; nil where none is known.
    /// - Throws: `FileError`; `InterruptedError`.
    func find(_ standing: () throws -> ContentStanding?) throws -> AppliedImage? {
        let name = "operating system image \(image.id)"
        guard let partition = image.partition, let cache, cache.volume.partition == partition else {
            session.log.warning("\(name): its files are on no partition that the media tells of")
            return nil
        }
        do {
            if let found = try standing(), found.status == .outdated {
                session.log.warning("\(name) lies applied and is not used: \(found.reason ?? "")")
                return nil
            }
        } catch let error as InterruptedError {
            throw error
        } catch {
            session.log.warning("\(name) is taken as this computer has it: \(error)")
        }
        session.presenter.say("Checking the operating system that was laid on this computer.")
        // As another reader of the same disk.
        cache.end()
        let findings = try MediaVerifier.imageFindings(
            onDisk: drive, interruption: session.interruption, progress: session.imageProgress)
        guard findings.isEmpty else {
            session.log.warning(
                "\(name) lies applied and is not as it was written: \(findings[0].path)\(findings[0].reason.map { " (\($0))" } ?? "")"
            )
            return nil
        }
        session.log.note("\(name) lies applied on \(cache.volume.title), as it was written")
        return AppliedImage(node: cache.volume.node, index: image.index)
    }
}
