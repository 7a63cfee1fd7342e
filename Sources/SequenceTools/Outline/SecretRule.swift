// SPDX-License-Identifier: GPL-3.0-or-later

/// How a program is told a secret on its command line: a row of the one table that everything that shows or checks a
/// task sequence uses (``SecretFinder``).
struct SecretRule: Sendable {
    /// What part of the option's value is the secret.
    enum Value: Sendable {
        /// All of it.
        case whole
        /// What follows the first colon, as in `user:password`; without a colon there is none.
        case afterColon
        /// What follows the first percent sign, as in `user%password`.
        case afterPercent
        /// All of it, when the option `name` of the same command names something secret.
        case named(by: String)
        /// A script in Base64 that holds a secret itself.
        case encodedScript
    }

    /// Where a value stands.
    enum Form: Sendable {
        /// `-option value`, `/option:value`, `--option=value`.
        case option
        /// The same, and `-ovalue`; options are told apart by case.
        case gluedOption
        /// `-ovalue` only; alone the option asks.
        case glued
        /// The word with this number among those that are no options, counted from 1 after the program.
        case word(Int)
        /// The word after the first that names something secret, as in `setx PASSWORD value`.
        case wordAfterName
    }

    /// The programs, without `.exe`, in lower case.
    let programs: [String]
    /// The options without their dashes or slash.
    let options: [String]
    let form: Form
    let value: Value

    private init(
        _ programs: [String], _ options: [String] = [], form: Form = .option, value: Value = .whole
    ) {
        self.programs = programs
        self.options = options
        self.form = form
        self.value = value
    }

    /// Every rule.
    ///
    /// What any program is told as `password=value` and the like needs no row: ``SecretFinder`` knows the names.
    static let table: [SecretRule] = [
        // Windows' own.
        SecretRule(["netdom"], ["passwordd", "passwordo", "passwordm", "pd", "po", "pm", "pt", "passwordt"]),
        SecretRule(["reg"], ["d"], value: .named(by: "v")),
        SecretRule(["set-itemproperty", "new-itemproperty"], ["value"], value: .named(by: "name")),
        SecretRule(["setx"], form: .wordAfterName),
        SecretRule(["manage-bde"], ["rp", "recoverypassword"]),
        SecretRule(["schtasks"], ["rp", "p"]),
        SecretRule(["winrs", "tasklist", "taskkill", "systeminfo", "driverquery", "getmac", "gpresult"], ["p"]),
        SecretRule(["cmdkey", "wecutil", "waitfor"], ["pass", "p", "up"]),
        SecretRule(["certutil"], ["p"]),
        SecretRule(["certreq"], ["pin"]),
        SecretRule(["signtool", "pvk2pfx"], ["p", "pi", "po"]),
        SecretRule(["dsadd", "dsmod", "dsquery", "dsget", "dsmove", "dsrm"], ["pwd", "p"]),
        SecretRule(["djoin"], ["machinepassword"]),
        SecretRule(["netsh"], ["keymaterial", "key"]),
        SecretRule(["powershell", "pwsh"], encodedCommands, value: .encodedScript),
        // Others that deployments use.
        SecretRule(["curl"], ["u", "user", "U", "proxy-user"], form: .gluedOption, value: .afterColon),
        SecretRule(["curl"], ["oauth2-bearer", "pass"]),
        SecretRule(["smbclient", "rpcclient"], ["U", "user"], form: .gluedOption, value: .afterPercent),
        SecretRule(["psexec", "psexec64", "paexec", "cpau", "runasspc", "lsrunas", "lsrunase"], ["p", "ep"]),
        SecretRule(["autologon", "autologon64"], form: .word(3)),
        SecretRule(["plink", "pscp", "psftp", "putty", "pageant"], ["pw"]),
        SecretRule(["sshpass"], ["p"], form: .gluedOption),
        SecretRule(["sqlcmd", "osql", "isql", "bcp"], ["P"], form: .gluedOption),
        SecretRule(["mysql", "mysqladmin", "mysqldump"], ["p"], form: .glued),
        SecretRule(["7z", "7za", "7zr", "rar", "unrar", "winrar"], ["p", "hp"], form: .glued),
        SecretRule(["openssl"], ["k", "K"], form: .gluedOption),
    ]

    /// PowerShell takes every beginning of -EncodedCommand that is no other option, and -ec.
    private static let encodedCommands =
        ["ec"] + (1...14).map { String("encodedcommand".prefix($0)) }

    /// The rules by program.
    static let byProgram: [String: [SecretRule]] = {
        var rules: [String: [SecretRule]] = [:]
        for rule in table { for program in rule.programs { rules[program, default: []].append(rule) } }
        return rules
    }()

    /// True when `option`, as written without dashes, is one of the rule's.
    func names(_ option: Substring) -> Bool {
        if case .option = form { return options.contains(option.lowercased()) }
        return options.contains(String(option))
    }
}
