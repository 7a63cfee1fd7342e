// SPDX-License-Identifier: GPL-3.0-or-later

import MediaVariables
import Support

/// A program of a package, with the command that installs it, as policies of the site tell it.
package struct PackageProgram: Sendable, Equatable {
    /// The class of such policies, and its properties [inferred: docs/engine.md].
    private static let className = "CCM_SoftwareDistribution"
    private static let (packageName, programName, lineName) = ("PKG_PackageID", "PRG_ProgramID", "PRG_CommandLine")

    /// The package's ID.
    package let package: String
    /// The program's name.
    package let name: String
    /// Its command line.
    package let commandLine: String

    /// The programs of which `policies` tell.
    package static func all(in policies: PolicyDocument) -> [PackageProgram] {
        policies.instances.filter { $0.className.caseFolded == className.caseFolded }.compactMap { instance in
            guard let package = instance[packageName], let name = instance[programName], let line = instance[lineName],
                !line.isEmpty
            else { return nil }
            return PackageProgram(package: package, name: name, commandLine: line)
        }
    }
}
