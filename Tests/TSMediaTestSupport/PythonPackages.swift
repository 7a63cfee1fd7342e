// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage

/// Programs in Python with packages of PyPI, which `make test-target` and `make test-all` install into .build-python.
public enum PythonPackages {
    private static let python = Repository.file(".build-python/bin/python")

    /// True where the packages were installed; elsewhere tests with them are skipped.
    public static var areInstalled: Bool {
        (try? Program.run(python.string, ["-c", "import regipy, dissect.ntfs"]).status) == 0
    }

    /// True where the validators of statements and of bills of materials were installed.
    public static var haveValidators: Bool {
        (try? Program.run(python.string, ["-c", "import in_toto_attestation, cyclonedx, securesystemslib"]).status) == 0
    }

    /// Why they are missing elsewhere.
    public static let validatorReason =
        "in-toto-attestation, cyclonedx-python-lib and securesystemslib are installed by 'make provenance-dependencies'"

    /// Why.
    public static let reason = "regipy and dissect.ntfs are installed by 'make target-dependencies'"

    /// What `script` writes to standard output.
    public static func run(_ script: String, _ arguments: [String] = []) throws -> String {
        try Program.succeed(
            python.string, ["-c", script] + arguments, environment: ["PYTHONIOENCODING": "utf-8"]
        ).output
    }
}
