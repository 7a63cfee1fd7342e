// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

/// What the placeholders of a template stand for.
struct TemplateValues {
    /// The value of an input.
    enum Value {
        case text(String)
        case flag(Bool)
        /// Entries with fields; a field used outside `each` is all of them, separated by commas.
        case list([[String: String]])

        /// True for what is given: text that is not empty, a flag that is set, a list with entries.
        var isGiven: Bool {
            switch self {
            case .text(let text): !text.isEmpty
            case .flag(let flag): flag
            case .list(let entries): !entries.isEmpty
            }
        }
    }

    /// The inputs of the commands, by the names of their options without the hyphens in front, and two of our own:
    /// `join-workgroup` and `registered-...` follow from them.
    static let inputNames: Set<String> = [
        "name", "description", "boot-image", "operating-system-image", "operating-system-image-index", "product-key",
        "licensing-mode", "maximum-connections", "random-administrator-password", "administrator-password",
        "time-zone", "registered-user", "registered-organization", "workgroup", "domain", "organizational-unit",
        "domain-account", "domain-password", "client-package", "client-properties", "updates", "application",
        "continue-on-failure", "keep-partitions", "join-workgroup", "created-by", "version", "image-description",
        "capture-path", "capture-account", "capture-password", "step-names",
    ]

    private var values: [String: Value] = [:]

    subscript(name: String) -> Value? {
        get { values[name] }
        set { values[name] = newValue }
    }
}

extension SequenceRequest {
    /// The inputs as templates see them; `validate()` has been called.
    var templateValues: TemplateValues {
        var values = TemplateValues()
        values["name"] = .text(name)
        values["description"] = .text(description)
        values["boot-image"] = .text(bootImage.packageID.uppercased())
        values["step-names"] = .text(stepNames.rawValue)
        values["join-workgroup"] = .flag(joinsWorkgroupBeforeCapture)
        if case .install(_, let keepsPartitions) = scenario { values["keep-partitions"] = .flag(keepsPartitions) }
        installation?.add(to: &values)
        capture?.add(to: &values)
        return values
    }
}

extension InstallationInput {
    fileprivate func add(to values: inout TemplateValues) {
        values["operating-system-image"] = .text(operatingSystemImageID.uppercased())
        values["operating-system-image-index"] = .text(String(operatingSystemImageIndex))
        values["client-package"] = .text(clientPackageID.uppercased())
        values["client-properties"] = .text(clientProperties)
        let target: String =
            switch updates {
            case .all: "All"
            case .mandatory: "Mandatory"
            case .none: ""
            }
        values["updates"] = .text(target)
        values["application"] = .list(applications.map { ["id": $0.id, "name": $0.name] })
        values["continue-on-failure"] = .flag(continuesOnFailure)
        windows.add(to: &values)
        switch network {
        case .workgroup(let name):
            for name in ["domain", "organizational-unit", "domain-account", "domain-password"] {
                values[name] = .text("")
            }
            values["workgroup"] = .text(name)
        case .domain(let domain):
            values["domain"] = .text(domain.name)
            values["organizational-unit"] = .text(domain.organizationalUnit ?? "")
            values["domain-account"] = .text(domain.account)
            values["domain-password"] = .text(domain.password?.text ?? "")
            // What is joined before the capture.
            values["workgroup"] = .text(NetworkInput.defaultWorkgroup)
        }
    }
}

extension WindowsInput {
    fileprivate func add(to values: inout TemplateValues) {
        let key = productKey?.text ?? ""
        if case .plain(let spelling) = ProductKeyShape(key) {
            values["product-key"] = .text(spelling)
        } else {
            values["product-key"] = .text(key)
        }
        // The property is there whatever the mode, with 5 when nobody chose (step-catalog.json).
        values["maximum-connections"] = .text("5")
        switch licensing {
        case .unspecified: values["licensing-mode"] = .text("")
        case .perSeat: values["licensing-mode"] = .text("PerSeat")
        case .perServer(let connections):
            values["licensing-mode"] = .text("PerServer")
            values["maximum-connections"] = .text(String(connections))
        }
        switch administrator {
        case .disabled:
            values["random-administrator-password"] = .flag(true)
            values["administrator-password"] = .text("")
        case .enabled(let password):
            values["random-administrator-password"] = .flag(false)
            values["administrator-password"] = .text(password.text)
        }
        values["time-zone"] = .text(timeZone)
        values["registered-user"] = .text(registeredUser)
        values["registered-organization"] = .text(registeredOrganization)
    }
}

extension CaptureInput {
    fileprivate func add(to values: inout TemplateValues) {
        values["capture-path"] = .text(path)
        values["capture-account"] = .text(account)
        values["capture-password"] = .text(password?.text ?? "")
        values["created-by"] = .text(createdBy)
        values["version"] = .text(version)
        values["image-description"] = .text(description)
    }
}
