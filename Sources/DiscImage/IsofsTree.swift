// SPDX-License-Identifier: GPL-3.0-or-later

import CLibisofs
import Support

/// The folders and files of an image in libisofs.
struct IsofsTree {
    private var folders: [String: OpaquePointer] = [:]
    private let root: OpaquePointer?
    private let created: time_t

    /// A tree below `root` whose folders carry the time `created`.
    init(root: OpaquePointer?, created: time_t) {
        self.root = root
        self.created = created
        stamp(root, created)
    }

    /// The folder named `components`, made when it is not there yet; names are looked up without case.
    mutating func folder(_ components: ArraySlice<String>) throws(DiscImageError) -> OpaquePointer? {
        guard let name = components.last else { return root }
        let key = components.joined(separator: "/").ordinalUpperCased
        if let known = folders[key] { return known }
        let parent = try folder(components.dropLast())
        var made: OpaquePointer?
        try check(iso_tree_add_new_dir(parent, name, &made), "add folder \(components.joined(separator: "/"))")
        stamp(made, created)
        folders[key] = made
        return made
    }

    /// Adds the file `path` that shares its extent with the other files of `content`.
    mutating func addFile(
        _ path: MediaPath, _ content: ContentOrder.Content, modified: time_t, weight: Int32
    ) throws(DiscImageError) {
        let node = try addStream(
            path.name, to: try folder(path.components.dropLast()), serial: content.serial,
            byteCount: content.byteCount, object: path.description)
        stamp(node, modified)
        iso_node_set_sort_weight(node, weight)
    }

    /// Adds one block that no directory shows.
    mutating func addPadding(serial: UInt64, weight: Int32) throws(DiscImageError) {
        let byteCount = Int64(DiscGeometry.blockByteCount)
        let node = try addStream(
            ".padding-\(serial)", to: root, serial: UInt64.max - serial, byteCount: byteCount, object: "padding")
        stamp(node, created)
        iso_node_set_hidden(
            node,
            Int32(LIBISO_HIDE_ON_RR.rawValue | LIBISO_HIDE_ON_JOLIET.rawValue | LIBISO_HIDE_BUT_WRITE.rawValue))
        iso_node_set_sort_weight(node, weight)
    }

    private func addStream(
        _ name: String, to folder: OpaquePointer?, serial: UInt64, byteCount: Int64, object: String
    ) throws(DiscImageError) -> OpaquePointer? {
        guard let stream = SizedStream.make(serial: serial, byteCount: byteCount) else {
            throw DiscImageError(.layoutFailed, object, "needs more memory than there is")
        }
        var node: OpaquePointer?
        let code = iso_tree_add_new_file(folder, name, stream, &node)
        if code < 0 { iso_stream_unref(stream) }
        try check(code, "add \(object)")
        return node
    }

    private func stamp(_ node: OpaquePointer?, _ time: time_t) {
        iso_node_set_mtime(node, time)
        iso_node_set_atime(node, time)
        iso_node_set_ctime(node, time)
    }
}
