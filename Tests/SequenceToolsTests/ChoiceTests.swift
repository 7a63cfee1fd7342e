// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTools
import Support
import TSMediaTestSupport
import TaskSequence
import Testing

@Suite("choices made by several inputs of new task sequences")
struct ChoiceTests {
    private static let secret = SequenceSecret("hush")

    /// Choices that do not go together: the field that is named, another one that the message names, and the choice.
    private static let contradictions: [(RequestField, RequestField, @Sendable () throws -> Any)] = [
        (.licensingMode, .maximumConnections, { try WindowsInput.Licensing(.perServer, maximumConnections: nil) }),
        (.maximumConnections, .licensingMode, { try WindowsInput.Licensing(.perSeat, maximumConnections: 5) }),
        (.maximumConnections, .licensingMode, { try WindowsInput.Licensing(.nonSpecify, maximumConnections: 5) }),
        (
            .randomAdministratorPassword, .administratorPassword,
            { try WindowsInput.Administrator(isRandom: true) { secret } }
        ),
        (.workgroup, .domain, { try network(workgroup: "W", domain: "d", account: #"D\u"#) }),
        (.domain, .domainAccount, { try network(domain: "d") }),
        (.organizationalUnit, .domain, { try network(unit: "LDAP://OU=a,DC=b") }),
        (.domainAccount, .domain, { try network(account: #"D\u"#) }),
        (.domainPassword, .domain, { try network { secret } }),
    ]

    private static func network(
        workgroup: String? = nil, domain: String? = nil, unit: String? = nil, account: String? = nil,
        password: (() throws -> SequenceSecret)? = nil
    ) throws -> NetworkInput {
        try NetworkInput(
            workgroup: workgroup, domain: domain, organizationalUnit: unit, account: account, password: password)
    }

    @Test("what does not go together is a usage error that names both fields", arguments: contradictions.indices)
    func contradicts(index: Int) throws {
        let (field, other, choose) = Self.contradictions[index]
        let error = try #require(throws: TaskSequenceError.self) { _ = try choose() }
        #expect(error.code == .badRequest && error.failureClass == .usage)
        #expect(error.field == field && error.text.names(other), "\(error)")
        #expect(!error.description.contains("--"), "\(error)")
    }

    @Test("no password is read for a choice that is refused")
    func readsLate() throws {
        var isRead = false
        let password = {
            isRead = true
            return Self.secret
        }
        #expect(throws: TaskSequenceError.self) { try WindowsInput.Administrator(isRandom: true, password: password) }
        #expect(throws: TaskSequenceError.self) { try Self.network(password: password) }
        #expect(throws: TaskSequenceError.self) { try Self.network(domain: "d", password: password) }
        #expect(!isRead)
        _ = try Self.network(domain: "d", account: #"D\u"#, password: password)
        #expect(isRead)
    }

    @Test("what goes together is taken")
    func goesTogether() throws {
        if case .perServer(5) = try WindowsInput.Licensing(.perServer, maximumConnections: 5) {
        } else {
            Issue.record("no licensing per server")
        }
        if case .workgroup("WORKGROUP") = try Self.network() {} else { Issue.record("no workgroup") }
        if case .domain(let domain) = try Self.network(domain: "d", account: #"D\u"#) {
            #expect(domain.name == "d" && domain.account == #"D\u"# && domain.password == nil)
        } else {
            Issue.record("no domain")
        }
        if case .disabled = try WindowsInput.Administrator(isRandom: true, password: nil) {
        } else {
            Issue.record("an administrator")
        }
        for (name, mode) in [("PerServer", WindowsInput.LicensingMode.perServer), ("per-seat", .perSeat)] {
            #expect(WindowsInput.LicensingMode(named: name) == mode)
        }
        #expect(WindowsInput.LicensingMode(named: "often") == nil)
        #expect(try SequenceTemplate.ownValue("a=b=c") == ("a", "b=c"))
        let error = try #require(throws: TaskSequenceError.self) { try SequenceTemplate.ownValue("a") }
        #expect(error.field == .value)
    }
}
