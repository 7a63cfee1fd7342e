// SPDX-License-Identifier: GPL-3.0-or-later

/// A task sequence as reports name it.
struct NamedSequence: Encodable, Equatable {
    /// Its package ID; nil where it is not known.
    let id: String?
    let name: String
}
