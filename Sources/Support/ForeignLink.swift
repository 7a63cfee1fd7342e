// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SystemPackage

/// Symbolic links by which somebody else could lead what is written to another place.
///
/// Links of the user and of root are followed; those of others not where they have the name of an output itself, nor in a
/// folder like /tmp, in which anybody may make them. The kernel refuses the second kind as well, where it is told to
/// (fs.protected_symlinks of proc_sys_fs(5)).
public enum ForeignLink {
    /// As many as the kernel follows (path_resolution(7)).
    private static let limit = 40

    /// The first link on the way to `path` that is not followed; nil when there is none.
    public static func find(on path: FilePath) -> FilePath? {
        guard let absolute = path.absolute else { return nil }
        var rest = Array(absolute.components.map(\.string).reversed())
        var place: FilePath = "/"
        var count = 0
        while let name = rest.popLast() {
            if name == "." { continue }
            if name == ".." {
                place.removeLastComponent()
                continue
            }
            guard let component = FilePath.Component(name) else { return nil }
            let folder = place
            place.append(component)
            guard let status = try? Stat(place, followTargetSymlink: false) else { return nil }
            guard status.type == .symbolicLink else { continue }
            if isForeign(status), rest.isEmpty || isOpenToAll(folder) { return place }
            count += 1
            guard count <= limit, let target = target(of: place) else { return nil }
            place = target.isAbsolute ? "/" : folder
            rest += target.components.map(\.string).reversed()
        }
        return nil
    }

    /// Makes sure that no link of somebody else leads to `path`.
    ///
    /// - Throws: ``OutputError`` `.unsafe`.
    public static func refuse(on path: FilePath) throws(OutputError) {
        guard let link = find(on: path) else { return }
        throw OutputError(
            .unsafe, path, "leads through \(link), which is a link of another user",
            nextStep: "name where it leads to, or another place")
    }

    private static func isForeign(_ status: Stat) -> Bool { ![0, geteuid()].contains(status.userID.rawValue) }

    /// True for a folder in which everybody may make files, and remove none of others.
    private static func isOpenToAll(_ folder: FilePath) -> Bool {
        guard let status = try? Stat(folder) else { return false }
        return status.permissions.isSuperset(of: [.otherWrite, .saveText])
    }

    private static func target(of link: FilePath) -> FilePath? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = link.withPlatformString { readlink($0, &buffer, Int(PATH_MAX)) }
        return count > 0 ? FilePath(platformString: buffer) : nil
    }
}
