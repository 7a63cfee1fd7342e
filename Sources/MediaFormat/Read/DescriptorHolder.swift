// SPDX-License-Identifier: GPL-3.0-or-later

import SystemPackage

/// Keeps a file open as long as anything reads from it.
final class DescriptorHolder: Sendable {
    let descriptor: FileDescriptor

    init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

    deinit { try? descriptor.close() }
}
