// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import MediaVariables
import Support

/// Bootable media: a boot image, and how it finds the site.
struct BootableMedia: MediaKindRules {
    let management: Management

    var mediaType: MediaType { .bootable }

    func missing(in request: MediaRequest) -> [MissingField] {
        missingBootImage(in: request) + management.missing
    }

    func check() throws(MediaBuilderError) { try management.check() }

    func needs(of request: MediaRequest) -> MediaNeeds { MediaNeeds() }

    func addVariables(to list: inout MediaVariableList) throws(MediaVariablesError) {
        try management.addVariables(to: &list)
    }
}
