// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Support

/// What one resource of a new archive holds.
struct ResourceUnit: Sendable {
    /// How the resource comes about.
    enum Making: Sendable {
        /// Its content is read, and compressed or not; nil when that is decided by its first bytes.
        case read(isCompressed: Bool?)
        /// Its contents are read and compressed as one.
        case solid
        /// Its content goes to its place as it is, without being read here: its SHA-1 is known.
        case copied
        /// It is taken over as it is from another archive.
        ///
        /// Indirect, because an archive has very many resources.
        indirect case reused(WindowsImageReuse)
    }

    /// The number of its content, the first of several when it is solid.
    private let first: Int
    private let others: [Int]
    let making: Making

    /// A resource of one content.
    init(_ content: Int, making: Making) {
        first = content
        others = []
        self.making = making
    }

    /// A solid resource of `contents`; nil without any.
    init?(solid contents: [Int]) {
        guard let first = contents.first else { return nil }
        self.first = first
        others = Array(contents.dropFirst())
        making = .solid
    }

    /// The numbers of the contents, one unless the resource is solid.
    var contents: [Int] { [first] + others }

    var isSolid: Bool { if case .solid = making { true } else { false } }
    /// The resource of another archive.
    var reused: WindowsImageStorage? { if case .reused(let reuse) = making { reuse.storage } else { nil } }
    var isCopied: Bool { if case .copied = making { true } else { false } }
}

/// Reads contents one after the other into segments; used by one thread at a time.
final class SegmentSource {
    private let contents: ArchiveContents
    private let units: [ResourceUnit]
    private let segmentByteCount: Int
    private let didVerify: ContentCopier.DidVerify
    private let formats: CompressedFormats?

    private var number = 0
    private var unit = 0
    /// The place in the unit, and what of the content there was not read yet.
    private var index = 0
    private var reader: (any ContentInput)?
    private var rest: Int64 = 0
    private var isCompressed = false

    /// - Parameter formats: nil when nothing is compressed.
    init(
        _ contents: ArchiveContents, _ units: [ResourceUnit], segmentByteCount: Int,
        formats: CompressedFormats?, didVerify: @escaping ContentCopier.DidVerify
    ) {
        self.contents = contents
        self.units = units
        self.segmentByteCount = segmentByteCount
        self.formats = formats
        self.didVerify = didVerify
    }

    /// Fills `segment` with what comes next; false when there is nothing more, and after a failure.
    func fill(_ segment: Segment) throws -> Bool {
        do {
            return try fillNext(segment)
        } catch {
            // Another thread may ask before it hears of this: a content that failed at its end would never end.
            unit = units.count
            throw error
        }
    }

    private func fillNext(_ segment: Segment) throws -> Bool {
        guard unit < units.count else { return false }
        segment.number = number
        segment.unit = unit
        segment.isFirst = index == 0 && reader == nil
        number += 1
        switch units[unit].making {
        case .copied:
            segment.isLast = true
            unit += 1
            return true
        case .reused(let reuse):
            try fill(segment, reuse)
            return true
        case .read, .solid: break
        }
        let contained = units[unit].contents
        while segment.inputByteCount < segmentByteCount, index < contained.count {
            let content = contained[index]
            let reader = try reader(of: content)
            let start = segment.inputByteCount
            let count = try reader.read(
                into: UnsafeMutableRawBufferPointer(rebasing: segment.input[start..<segmentByteCount]))
            rest -= Int64(count)
            segment.inputByteCount += count
            segment.pieces.append(.init(content: content, range: start..<(start + count), isLast: rest == 0))
            if segment.isFirst, start == 0 { try decide(content, reader, segment.plain) }
            if rest == 0 {
                self.reader = nil
                index += 1
            }
        }
        segment.isCompressed = isCompressed
        segment.isLast = index == contained.count
        if segment.isLast {
            unit += 1
            index = 0
        }
        return true
    }

    /// Takes the next bytes of a resource of another archive.
    private func fill(_ segment: Segment, _ reuse: WindowsImageReuse) throws {
        let storage = reuse.storage
        segment.isFirst = rest == 0
        if segment.isFirst { rest = storage.storedByteCount }
        let count = Int(min(rest, Int64(segmentByteCount)))
        try reuse.reader.readStored(
            storage, at: storage.storedByteCount - rest, into: .init(rebasing: segment.input[..<count]))
        segment.inputByteCount = count
        rest -= Int64(count)
        segment.isLast = rest == 0
        if segment.isLast { unit += 1 }
    }

    private func reader(of content: Int) throws -> any ContentInput {
        if let reader { return reader }
        let opened = try contents.reader(content, didVerify: didVerify)
        reader = opened
        rest = contents.byteCount(content)
        return opened
    }

    private func decide(_ content: Int, _ reader: any ContentInput, _ start: UnsafeRawBufferPointer) throws {
        if units[unit].isSolid {
            isCompressed = true
        } else if case .read(let known?) = units[unit].making {
            isCompressed = known
        } else if let formats, let reader = reader as? ContentReader {
            isCompressed = try formats.isCompressible(
                reader, byteCount: contents.byteCount(content), name: contents.fileName(content), start: start)
        } else {
            isCompressed = false
        }
    }
}
