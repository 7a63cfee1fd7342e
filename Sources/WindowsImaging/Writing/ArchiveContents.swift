// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer

/// The contents of an archive that is written, by their numbers: where the bytes of each are is asked when its turn comes,
/// and not kept, because archives have very many.
struct ArchiveContents: Sendable {
    let layout: WindowsImageLayout
    let source: @Sendable (Int) throws -> TransferContent

    /// The numbers.
    var indices: Range<Int> { layout.contents.indices }

    /// The size of a content in bytes.
    func byteCount(_ number: Int) -> Int64 { layout.contents[number].byteCount }

    /// The name of the first file that has it.
    func fileName(_ number: Int) -> String { layout.contents[number].fileName }

    /// The content and where its bytes are.
    func callAsFunction(_ number: Int) throws -> TransferContent { try source(number) }
}
