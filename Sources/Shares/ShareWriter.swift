// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension ShareSession {
    /// Makes a folder, which must not be there.
    ///
    /// - Throws: ``ShareError``; `InterruptedError`.
    public func makeFolder(_ place: SharePlace, _ interruption: Interruption) throws {
        _ = try ask(.makeFolder, place, nil, interruption)
    }

    /// Removes a file.
    ///
    /// - Throws: ``ShareError``; `InterruptedError`.
    public func remove(_ place: SharePlace, _ interruption: Interruption) throws {
        _ = try ask(.remove, place, nil, interruption)
    }

    /// Removes an empty folder.
    ///
    /// - Throws: ``ShareError``; `InterruptedError`.
    public func removeFolder(_ place: SharePlace, _ interruption: Interruption) throws {
        _ = try ask(.removeFolder, place, nil, interruption)
    }

    /// Gives a file or folder another name on the same share.
    ///
    /// libsmbclient replaces what has the name already: look first.
    ///
    /// - Throws: ``ShareError``; `InterruptedError`.
    public func rename(_ place: SharePlace, to target: SharePlace, _ interruption: Interruption) throws {
        _ = try ask(.rename, place, target, interruption)
    }

    /// What is at `place`; nil when nothing is.
    ///
    /// - Throws: ``ShareError``; `InterruptedError`.
    public func find(_ place: SharePlace, _ interruption: Interruption) throws -> Member? {
        do { return try information(place, interruption) } catch let error as ShareError where error.code == .notFound {
            return nil
        }
    }

    /// Writes a new file.
    ///
    /// - Parameter body: is handed what takes the bytes in order, and returns when all were handed over.
    /// - Throws: ``ShareError``, `.exists` when there is something of that name; `InterruptedError`; what `body` throws.
    public func create(
        _ place: SharePlace, _ interruption: Interruption,
        _ body: (_ write: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        try with(place, interruption) { process in
            process.isBusy = true
            try process.send(ShareMessage(.create).appending(server.url(place)), interruption)
            let (opened, _) = try process.answer(interruption)
            guard opened == 0 else {
                process.isBusy = false
                throw ShareError.call(opened, server.text(place))
            }
            try body { bytes in
                var rest = bytes
                while !rest.isEmpty {
                    let block = UnsafeRawBufferPointer(rebasing: rest.prefix(ShareMessage.blockByteCount))
                    try ShareMessage.head(.bytes, block.count).withUnsafeBytes { try process.send($0, interruption) }
                    try process.send(block, interruption)
                    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(block.count))
                }
            }
            try process.send(ShareMessage(.finish), interruption)
            let (status, _) = try process.answer(interruption)
            process.isBusy = false
            guard status == 0 else { throw ShareError.call(status, server.text(place)) }
        }
    }
}
