// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat

/// Options that only some kinds of media have.
public enum MediaOptionGroup: Sendable, CaseIterable {
    /// How the media finds the site.
    case management
    /// A task sequence, and content beside what it names.
    case sequence
    /// What the media asks and knows when it starts.
    case behaviour
}

/// The options of all kinds of media; each kind takes those that it has.
public struct MediaKindOptions: Sendable {
    /// How the media finds the site.
    public var management = Management()
    /// What stand-alone media holds.
    public var standalone = StandaloneContent()
    /// What prestaged media holds.
    public var prestaged = PrestagedContent()

    /// Nothing.
    public init() {}
}

extension MediaKind {
    /// The kind that media calls `type`, with those of `options` that it has.
    public init(_ type: MediaType, _ options: MediaKindOptions) {
        switch type {
        case .bootable: self = .bootable(options.management)
        case .capture: self = .capture
        case .standalone: self = .standalone(options.standalone)
        case .prestaged: self = .prestaged(options.management, options.prestaged)
        }
    }
}

extension MediaType {
    /// The options that only some kinds have, and this one does.
    public var optionGroups: Set<MediaOptionGroup> {
        switch self {
        case .bootable: [.management, .behaviour]
        case .capture: []
        case .standalone: [.sequence, .behaviour]
        case .prestaged: [.management, .sequence, .behaviour]
        }
    }
}
