// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What was extracted from media.
public struct MediaExtraction: Sendable, Encodable {
    /// Something that was not extracted.
    public struct LeftOut: Sendable, Equatable, Encodable {
        /// Its place on the media, or its name where that is none.
        public let path: String
        /// Why.
        public let reason: String

        init(path: String, reason: String) {
            self.path = path
            self.reason = reason
        }

        init(_ refused: MediaPathError) {
            self.init(path: refused.name, reason: refused.problem.description)
        }
    }

    /// The media.
    public let media: String
    /// The folder that was made; it is there only when nothing is wrong.
    public let output: String
    /// The media GUID, by the manifest of the media; nil without one.
    public let mediaGuid: String?
    /// Why no file was compared with the manifest of the media; nil where that could be done, or there is none.
    public let manifestProblem: String?
    /// The number of files.
    public let fileCount: Int
    /// The number of folders.
    public let folderCount: Int
    /// The sum of the sizes of the files in bytes.
    public let size: Int64
    /// How many of the files the manifest lists: these were hashed on the way, and are what it says.
    public let verifiedFileCount: Int
    /// What was not extracted: links and special files, and second files of one name.
    public let leftOut: [LeftOut]
    /// What differs from the manifest, or cannot be read, ordered by path; then nothing was left.
    public let findings: [MediaVerification.Finding]
}

/// What media holds that can be extracted.
public struct MediaListing: Sendable, Encodable {
    /// A file or folder.
    public struct Entry: Sendable, Equatable, Encodable {
        /// Its place.
        public let path: String
        /// Whether it is a folder.
        public let isFolder: Bool
        /// Its size in bytes; 0 for a folder.
        public let size: Int64
        /// When it was changed, as YYYY-MM-DDThh:mm:ssZ; nil where that is not said.
        public let modifiedAt: String?
    }

    /// The media.
    public let media: String
    /// What leads to the files, the file system that they were read through first; nil where that cannot be told.
    public let fileSystems: [String]?
    /// The files and folders, ordered by path.
    public let entries: [Entry]
    /// What cannot be extracted.
    public let leftOut: [MediaExtraction.LeftOut]
}
