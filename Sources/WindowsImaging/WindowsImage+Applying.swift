// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Support
import SystemPackage

extension WindowsImage {
    /// Applies image `index` to the empty volume of NTFS in `volume`, which libwim opens by itself and nobody else has open.
    ///
    /// Everything of the image is kept: security descriptors, further streams, links, junctions, short names, times. libwim
    /// checks the SHA-1 of every stream.
    ///
    /// - Parameters:
    ///   - volume: the node of a partition, or a file with a volume.
    ///   - names: what of the image's root is left out where it is there, since the volume has it already.
    /// - Throws: ``WindowsImagingError``: `.imageNotFound`, `.damaged` when a stream is not what its SHA-1 says, `.incomplete`
    ///   when a part lacks, `.noSpace`, `.io`, `.interrupted`.
    public func apply(
        image index: Int, toNTFS volume: FilePath, leavingOut names: [String] = [], interruption: Interruption,
        progress: any ProgressObserver = SilentProgress()
    ) throws(WindowsImagingError) {
        try checkIndex(index)
        try leaveOut(try rootPaths(names, ofImage: index), ofImage: index)
        let observation = LibwimObservation(interruption: interruption, progress: progress)
        defer { observation.finish() }
        try observation.whileObserving(handle) { () throws(WindowsImagingError) in
            let result = wimlib_extract_image(
                handle, Int32(index), volume.string, WIMLIB_EXTRACT_FLAG_NTFS | WIMLIB_EXTRACT_FLAG_NORPFIX)
            try Libwim.check(result, describe(index), "could not be applied to \(volume)")
        }
    }

    /// Where those of `names` lie in the image that are at its root.
    private func rootPaths(_ names: [String], ofImage index: Int) throws(WindowsImagingError) -> [String] {
        var paths: [String] = []
        for name in names {
            guard let path = try? MediaPath(name), try entry(path, inImage: index) != nil else { continue }
            paths.append("/\(name)")
        }
        return paths
    }
}
