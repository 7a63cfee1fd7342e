// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import Support

/// What verification found about a volume.
public struct MediaVerification: Sendable, Equatable, Encodable {
    /// What is wrong with a file.
    public enum Problem: String, Sendable, Encodable {
        /// The manifest lists it and the media does not hold it.
        case missing
        /// Its size or its bytes are not those of the manifest.
        case damaged
        /// The media holds it and the manifest does not list it: also what no file of media can be, by its name or its kind.
        case foreign
        /// It cannot be read.
        case unreadable
        /// It is not by whom it should be.
        case untrusted
        /// Firmware refuses it, by a list that was given.
        case revoked
    }

    /// A file that is not as the manifest says, or something else that is not as it was written.
    public struct Finding: Sendable, Equatable, Encodable {
        /// The file, spelt as it is found, or as the manifest lists it when it is missing; of what is no file its name.
        public let path: String
        /// What is wrong with it.
        public let problem: Problem
        /// Why it can be no file of media, or what it is instead of a file; nil for one that could be.
        public let reason: String?
        /// Whether it is a file.
        package let isFile: Bool
        /// Whether an update of the drive that it is found on mends it.
        package let isMendedByUpdate: Bool

        private enum CodingKeys: String, CodingKey { case path, problem, reason }

        package init(_ path: MediaPath, _ problem: Problem, reason: String? = nil) {
            self.path = path.description
            self.problem = problem
            self.reason = reason
            (isFile, isMendedByUpdate) = (true, true)
        }

        /// What can be no file of media, or is damaged.
        package init(_ name: MediaPathError) {
            path = name.name
            problem = name.isDamage ? .damaged : .foreign
            reason = name.problem.description
            (isFile, isMendedByUpdate) = (true, !name.isDamage)
        }

        /// A file of an operating system image, its names joined by `/`.
        package init(imageFile path: String, _ problem: Problem) {
            self.path = path
            self.problem = problem
            reason = nil
            (isFile, isMendedByUpdate) = (true, true)
        }

        /// A loader that firmware refuses, whatever the manifest says of it.
        package init(loader path: String, _ problem: Problem, reason: String) {
            self.path = path
            self.problem = problem
            self.reason = reason
            (isFile, isMendedByUpdate) = (false, false)
        }

        /// A part of the medium that is damaged.
        package init(damagedPart name: String, reason: String, isMended: Bool = false) {
            path = name
            problem = .damaged
            self.reason = reason
            (isFile, isMendedByUpdate) = (false, isMended)
        }

        /// Something that is not by whom it should be, whose `reason` is the end of a sentence.
        package init(untrusted name: String, reason: String) {
            path = name
            problem = .untrusted
            self.reason = reason
            (isFile, isMendedByUpdate) = (false, false)
        }

        /// What helps against it when it is a part of a drive, or of a disc.
        package func remedy(onDrive isDrive: Bool) -> String {
            guard isDrive else { return "copy the image again, or build it again" }
            return isMendedByUpdate ? "mend it with update" : "write the drive anew"
        }
    }

    /// The media.
    public let media: String
    /// Whether it is a drive or the image of one, which can be updated.
    public let isDrive: Bool
    /// The media GUID.
    public let mediaGuid: String
    /// The number of the volume.
    public let volume: Int
    /// How many volumes the media has.
    public let volumeCount: Int
    /// The number of files that the manifest lists, or counts in an operating system image.
    public let fileCount: Int
    /// The sum of their sizes in bytes.
    public let size: Int64
    /// What there is to say of the signature of the manifest.
    public let signature: SignatureVerdict
    /// What the key is called that it is by: of one that was not checked what it says itself; nil where nothing says it.
    public let signedBy: String?
    /// The UEFI loaders on it, and who signed them.
    public let loaders: [LoaderInspection]
    /// Everything that is wrong, ordered by path; empty when the media is intact.
    public let findings: [Finding]

    /// True when nothing is wrong.
    public var isIntact: Bool { findings.isEmpty }
}
