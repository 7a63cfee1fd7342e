// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibisofs
import Support

/// The folders and files of an image in libisofs.
///
/// libisofs keeps a folder as a list ordered by name, and looks for the place of a new node from its beginning: what comes
/// last is added first, or a folder of 100,000 files would take minutes.
struct IsofsTree {
    private let root: OpaquePointer?
    private let created: time_t
    private var paddingCount: UInt64 = 0

    /// A tree below `root` whose folders carry the time `created`.
    init(root: OpaquePointer?, created: time_t) {
        self.root = root
        self.created = created
        stamp(root, created)
    }

    /// Adds the folders and files of `tree`.
    ///
    /// - Parameters:
    ///   - contents: the number of each file's content; files of one content share their extent.
    ///   - weights: of each content: the larger, the further to the front it lies.
    func add(
        _ tree: DiscTree, files: [MediaFile], contents: [Int], weights: [Int32]
    ) throws(DiscImageError) {
        var folders = [OpaquePointer?](repeating: nil, count: tree.folders.count)
        folders[0] = root
        for (number, folder) in tree.folders.enumerated() {
            for child in folder.children.reversed() {
                switch child.item {
                case .folder(let made): folders[made] = try addFolder(child.name, to: folders[number])
                case .file(let file):
                    let node = try addStream(
                        child.name, to: folders[number], serial: UInt64(contents[file]) + 1,
                        byteCount: files[file].byteCount, object: files[file].path.description)
                    stamp(node, time_t(files[file].modified.unixSeconds))
                    iso_node_set_sort_weight(node, weights[contents[file]])
                }
            }
        }
    }

    /// Adds blocks that no directory shows.
    mutating func addPadding(weight: Int32, blockCount: Int64 = 1) throws(DiscImageError) {
        paddingCount += 1
        let serial = UInt64.max - paddingCount
        // As many digits in each, falling: a new one comes before all others.
        let node = try addStream(
            ".padding-\(serial)", to: root, serial: serial, byteCount: blockCount * Int64(DiscGeometry.blockByteCount),
            object: "padding")
        stamp(node, created)
        iso_node_set_hidden(
            node,
            Int32(LIBISO_HIDE_ON_RR.rawValue | LIBISO_HIDE_ON_JOLIET.rawValue | LIBISO_HIDE_BUT_WRITE.rawValue))
        iso_node_set_sort_weight(node, weight)
    }

    private func addFolder(_ name: String, to folder: OpaquePointer?) throws(DiscImageError) -> OpaquePointer? {
        var made: OpaquePointer?
        try check(iso_tree_add_new_dir(folder, name, &made), "add folder \(name)")
        stamp(made, created)
        return made
    }

    private func addStream(
        _ name: String, to folder: OpaquePointer?, serial: UInt64, byteCount: Int64, object: @autoclosure () -> String
    ) throws(DiscImageError) -> OpaquePointer? {
        guard let stream = SizedStream.make(serial: serial, byteCount: byteCount) else {
            throw DiscImageError(.layoutFailed, DiagnosticText(object()), "needs more memory than there is")
        }
        var node: OpaquePointer?
        let code = iso_tree_add_new_file(folder, name, stream, &node)
        if code < 0 {
            iso_stream_unref(stream)
            try check(code, "add \(object())")
        }
        return node
    }

    private func stamp(_ node: OpaquePointer?, _ time: time_t) {
        iso_node_set_mtime(node, time)
        iso_node_set_atime(node, time)
        iso_node_set_ctime(node, time)
    }
}
