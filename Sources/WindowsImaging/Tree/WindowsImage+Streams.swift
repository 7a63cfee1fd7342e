// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Cryptography
import Support

extension WindowsImage {
    /// The metadata of image `index`, whose SHA-1 was checked, and where every stream of the archive lies.
    ///
    /// - Throws: ``WindowsImagingError``; `FileError`.
    func metadataAndStreams(
        ofImage index: Int
    ) throws -> (metadata: ImageMetadata, streams: [StreamHash: WindowsImageStorage]) {
        try checkIndex(index)
        let list = try resources()
        guard list.metadata.indices.contains(index - 1) else {
            throw WindowsImagingError(
                .incomplete, "\(describe(index))", "has no list of files", nextStep: "get a complete copy of it")
        }
        let storage = list.metadata[index - 1]
        var bytes: [UInt8] = []
        // What a damaged archive claims is not made room for.
        try WindowsImageReader(self).read(storage) { bytes += $0 }
        guard SHA1.digest(of: bytes) == storage.sha1 else {
            throw WindowsImagingError(
                .damaged, "\(describe(index))", "has a list of files that is not what was written",
                nextStep: "get a fresh copy of it")
        }
        return (try ImageMetadata(bytes, name: describe(index)), list.streams)
    }

    /// A list of files of more bytes must be a file of more than ``leastSharesOfList`` of them: the SHA-1 in each entry, 20 bytes
    /// of some 150, shortens to nothing.
    private static let unsuspiciousByteCount: Int64 = 32 << 20
    private static let leastSharesOfList: Int64 = 64

    /// Refuses lists of files that are larger than any, or claim to be: libwim makes room for what an archive claims, and fills
    /// it with what little bytes become.
    ///
    /// - Throws: ``WindowsImagingError`` `.tooLarge`.
    func checkLists() throws(WindowsImagingError) {
        final class Lists { var storages: [WindowsImageStorage] = [] }
        let found = Lists()
        let result = withExtendedLifetime(found) {
            wimlib_iterate_lookup_table(
                handle, 0,
                { resource, context in
                    if let resource, let context, resource.pointee.is_metadata != 0 {
                        Unmanaged<Lists>.fromOpaque(context).takeUnretainedValue().storages
                            .append(WindowsImageStorage(resource.pointee))
                    }
                    return 0
                }, Unmanaged.passUnretained(found).toOpaque())
        }
        try Libwim.check(result, path.string, "could not be listed")
        for (number, storage) in found.storages.enumerated() {
            let isPossible =
                storage.byteCount <= Self.unsuspiciousByteCount
                || storage.byteCount <= ImageMetadata.byteLimit
                    && storage.byteCount / Self.leastSharesOfList <= storage.storedByteCount
            guard isPossible else {
                throw WindowsImagingError(
                    .tooLarge, "\(describe(number + 1))", "has a list of files of \(storage.byteCount) bytes",
                    nextStep: "check that this is the image you mean")
            }
        }
    }

    private final class Resources {
        var metadata: [WindowsImageStorage] = []
        var streams: [StreamHash: WindowsImageStorage] = [:]
    }

    /// What the list of resources holds: the metadata of each image, and the streams.
    private func resources() throws(WindowsImagingError) -> Resources {
        let found = Resources()
        let result = withExtendedLifetime(found) {
            wimlib_iterate_lookup_table(
                handle, 0,
                { resource, context in
                    guard let resource, let context else { return 0 }
                    let found = Unmanaged<Resources>.fromOpaque(context).takeUnretainedValue()
                    let storage = WindowsImageStorage(resource.pointee)
                    if resource.pointee.is_metadata != 0 {
                        found.metadata.append(storage)
                    } else if let hash = StreamHash(storage.sha1) {
                        found.streams[hash] = storage
                    }
                    return 0
                }, Unmanaged.passUnretained(found).toOpaque())
        }
        try Libwim.check(result, path.string, "could not be listed")
        return found
    }
}
