// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibhivex
import Glibc
import Support
import SystemPackage

/// What a value of the registry holds.
public enum RegistryValue: Sendable, Equatable {
    /// Text: REG_SZ or REG_EXPAND_SZ.
    case text(String)
    /// A number: REG_DWORD or REG_QWORD.
    case number(UInt64)
}

/// A file of the Windows registry, opened for reading through libhivex.
///
/// The file stays as it is while it is open; libhivex maps it, so that memory does not grow with it. A hive is used by
/// one thread at a time.
public final class RegistryHive {
    /// A hive with more bytes is refused; those of Windows PE have up to 30 MiB.
    public static let byteCountLimit: Int64 = 256 << 20
    /// Longer texts count as none: libhivex copies each.
    private static let textByteCountLimit = 64 << 10

    private let handle: OpaquePointer

    /// Opens the hive in the file at `path`, which is called `name` in errors.
    ///
    /// - Throws: ``RegistryError``: `.damaged` when libhivex does not find a sound hive, `.tooLarge`, `.io`.
    public init(path: FilePath, name: String) throws(RegistryError) {
        let byteCount: Int64
        do throws(FileError) { byteCount = try FileIdentity(of: path).byteCount } catch {
            throw RegistryError(.io, name, error.problem)
        }
        guard byteCount <= Self.byteCountLimit else {
            throw RegistryError(
                .tooLarge, name, "has \(byteCount) bytes and breaks the limit of \(Self.byteCountLimit)")
        }
        guard let handle = hivex_open(path.string, 0) else {
            throw RegistryError(.damaged, name, "is not a registry hive, or is damaged")
        }
        self.handle = handle
    }

    deinit { hivex_close(handle) }

    /// The value `name` of the key at `path`, whose names are looked up without case; nil when there is none, or one of
    /// another type.
    public func value(_ name: String, of path: [String]) -> RegistryValue? {
        guard let node = node(path) else { return nil }
        let value = hivex_node_get_value(handle, node, name)
        var type = hive_t_REG_NONE
        var byteCount = 0
        guard value != 0, hivex_value_type(handle, value, &type, &byteCount) == 0 else { return nil }
        switch type {
        case hive_t_REG_DWORD:
            guard byteCount == 4 else { return nil }
            return .number(UInt64(UInt32(bitPattern: hivex_value_dword(handle, value))))
        case hive_t_REG_QWORD:
            guard byteCount == 8 else { return nil }
            return .number(UInt64(bitPattern: hivex_value_qword(handle, value)))
        case hive_t_REG_SZ, hive_t_REG_EXPAND_SZ:
            guard byteCount <= Self.textByteCountLimit, let text = hivex_value_string(handle, value) else { return nil }
            defer { free(text) }
            return .text(String(cString: text))
        default: return nil
        }
    }

    /// Whether there is a key at `path`, whose names are looked up without case.
    public func hasKey(_ path: [String]) -> Bool { node(path) != nil }

    /// The key at `path`; nil when there is none.
    private func node(_ path: [String]) -> hive_node_h? {
        var node = hivex_root(handle)
        for name in path where node != 0 { node = hivex_node_get_child(handle, node, name) }
        return node == 0 ? nil : node
    }
}
