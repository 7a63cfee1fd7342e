// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TaskSequence

// Choices that people make by several fields, which must go together.

extension WindowsInput {
    /// Licensing modes as Configuration Manager spells them.
    public enum LicensingMode: String, Sendable, CaseIterable {
        /// Nothing is said.
        case nonSpecify = "NonSpecify"
        /// For each user or device.
        case perSeat = "PerSeat"
        /// For a number of connections.
        case perServer = "PerServer"

        /// The mode that is called `name`, in any case and with hyphens too; nil when there is none.
        public init?(named name: String) {
            let folded = name.lowercased().replacing("-", with: "")
            guard let mode = Self.allCases.first(where: { $0.rawValue.lowercased() == folded }) else { return nil }
            self = mode
        }
    }
}

extension WindowsInput.Licensing {
    /// The licensing of `mode`, which takes a number of connections or does not.
    ///
    /// - Throws: ``TaskSequenceError`` `.badRequest`.
    public init(_ mode: WindowsInput.LicensingMode, maximumConnections: Int?) throws(TaskSequenceError) {
        let perServer = DiagnosticText(.licensingMode, WindowsInput.LicensingMode.perServer.rawValue)
        switch (mode, maximumConnections) {
        case (.perServer, let connections?): self = .perServer(maximumConnections: connections)
        case (.perServer, nil): throw .badRequest(perServer, "needs \(.maximumConnections), 5 to 9999")
        case (_, _?): throw .badRequest(.maximumConnections, "is for \(perServer)", "leave it out")
        case (.perSeat, nil): self = .perSeat
        case (.nonSpecify, nil): self = .unspecified
        }
    }
}

extension WindowsInput.Administrator {
    /// The administrator with the password that `password` reads, or with a random one.
    ///
    /// - Throws: ``TaskSequenceError`` `.badRequest` when both are asked for; what `password` throws.
    public init(isRandom: Bool, password: (() throws -> SequenceSecret)?) throws {
        guard let password else {
            self = .disabled
            return
        }
        guard !isRandom else {
            throw TaskSequenceError.badRequest(
                .randomAdministratorPassword, "disables the account that \(.administratorPassword) enables",
                "leave one of them out")
        }
        self = .enabled(try password())
    }
}

extension NetworkInput {
    /// The domain or else the workgroup that is named.
    ///
    /// - Parameter password: reads the password of the account.
    /// - Throws: ``TaskSequenceError`` `.badRequest` for what does not go together; what `password` throws.
    public init(
        workgroup: String?, domain: String?, organizationalUnit: String?, account: String?,
        password: (() throws -> SequenceSecret)?
    ) throws {
        guard let domain else {
            let others: [(RequestField, Bool)] = [
                (.organizationalUnit, organizationalUnit != nil), (.domainAccount, account != nil),
                (.domainPassword, password != nil),
            ]
            if let other = others.first(where: \.1)?.0 {
                throw TaskSequenceError.badRequest(DiagnosticText(other), "needs \(.domain)")
            }
            self = .workgroup(workgroup ?? Self.defaultWorkgroup)
            return
        }
        guard workgroup == nil else {
            throw TaskSequenceError.badRequest(
                "\(.workgroup) and \(.domain)", "exclude each other", "leave one of them out")
        }
        guard let account else {
            throw TaskSequenceError.badRequest(
                "\(.domain)", "needs \(.domainAccount), the account that may join it")
        }
        self = .domain(
            DomainInput(
                name: domain, organizationalUnit: organizationalUnit, account: account, password: try password?()))
    }
}
