// SPDX-License-Identifier: GPL-3.0-or-later

/// What people type who know the cmdlets (New-CMBootableMedia, New-CMStandaloneMedia, New-CMCaptureMedia,
/// New-CMPrestageMedia) and CreateMedia.exe, and what it is here: docs/cmdlets.md has the same as a table.
enum CmdletParameters {
    /// What stands here for a parameter, by its name in lower case.
    static let answers: [String: String] = [
        "allowuacprompt": "nothing here asks for elevation: leave it out, and run as root only to write drives",
        "allowunattended": "use --allow-unattended",
        "allowunknownmachine": "use --allow-unknown-machine with --unknown-machine-guid",
        "application": "use --application",
        "bootimage": "use --boot-image, with a package ID or a WIM file",
        "certificateexpiretime": "use --certificate-expire, with --self-signed-certificate",
        "certificatepassword": "use --certificate-password-file: passwords are never arguments",
        "certificatepath": "use --certificate",
        "certificatestarttime": "use --certificate-start, with --self-signed-certificate",
        "comment": "use --comment",
        "confirm":
            "nothing is asked: --dry-run shows what would be written; of drives, --confirm takes the serial number",
        "createdby": "use --created-by",
        "disablewildcardhandling": "there are no wildcards here: leave it out",
        "distributionpoint": "use --distribution-point, with the path of a content library",
        "driverpackage": "use --driver-package",
        "force": "use --force",
        "forcewildcardhandling": "there are no wildcards here: leave it out",
        "formatmedia": "--usb writes the whole drive, file system and all: leave it out",
        "includeapplicationdependency": "use --include-application-dependencies",
        "managementpoint": "use --management-point, with a URL",
        "mediaexpirationdate": "use --media-expiration-date",
        "mediamode": "use --media-mode",
        "mediapassword": "use --password-file: passwords are never arguments",
        "mediasize": "use --media-size",
        "mediastartdate": "use --media-start-date",
        "mediatype": "use --media-type, or let --output (.iso) and --usb say it",
        "noautorun": "media has no autorun.inf unless --autorun asks for it: leave it out",
        "operatingsystemimage": "use --operating-system-image, with a package ID",
        "operatingsystemimageindex": "use --operating-system-image-index",
        "package": "use --package",
        "path": "use --output, or --usb for a drive",
        "prestartcommand": "use --prestart-command",
        "prestartpackage": "use --prestart-package",
        "sitecode": "use --site-code where media asks a site; elsewhere leave it out",
        "tasksequence": "use --task-sequence, with the file that the console exports",
        "temporaryfolder": "use --staging-folder",
        "userdeviceaffinity": "use --user-device-affinity",
        "variable": "use --variable NAME=VALUE",
        "version": "use --version",
        "whatif": "use --dry-run",
    ]

    /// The switches of CreateMedia.exe (docs/formats/media.md section 2a).
    static let switches: [Character: String] = [
        "K": "the kind is a word: tsmedia create bootable, capture, standalone or prestaged",
        "P": "no SMS Provider is asked: leave it out", "S": "use --site-code",
        "C": "no SMS Provider is asked: leave it out", "D": "use --distribution-point", "L": "use --label",
        "F": "use --output, or --usb for a drive", "E": "use --prestart-package", "G": "use --prestart-command",
        "Y": "use --password-file: passwords are never arguments", "R": "use --certificate",
        "W": "use --certificate-password-file", "1": "use --certificate-start, or --media-start-date",
        "2": "use --certificate-expire, or --media-expiration-date", "U": "use --allow-unknown-machine",
        "J": "use --management-point, with the URL that is reached from the internet", "Z": "use --allow-unattended",
        "3": "use --version", "4": "use --comment", "5": "use --user-device-affinity", "X": "use --variable NAME=VALUE",
        "B": "use --boot-image", "A": "use --task-sequence", "O": "use --operating-system-image",
        "I": "use --operating-system-image-index", "M": "use --media-size", "T": "use --media-type",
    ]

    /// What to say of the first of `arguments` that is a parameter of a cmdlet, as PowerShell spells them, or a switch of
    /// CreateMedia.exe; nil when none is, or no media is made.
    static func answer(in arguments: [String]) -> String? {
        guard let command = arguments.first, ["create", "update"].contains(command) else { return nil }
        for argument in arguments.dropFirst() {
            // PowerShell asks for no case; our own short options are one letter.
            if argument.hasPrefix("-"), argument.count > 2, argument.dropFirst().first?.isLetter == true,
                let answer = answers[name(argument.dropFirst())]
            {
                return "\(argument.prefix { $0 != ":" && $0 != "=" }) is a parameter of a cmdlet; \(answer)"
            }
            if let answer = answer(toSwitch: argument) { return answer }
        }
        return nil
    }

    /// What to say of `option`, which is none of ours, when it is a parameter spelled as an option.
    static func answer(toOption option: String) -> String? {
        guard option.hasPrefix("--"), let answer = answers[name(option.dropFirst(2))],
            // An option of other media is not explained by itself.
            !answer.split(whereSeparator: { $0 == " " || $0 == "," || $0 == ":" }).contains(Substring(option))
        else { return nil }
        return "\(option) is no option here; \(answer)"
    }

    /// A switch with its value, as `/L:label`; a path has no colon there.
    private static func answer(toSwitch argument: String) -> String? {
        let characters = Array(argument.prefix(3))
        guard characters.count == 3, characters[0] == "/", characters[2] == ":",
            let letter = characters[1].uppercased().first
        else { return nil }
        return switches[letter].map { "/\(letter): is a switch of CreateMedia.exe; \($0)" }
    }

    /// The name as ``answers`` has it.
    private static func name(_ text: Substring) -> String {
        text.prefix { $0 != ":" && $0 != "=" }.filter { $0 != "-" }.lowercased()
    }
}
