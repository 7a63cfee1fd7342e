// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import WindowsSetup

/// Apply Windows Settings.
struct ApplyWindowsSettings: StepAction {
    static let stepTypes = ["SMS_TaskSequence_ApplyWindowsSettingsAction"]
    static let changesTarget = false

    /// The most characters of a computer's name (NetBIOS).
    private static let nameLimit = 15
    /// What a computer's name must not have (Windows' documentation, "Naming conventions in Active Directory").
    private static let forbidden = Set(" \\/:*?\"<>|,~!@#$%^&'.(){}_")
    private static let passwordLength = 24

    private let values: StepValues

    init(_ values: StepValues) throws { self.values = values }

    /// The name that the step wants: that of the computer in Configuration Manager when it says none.
    private var computerName: String? {
        let name = values["ComputerName"].trimming(\.isWhitespace).description
        // A variable that is not set stays as it is written: Windows chooses a name.
        return name.isEmpty || name.contains("%") ? nil : name
    }

    func preflight(_ session: EngineSession) throws -> [PreflightFinding] {
        var findings = [session.missingWindows].compactMap { $0 }
        if let name = computerName, let problem = Self.problem(name) {
            findings.append(
                PreflightFinding(
                    "gives the computer the name '\(name.onOneLine)', which \(problem)",
                    remedy: "change the name in the step, or OSDComputerName"))
        }
        return findings
    }

    private static func problem(_ name: String) -> String? {
        if name.utf16.count > nameLimit { return "has more than \(nameLimit) characters" }
        if let character = name.first(where: { forbidden.contains($0) }) { return "has a '\(character)'" }
        return name.allSatisfy(\.isNumber) ? "has nothing but digits" : nil
    }

    func restore(_ session: EngineSession) throws { _ = try run(session) }

    func run(_ session: EngineSession) throws -> StepOutcome {
        guard session.installation.windows != nil else { throw session.missingWindowsError }
        var settings = session.installation.configuration.settings
        if let name = computerName, let problem = Self.problem(name) {
            throw EngineError(
                .step, "the name '\(name.onOneLine)'", DiagnosticText(problem), nextStep: "change OSDComputerName")
        }
        settings.computerName = computerName ?? "*"
        settings.registeredOwner = values.optional("RegisteredUserName")
        settings.registeredOrganization = values.optional("RegisteredOrgName")
        settings.productKey = values.optional("ProductKey")
        settings.timeZone = values.optional("TimeZone")
        settings.locale.input = values.optional("InputLocale")
        settings.locale.system = values.optional("SystemLocale")
        settings.locale.userInterface = values.optional("UILanguage")
        settings.locale.userInterfaceFallback = values.optional("UILanguageFallback")
        settings.locale.user = values.optional("UserLocale")
        if values.flag("RandomAdminPassword") {
            settings.administrator = .disabled(password: Self.randomPassword())
        } else if let password = values.optional("AdminPassword") {
            settings.administrator = .enabled(password: password)
        }
        session.installation.configuration.settings = settings
        session.log.note("the computer will be called \(settings.computerName ?? "")")
        return .done
    }

    /// A password that nobody knows, with characters of the three kinds that Windows asks for.
    private static func randomPassword() -> String {
        let kinds = ["abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"].map { Array($0) }
        let characters = (0..<passwordLength).map { kinds[$0 % kinds.count].randomElement() ?? "x" }
        return String(characters.shuffled())
    }
}
