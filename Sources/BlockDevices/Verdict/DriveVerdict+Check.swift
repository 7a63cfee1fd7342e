// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension DriveVerdict {
    /// Throws unless the drive may be written with these consents.
    ///
    /// The error names everything that is missing and the fields that consent to it. A confirmation that was given is
    /// checked even where none is demanded.
    ///
    /// - Throws: ``DeviceError`` `.refused`.
    public func check(_ consents: Consents) throws(DeviceError) {
        let object: DiagnosticText = "drive \(device.displayName)"
        if let first = refusals.first {
            throw DeviceError(
                .refused, object, DiagnosticText(refusals.map(\.reason).joined(separator: ", and ")),
                nextStep: first.code.nextStep)
        }
        let isConfirmed = consents.confirmation == device.confirmationToken
        if let confirmation = consents.confirmation, !isConfirmed {
            let token =
                device.serial.map { "has the serial number \($0)" } ?? "has no serial number and is \(device.node)"
            throw DeviceError(
                .refused, object, "is not what \(.confirm, confirmation) says: it \(token)",
                nextStep: "check with 'tsmedia devices' which drive is the right one")
        }
        let unmet = demands.filter { !$0.isMet(by: consents, isConfirmed: isConfirmed) }
        guard !unmet.isEmpty else { return }
        throw DeviceError(
            .refused, object, "is not written without consent: \(unmet.map(\.reason).joined(separator: ", "))",
            nextStep: "if it is the right drive, add \(unmet.map(\.text).joined(separator: " "))")
    }
}

extension DriveVerdict.Demand {
    /// The field of the request that meets it.
    public var field: RequestField {
        switch self {
        case .allowFixedDisk: .allowFixedDisk
        case .confirm: .confirm
        case .force: .force
        case .unmount: .unmount
        }
    }

    /// The value of the field, where it takes one.
    public var value: String? {
        guard case .confirm(let token) = self else { return nil }
        return token
    }

    /// The field with its value.
    public var text: DiagnosticText { DiagnosticText(field, value) }

    /// Why it is made, as a part of a sentence: "it is a fixed disk".
    public var reason: String {
        switch self {
        case .allowFixedDisk: "it is a fixed disk"
        case .confirm(let token):
            token.hasPrefix("/") ? "it must be confirmed by its path" : "it must be confirmed by its serial number"
        case .force(let contents): "it holds \(contents)"
        case .unmount(let places): "it is mounted at \(places.map(\.string).joined(separator: ", "))"
        }
    }

    fileprivate func isMet(by consents: Consents, isConfirmed: Bool) -> Bool {
        switch self {
        case .allowFixedDisk: consents.allowFixedDisk
        case .confirm: isConfirmed
        case .force: consents.force
        case .unmount: consents.unmount
        }
    }
}

extension DriveVerdict.Refusal.Code {
    /// What to do about a refusal.
    fileprivate var nextStep: DiagnosticText {
        switch self {
        case .noMedium: "insert a medium"
        case .readOnly: "take the write protection away, or choose another drive"
        case .changed: "check with 'tsmedia devices' which drive is the right one"
        case .unknown: "run it as root and outside of containers, or choose another drive"
        case .kind: "choose a drive that 'tsmedia devices' lists"
        case .mapping, .pool, .inUse: "take it out of use first, or choose another drive; no option overrides this"
        case .system, .swap, .protected: "choose another drive; no option overrides this"
        }
    }
}
