// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SystemPackage

extension FilePath {
    /// The path from the root, as the file will be looked for from any folder; nil when the folder of the process cannot be
    /// told.
    public var absolute: FilePath? {
        if isAbsolute { return self }
        guard let current = getcwd(nil, 0) else { return nil }
        defer { free(current) }
        return FilePath(platformString: current).pushing(self)
    }
}
