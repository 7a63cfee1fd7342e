// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer

/// The contents of an archive that is written, by their numbers: those of files, then the streams of a tree that are
/// compressed anew.
///
/// Where the bytes of each are is asked when its turn comes, and not kept, because archives have very many.
struct ArchiveContents: Sendable {
    let layout: WindowsImageLayout
    let source: @Sendable (Int) throws -> TransferContent

    /// The numbers.
    var indices: Range<Int> { 0..<layout.contents.count + streams.count }

    /// The numbers of those that files have.
    var fileIndices: Range<Int> { layout.contents.indices }

    private var streams: [WindowsImageOverlay.Stream] { layout.copiesStreams ? [] : layout.overlay?.streams ?? [] }

    /// The stream of a tree that a content is; nil for that of a file.
    func stream(_ number: Int) -> WindowsImageOverlay.Stream? {
        number < layout.contents.count ? nil : streams[number - layout.contents.count]
    }

    /// The size of a content in bytes.
    func byteCount(_ number: Int) -> Int64 {
        stream(number)?.storage.byteCount ?? layout.contents[number].byteCount
    }

    /// The name of the first file that has it.
    func fileName(_ number: Int) -> String { layout.contents[number].fileName }

    /// How often the image has it.
    func referenceCount(_ number: Int) -> Int {
        stream(number)?.referenceCount ?? layout.contents[number].referenceCount
    }

    /// The content of a file, and where its bytes are.
    func callAsFunction(_ number: Int) throws -> TransferContent { try source(number) }

    /// What reads a content.
    func reader(
        _ number: Int, didVerify: @escaping ContentCopier.DidVerify = { _, _, _, _ in }
    ) throws -> any ContentInput {
        guard let stream = stream(number), let overlay = layout.overlay else {
            return try ContentReader(try source(number), didVerify: didVerify)
        }
        return try WindowsImageReader.Stream(stream.storage, of: overlay.tree.reader)
    }
}

/// Something that hands out the bytes of a content in order.
protocol ContentInput: AnyObject {
    /// Fills `buffer` with the next bytes and returns how many they are: all it holds, unless the content ends before.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

extension ContentReader: ContentInput {}
extension WindowsImageReader.Stream: ContentInput {}
