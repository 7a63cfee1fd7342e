// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import MediaFormat
import Support
import SystemPackage

/// Media that was made, as the ledger keeps it: nothing of it is a secret.
public struct LedgerEntry: Sendable, Equatable, Encodable {
    /// A task sequence.
    public struct TaskSequence: Sendable, Equatable, Encodable {
        /// Its package ID; empty where its file does not say one.
        public let id: String
        /// Its name.
        public let name: String
    }

    /// A boot image on media.
    public struct BootImage: Sendable, Equatable, Encodable {
        /// Its package.
        public let id: String
        /// Its version.
        public let version: Int
    }

    /// A drive that was written.
    public struct Drive: Sendable, Equatable, Encodable {
        /// Its device, as it was called then.
        public let path: String
        /// Its model; nil where it does not say one.
        public let model: String?
        /// Its serial number; nil where it does not say one.
        public let serial: String?
    }

    /// A content on the media.
    public struct Content: Sendable, Equatable, Encodable {
        /// The package, or the content of an application.
        public let id: String
        /// The package that it is of.
        public let packageId: String
        /// Its version.
        public let version: Int
    }

    /// When it was made, in UTC.
    public private(set) var madeAt: String
    /// The media GUID.
    public let mediaGuid: String
    /// The kind of media, as it says itself.
    public let mediaType: String
    /// The label.
    public let label: String
    /// The files or the folder; empty for drives.
    public let outputs: [String]
    /// The drives; empty for files and folders.
    public private(set) var drives: [Drive]
    /// The task sequence on it; nil where it has none.
    public let taskSequence: TaskSequence?
    /// The boot image, where it is a package; nil where it is a file, and for media of earlier versions.
    public let bootImage: BootImage?
    /// The site that it asks; nil where it does not name one.
    public let siteCode: String?
    /// The SHA-1 of its certificate; nil where it has none.
    public let certificateThumbprint: String?
    /// When it ceases to work, or its certificate does; nil where neither does.
    public let expiresAt: String?
    /// What is on it.
    public let contents: [Content]

    /// The media of `plan`, which was written at `time`: to `drives`, or to its outputs.
    ///
    /// - Parameter place: what a file or a folder is called by whoever looks for it, when that is not where it was made.
    init(_ plan: MediaPlan, drives: [Drive], at time: Timestamp, place: ((FilePath) -> String)? = nil) {
        madeAt = CivilTime(time).text
        mediaGuid = plan.mediaGUID
        mediaType = plan.mediaType.rawValue
        label = plan.label
        self.drives = drives
        let parts = plan.volumes.flatMap { volume in
            volume.report.parts.isEmpty ? [volume.output] : volume.report.parts.map(\.path)
        }
        let place = place ?? { ($0.isRelative ? $0.absolute?.lexicallyNormalized() ?? $0 : $0).string }
        outputs = drives.isEmpty ? parts.map(place) : []
        taskSequence = plan.record.taskSequence
        bootImage = plan.record.bootImage
        siteCode = plan.record.siteCode
        certificateThumbprint = plan.certificate?.thumbprint
        expiresAt = plan.record.expiration.map { CivilTime($0).text }
        let packages = plan.contents.map {
            Content(id: $0.id, packageId: $0.packageID.description, version: $0.version)
        }
        contents = packages + [plan.record.operatingSystemImage].compactMap { $0 }
    }

    /// Whether this is the media `guid`, with braces around it or without.
    public func isMedia(_ guid: String) -> Bool {
        guard let own = GUID(mediaGuid), let other = GUID(guid) else { return mediaGuid.caseFolded == guid.caseFolded }
        return own == other
    }

    /// Whether both say the same of what is on the media, whenever it was made and whatever its drives were called then.
    func saysTheSame(as other: LedgerEntry) throws -> Bool {
        var (own, others) = (self, other)
        (own.madeAt, own.drives) = ("", [])
        (others.madeAt, others.drives) = ("", [])
        return try JSON.bytes(of: own, .line) == JSON.bytes(of: others, .line)
    }

    /// Whether both are of one place: the later one took the place of the earlier one.
    func hasSamePlace(as other: LedgerEntry) -> Bool {
        guard !drives.isEmpty || !other.drives.isEmpty else {
            return outputs.elementsEqual(other.outputs) { $0.isExactly($1) }
        }
        // A device has another name tomorrow.
        let (own, others) = (drives.map(\.serial), other.drives.map(\.serial))
        return own == others && own.allSatisfy { $0 != nil }
    }
}

// MARK: Reading

extension LedgerEntry {
    /// Values of one entry; media has some 100 contents.
    private static let valueLimit = 100_000

    private static func node(of line: [UInt8]) -> JSONNode? {
        var reader = JSONReader(line)
        do {
            let node = try reader.node(limit: valueLimit)
            try reader.end()
            return node
        } catch {
            return nil
        }
    }

    /// Reads a line; nil where it is none of ours.
    init?(line: some Sequence<UInt8>) {
        guard let node = Self.node(of: Array(line)), let madeAt = node.text("madeAt"),
            let guid = node.text("mediaGuid"), let type = node.text("mediaType"),
            let label = node.text("label"), let outputs = node.list("outputs"), let drives = node.list("drives"),
            let contents = node.list("contents")
        else { return nil }
        self.madeAt = madeAt
        (mediaGuid, mediaType, self.label) = (guid, type, label)
        self.outputs = outputs.compactMap { (output: JSONNode) -> String? in
            if case .text(let path) = output { return path }
            return nil
        }
        self.drives = drives.compactMap { (drive: JSONNode) -> Drive? in
            guard let path = drive.text("path") else { return nil }
            return Drive(path: path, model: drive.text("model"), serial: drive.text("serial"))
        }
        if let sequence = node["taskSequence"], let name = sequence.text("name") {
            taskSequence = TaskSequence(id: sequence.text("id") ?? "", name: name)
        } else {
            taskSequence = nil
        }
        bootImage = node["bootImage"].flatMap { image in
            guard let id = image.text("id"), let version = image.integer("version") else { return nil }
            return BootImage(id: id, version: version)
        }
        siteCode = node.text("siteCode")
        certificateThumbprint = node.text("certificateThumbprint")
        expiresAt = node.text("expiresAt")
        self.contents = contents.compactMap { (content: JSONNode) -> Content? in
            guard let id = content.text("id"), let packageID = content.text("packageId"),
                let version = content.integer("version")
            else { return nil }
            return Content(id: id, packageId: packageID, version: version)
        }
        guard self.contents.count == contents.count, self.outputs.count == outputs.count,
            self.drives.count == drives.count
        else { return nil }
    }
}

extension JSONNode {
    fileprivate func text(_ name: String) -> String? {
        if case .text(let text)? = self[name] { return text }
        return nil
    }

    fileprivate func integer(_ name: String) -> Int? {
        if case .number(let digits)? = self[name] { return Int(digits) }
        return nil
    }

    fileprivate func list(_ name: String) -> [JSONNode]? {
        if case .list(let list)? = self[name] { return list }
        return nil
    }
}
