// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import Support

/// What is wrong with loaders, whatever the manifest says: firmware with Secure Boot does not start them.
enum LoaderFindings {
    /// The findings of `loaders`; of one that `others` name already no more than that it is revoked.
    static func findings(
        of loaders: [LoaderInspection], _ failures: [LoaderInspector.Failure],
        besides others: [MediaVerification.Finding]
    ) -> [MediaVerification.Finding] {
        let named = Set(others.map(\.path))
        return loaders.flatMap { loader in
            (loader.revocations ?? []).map { MediaVerification.Finding(loader: loader.path, .revoked, reason: $0) }
                + (loader.isForged && !named.contains(loader.path)
                    ? [.init(loader: loader.path, .damaged, reason: "its signature is not one of this program")] : [])
        } + failures.compactMap { finding(of: $0, named) }
    }

    /// What was not looked at may be revoked.
    private static func finding(
        of failure: LoaderInspector.Failure, _ named: Set<String>
    ) -> MediaVerification.Finding? {
        switch failure {
        case .unreadable(let path, let error):
            named.contains(path)
                ? nil : .init(loader: path, .unreadable, reason: DiagnosticText(error).description)
        case .tooMany(let count):
            .init(loader: "EFI/Boot", .unreadable, reason: "holds \(count) more loaders than are looked at")
        }
    }
}
