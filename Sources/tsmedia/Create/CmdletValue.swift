// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// A value that the cmdlets have too, and spell otherwise: `SiteBased` is `site-based`.
protocol CmdletValue: ExpressibleByArgument, CaseIterable, RawRepresentable where RawValue == String {
    /// The names of CreateMedia.exe, in lower case.
    static var switchValues: [String: Self] { get }
}

extension CmdletValue {
    static var switchValues: [String: Self] { [:] }

    /// The value that `argument` names, in any case, with hyphens or without.
    public init?(argument: String) {
        func plain(_ text: String) -> String { text.filter { $0 != "-" }.lowercased() }
        guard
            let match = Self.switchValues[argument.lowercased()]
                ?? Self.allCases.first(where: { plain($0.rawValue) == plain(argument) })
        else { return nil }
        self = match
    }
}

/// What media is written to, as the wizard asks first.
enum MediaInputType: String, CmdletValue {
    /// The image of a disc.
    case cdDvd = "cd-dvd"
    /// A drive.
    case usb

    /// Drives are formatted anyway.
    static let switchValues: [String: MediaInputType] = ["cd": .cdDvd, "dvd": .cdDvd, "ufd": .usb, "ufd+format": .usb]

    /// What contradicts `output` and the drives `usb`; nil when nothing does.
    func contradiction(output: String?, usb: [String]) -> String? {
        switch self {
        case .cdDvd where !usb.isEmpty: "--media-type cd-dvd writes the image of a disc, and --usb names a drive"
        case .cdDvd where output.map { !$0.lowercased().hasSuffix(".iso") } ?? false:
            "--media-type cd-dvd writes the image of a disc: name an --output that ends in .iso"
        case .usb
        where output.map { !$0.lowercased().hasSuffix(".img") && !$0.lowercased().hasSuffix(".img.zst") } ?? false:
            "--media-type usb writes a drive: name it with --usb, or its image, which ends in .img, with --output"
        case .cdDvd, .usb: nil
        }
    }
}
