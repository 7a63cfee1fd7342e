// SPDX-License-Identifier: GPL-3.0-or-later

import MediaVariables
import Support

/// The media variables that a request asks for (docs/formats/media.md section 1).
enum VariablesAuthor {
    /// The variables of media with `mediaGUID` and `bootImage`; the user's own come last and win.
    static func variables(
        for request: MediaRequest, mediaGUID: String, bootImage: MediaManifest.BootImage
    ) throws(MediaVariablesError) -> MediaVariableList {
        var list = MediaVariableList()
        try list.set("_SMSMediaGuid", to: mediaGUID)
        try list.set("_SMSTSMediaType", to: request.mediaType.rawValue)
        if let version = bootImage.version {
            try list.set("_SMSTSBootMediaPackageID", to: bootImage.id)
            try list.set("_SMSTSBootMediaSourceVersion", to: String(version))
        }
        if let siteCode = request.siteCode { try list.set("_SMSTSSiteCode", to: siteCode.uppercased()) }
        switch request.mediaType {
        case .bootable, .prestaged: try addManagementPoints(request, to: &list)
        case .standalone:
            try list.set("_SMSTSStandAloneMedia", to: "true")
            if let expiration = request.expiration {
                // The name and the two decimal halves of a FILETIME are known from one public script only: inferred.
                let time = expiration.fileTime
                try list.set("_SMSTSMediaExpire", to: "\(time >> 32);\(time & 0xFFFF_FFFF)")
            }
        case .capture: break
        }
        if let affinity = request.userDeviceAffinity {
            try list.set("SMSTSAssignUsersMode", to: affinity.variableValue)
        }
        for variable in request.variables { try list.set(variable.name, to: variable.value) }
        return list
    }

    private static func addManagementPoints(
        _ request: MediaRequest, to list: inout MediaVariableList
    ) throws(MediaVariablesError) {
        switch request.mediaMode {
        case .dynamic: try list.set("SMSTSLocationMPs", to: request.managementPoints.joined(separator: "*"))
        case .siteBased: try list.set("SMSTSMP", to: request.managementPoints.first ?? "")
        }
        let points = request.managementPoints.compactMap(ManagementPointURL.init)
        func port(isSecure: Bool) -> UInt16? { points.first { $0.isSecure == isSecure && $0.port != nil }?.port }
        try list.set("_SMSTSHTTPPort", to: String(port(isSecure: false) ?? 80))
        try list.set("_SMSTSHTTPSPort", to: String(port(isSecure: true) ?? 443))
    }
}

extension UserDeviceAffinity {
    /// The value of SMSTSAssignUsersMode, as the documentation of task sequence variables lists it.
    fileprivate var variableValue: String {
        switch self {
        case .doNotAllow: "Disabled"
        case .administratorApproval: "Pending"
        case .autoApproval: "Auto"
        }
    }
}
