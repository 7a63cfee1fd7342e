function __tsmedia_should_offer_completions_for_flags_or_options -a expected_commands
    set -l non_repeating_flags_or_options $argv[2..]
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __tsmedia_parse_tokens
    test "$commands" = "$expected_commands"; and return $non_repeating_flags_or_options_absent
end

function __tsmedia_should_offer_completions_for_positional -a expected_commands positional_index_comparison expected_positional_index
    set -l non_repeating_flags_or_options
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __tsmedia_parse_tokens
    test "$commands" = "$expected_commands" -a \( "$positional_index" "$positional_index_comparison" "$expected_positional_index" \)
end

function __tsmedia_parse_tokens -S
    set -l unparsed_tokens (__tsmedia_tokens -pc)
    switch $unparsed_tokens[1]
    case 'tsmedia'
        __tsmedia_parse_subcommand 0 'version' 'h/help'
        switch $unparsed_tokens[1]
        case 'create'
            __tsmedia_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'bootable'
                __tsmedia_parse_subcommand 0 'distribution-point=+' 'store=' 'staging-folder=' 'rehash' 'jobs=' 'boot-image=' 'boot-loader-certificate=' 'no-prompt' 'for-hardware=' 'media-mode=' 'management-point=+' 'site-code=' 'user-device-affinity=' 'allow-unknown-machine' 'unknown-machine-guid=+' 'root-ca=+' 'site-signing-certificate=' 'trusted-root-key=' 'certificate=' 'certificate-password-file=' 'self-signed-certificate' 'certificate-start=' 'certificate-expire=' 'certificate-key=' 'password-file=' 'allow-unattended' 'variable=+' 'prestart-command=' 'prestart-package=' 'label=' 'autorun' 'client-binaries=' 'media-guid=' 'o/output=' 'usb=+' 'media-type=' 'force' 'dry-run' 'list-files' 'partition-scheme=' 'data-partition' 'allow-fixed-disk' 'confirm=+' 'unmount' 'no-verify' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
            case 'capture'
                __tsmedia_parse_subcommand 0 'distribution-point=+' 'store=' 'staging-folder=' 'rehash' 'jobs=' 'boot-image=' 'boot-loader-certificate=' 'no-prompt' 'for-hardware=' 'label=' 'autorun' 'client-binaries=' 'media-guid=' 'o/output=' 'usb=+' 'media-type=' 'force' 'dry-run' 'list-files' 'partition-scheme=' 'data-partition' 'allow-fixed-disk' 'confirm=+' 'unmount' 'no-verify' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
            case 'standalone'
                __tsmedia_parse_subcommand 0 'distribution-point=+' 'store=' 'staging-folder=' 'rehash' 'jobs=' 'task-sequence=' 'task-sequence-id=' 'media-start-date=' 'media-expiration-date=' 'split-upgrade-images' 'package=+' 'driver-package=+' 'application=+' 'include-application-dependencies' 'catalog=' 'boot-image=' 'boot-loader-certificate=' 'no-prompt' 'for-hardware=' 'certificate=' 'certificate-password-file=' 'self-signed-certificate' 'certificate-start=' 'certificate-expire=' 'certificate-key=' 'password-file=' 'allow-unattended' 'variable=+' 'prestart-command=' 'prestart-package=' 'media-size=' 'packing=' 'label=' 'autorun' 'client-binaries=' 'media-guid=' 'o/output=' 'usb=+' 'media-type=' 'force' 'dry-run' 'list-files' 'partition-scheme=' 'data-partition' 'allow-fixed-disk' 'confirm=+' 'unmount' 'no-verify' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
            case 'prestaged'
                __tsmedia_parse_subcommand 0 'distribution-point=+' 'store=' 'staging-folder=' 'rehash' 'jobs=' 'operating-system-image=' 'operating-system-image-index=' 'operating-system-image-layout=' 'task-sequence=' 'task-sequence-id=' 'package=+' 'driver-package=+' 'application=+' 'include-application-dependencies' 'catalog=' 'boot-image=' 'boot-loader-certificate=' 'no-prompt' 'for-hardware=' 'media-mode=' 'management-point=+' 'site-code=' 'user-device-affinity=' 'allow-unknown-machine' 'unknown-machine-guid=+' 'root-ca=+' 'site-signing-certificate=' 'trusted-root-key=' 'certificate=' 'certificate-password-file=' 'self-signed-certificate' 'certificate-start=' 'certificate-expire=' 'certificate-key=' 'password-file=' 'allow-unattended' 'variable=+' 'prestart-command=' 'prestart-package=' 'created-by=' 'version=' 'comment=' 'compression=' 'integrity-table' 'split=' 'base=' 'fleet=' 'memory-limit=' 'label=' 'autorun' 'client-binaries=' 'media-guid=' 'o/output=' 'disk-image=' 'usb=+' 'disk-size=' 'partition-scheme=' 'partition-layout=' 'force' 'dry-run' 'list-files' 'allow-fixed-disk' 'confirm=+' 'unmount' 'no-verify' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
            end
        case 'update'
            __tsmedia_parse_subcommand 1 'dry-run' 'drop=+' 'distribution-point=+' 'store=' 'staging-folder=' 'rehash' 'jobs=' 'task-sequence=' 'task-sequence-id=' 'media-start-date=' 'media-expiration-date=' 'split-upgrade-images' 'package=+' 'driver-package=+' 'application=+' 'include-application-dependencies' 'catalog=' 'boot-image=' 'boot-loader-certificate=' 'no-prompt' 'for-hardware=' 'media-mode=' 'management-point=+' 'site-code=' 'user-device-affinity=' 'allow-unknown-machine' 'unknown-machine-guid=+' 'root-ca=+' 'site-signing-certificate=' 'trusted-root-key=' 'certificate=' 'certificate-password-file=' 'self-signed-certificate' 'certificate-start=' 'certificate-expire=' 'certificate-key=' 'password-file=' 'allow-unattended' 'variable=+' 'prestart-command=' 'prestart-package=' 'label=' 'autorun' 'client-binaries=' 'media-guid=' 'allow-fixed-disk' 'confirm=+' 'unmount' 'no-verify' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
        case 'inspect'
            __tsmedia_parse_subcommand -r 1 'password-file=' 'show-secrets' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
        case 'verify'
            __tsmedia_parse_subcommand -r 1 'against=+' 'task-sequence=' 'jobs=' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
        case 'bootimage'
            __tsmedia_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'show'
                __tsmedia_parse_subcommand 1 'image-index=' 'distribution-point=+' 'for-hardware=' 'driver-package=+' 'list-drivers' 'show-secrets' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
            end
        case 'devices'
            __tsmedia_parse_subcommand -r 1 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
        case 'content'
            __tsmedia_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'add'
                __tsmedia_parse_subcommand 1 'package-id=' 'version=' 'library=' 'create' 'application-content' 'content-id=' 'force' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
            case 'list'
                __tsmedia_parse_subcommand 0 'library=+' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
            case 'show'
                __tsmedia_parse_subcommand 1 'library=+' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
            case 'verify'
                __tsmedia_parse_subcommand -r 1 'library=+' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
            case 'remove'
                __tsmedia_parse_subcommand 1 'package-id=' 'version=' 'library=' 'dry-run' 'force' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
            end
        case 'store'
            __tsmedia_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'show'
                __tsmedia_parse_subcommand 0 'store=' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
            case 'prune'
                __tsmedia_parse_subcommand 0 'store=' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
            end
        case 'sequence'
            __tsmedia_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'new'
                __tsmedia_parse_subcommand 0 'version' 'h/help'
                switch $unparsed_tokens[1]
                case 'build-and-capture'
                    __tsmedia_parse_subcommand 0 'name=' 'description=' 'boot-image=' 'boot-image-architecture=' 'target-architecture=' 'operating-system-image=' 'operating-system-image-index=' 'product-key=' 'licensing-mode=' 'maximum-connections=' 'random-administrator-password' 'administrator-password-file=' 'time-zone=' 'registered-user=' 'registered-organization=' 'workgroup=' 'domain=' 'organizational-unit=' 'domain-account=' 'domain-password-file=' 'client-package=' 'client-properties=' 'updates=' 'application=+' 'continue-on-failure' 'capture-path=' 'capture-account=' 'capture-password-file=' 'created-by=' 'version=' 'image-description=' 'step-names=' 'template=' 'value=+' 'container=' 'o/output=' 'force' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
                case 'capture'
                    __tsmedia_parse_subcommand 0 'name=' 'description=' 'boot-image=' 'boot-image-architecture=' 'target-architecture=' 'capture-path=' 'capture-account=' 'capture-password-file=' 'created-by=' 'version=' 'image-description=' 'template=' 'value=+' 'container=' 'o/output=' 'force' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
                case 'install'
                    __tsmedia_parse_subcommand 0 'name=' 'description=' 'boot-image=' 'boot-image-architecture=' 'target-architecture=' 'operating-system-image=' 'operating-system-image-index=' 'product-key=' 'licensing-mode=' 'maximum-connections=' 'random-administrator-password' 'administrator-password-file=' 'time-zone=' 'registered-user=' 'registered-organization=' 'keep-partitions' 'workgroup=' 'domain=' 'organizational-unit=' 'domain-account=' 'domain-password-file=' 'client-package=' 'client-properties=' 'updates=' 'application=+' 'continue-on-failure' 'template=' 'value=+' 'container=' 'o/output=' 'force' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
                end
            case 'show'
                __tsmedia_parse_subcommand 1 'details' 'task-sequence-id=' 'show-secrets' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
            case 'format'
                __tsmedia_parse_subcommand 1 'layout=' 'container=' 'check' 'task-sequence-id=' 'o/output=' 'force' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
            case 'diff'
                __tsmedia_parse_subcommand 2 'exit-code' 'task-sequence-id=' 'show-secrets' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
            case 'document'
                __tsmedia_parse_subcommand 1 'format=' 'o/output=' 'force' 'task-sequence-id=' 'show-secrets' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
            case 'lint'
                __tsmedia_parse_subcommand 1 'for=' 'task-sequence-id=' 'catalog=' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
            case 'references'
                __tsmedia_parse_subcommand 1 'task-sequence-id=' 'distribution-point=+' 'package=+' 'driver-package=+' 'application=+' 'include-application-dependencies' 'catalog=' 'json' 'progress=' 'log-file=' 'verbose' 'quiet' 'version' 'h/help'
            end
        case 'help'
            __tsmedia_parse_subcommand -r 1 'version'
        end
    end
end

function __tsmedia_tokens
    if test (string split -m 1 -f 1 -- . "$FISH_VERSION") -gt 3
        commandline --tokens-raw $argv
    else
        commandline -o $argv
    end
end

function __tsmedia_parse_subcommand -S -a positional_count
    argparse -s r -- $argv
    set -l option_specs $argv[2..]
    set -l is_repeating_positional $_flag_r
    set -el _flag_r
    set -a commands $unparsed_tokens[1]
    set positional_index 0
    while true
        set -e unparsed_tokens[1]
        argparse -sn "$commands" $option_specs -- $unparsed_tokens 2> /dev/null
        set unparsed_tokens $argv
        set positional_index (math $positional_index + 1)
        for non_repeating_flag_or_option in $non_repeating_flags_or_options
            if set -ql "_flag_$(string replace -a - _ -- $non_repeating_flag_or_option)"
                set non_repeating_flags_or_options_absent 1
                break
            end
        end
        test (count $unparsed_tokens) -eq 0 -o \( -z "$is_repeating_positional" -a "$positional_index" -gt "$positional_count" \) && break
    end
end

function __tsmedia_complete_directories
    set -l token (commandline -t)
    string match -- '*/' $token
    set -l subdirs $token*/
    printf %s\n $subdirs
end

function __tsmedia_custom_completion
    set -x SAP_SHELL fish
    set -x SAP_SHELL_VERSION $FISH_VERSION
    set -l tokens (__tsmedia_tokens -p)
    if test -z "$(__tsmedia_tokens -t)"
        set -l index (count (__tsmedia_tokens -pc))
        set tokens $tokens[..$index] \'\' $tokens[(math $index + 1)..]
    end
    command $tokens[1] $argv $tokens
end

complete -c 'tsmedia' -f
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia" -eq 1' -fa 'create' -d 'Make media: disc images, drives, a folder with its files, or for factories a .wim.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia" -eq 1' -fa 'update' -d 'Bring a drive up to date, writing only what changed.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia" -eq 1' -fa 'inspect' -d 'Tell what media is, what is on it, and who signed its loaders.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia" -eq 1' -fa 'verify' -d 'Compare every file of media with the manifest on it.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia" -eq 1' -fa 'bootimage' -d 'Look into boot images.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia" -eq 1' -fa 'devices' -d 'Show the drives, and for each whether and why it may or may not be written.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia" -eq 1' -fa 'content' -d 'Look after a content library: list it, verify it, add to it, remove from it.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia" -eq 1' -fa 'store' -d 'Look after the store, which remembers verified files.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia" -eq 1' -fa 'sequence' -d 'Make, show, format, compare, document and check task sequences.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia" -eq 1' -fa 'help' -d 'Show subcommand help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia create" -eq 1' -fa 'bootable' -d 'Make media that starts a computer and asks a management point for its task sequence.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia create" -eq 1' -fa 'capture' -d 'Make media that captures a reference computer\'s operating system as an image.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia create" -eq 1' -fa 'standalone' -d 'Make media that holds a task sequence and everything it references.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia create" -eq 1' -fa 'prestaged' -d 'Make the WIM that a factory lays on a disk, or the disk: what boots, an operating system image, content.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable"' -l 'distribution-point' -d 'Content library to take content from: the path of an SCCMContentLib folder (repeatable; asked in order).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" store' -l 'store' -d 'Folder that remembers which files were verified (default: ~/.cache/tsmedia).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" staging-folder' -l 'staging-folder' -d 'Folder for the parts of images that are split, and for a boot image with a prestart command (default: where the output goes).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" rehash' -l 'rehash' -d 'Hash every file again, also those that were verified before and did not change.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" jobs' -l 'jobs' -d 'Threads that hash and copy (default: one per processor).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" boot-image' -l 'boot-image' -d 'Boot image: a package ID, or the path of a WIM file. Stand-alone media takes the task sequence\'s.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" boot-loader-certificate' -l 'boot-loader-certificate' -d 'Which loaders to take: those signed under the 2011 or the 2023 certificates, or the newest there are.' -rfka '2011 2023 auto'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" no-prompt' -l 'no-prompt' -d 'Start from the disc without "Press any key".'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" for-hardware' -l 'for-hardware' -d 'List of a computer\'s devices, as pnputil, Get-PnpDevice, lspci -nn or lsusb print it: tells which of them no driver serves.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" media-mode' -l 'media-mode' -d 'Whether the client\'s boundary chooses among the management points (the default: dynamic), or there is one for the site.' -rfka 'dynamic site-based'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable"' -l 'management-point' -d 'Management point, as http://server.example.com (repeatable in dynamic mode).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" site-code' -l 'site-code' -d 'The site\'s three-character code.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" user-device-affinity' -l 'user-device-affinity' -d 'What the media may do about users and devices.' -rfka 'do-not-allow administrator-approval auto-approval'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" allow-unknown-machine' -l 'allow-unknown-machine' -d 'Serve computers that the site does not know.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable"' -l 'unknown-machine-guid' -d 'The site\'s record of unknown computers of an architecture (repeatable): x64=GUID.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable"' -l 'root-ca' -d 'Root certificate authority of the site\'s servers, in PEM or DER (repeatable).' -rfa '(set -l exts \'cer\' \'crt\' \'pem\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" site-signing-certificate' -l 'site-signing-certificate' -d 'Certificate with which the site server signs, in PEM or DER.' -rfa '(set -l exts \'cer\' \'crt\' \'pem\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" trusted-root-key' -l 'trusted-root-key' -d 'The site\'s mobileclient.tcf, or a file that holds its SMSPublicRootKey.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" certificate' -l 'certificate' -d 'Certificate of the media with its private key, for management points over https.' -rfa '(set -l exts \'pfx\' \'p12\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" certificate-password-file' -l 'certificate-password-file' -d 'File whose first line opens that certificate; - reads standard input.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" self-signed-certificate' -l 'self-signed-certificate' -d 'Make a certificate for the media instead, for management points over http: RSA 2048, SHA-256, a year long.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" certificate-start' -l 'certificate-start' -d 'When a self-signed certificate begins to be valid: a day or a time (UTC; default: today).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" certificate-expire' -l 'certificate-expire' -d 'When it ceases to be valid: a day (to its end, UTC) or a time (default: a year later).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" certificate-key' -l 'certificate-key' -d 'Private key of a self-signed certificate, in PEM (default: a new one each time).' -rfa '(set -l exts \'pem\' \'key\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" password-file' -l 'password-file' -d 'File whose first line is the media\'s password; - reads standard input. Passwords are never arguments.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" allow-unattended' -l 'allow-unattended' -d 'Start without asking anything.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable"' -l 'variable' -d 'Variable of the media (repeatable). Others on this machine can read arguments.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" prestart-command' -l 'prestart-command' -d 'Command that runs when the media has started a computer, before it asks for a task sequence.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" prestart-package' -l 'prestart-package' -d 'Package with the files of that command.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" label' -l 'label' -d 'Volume label (default: Configuration Manager).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" autorun' -l 'autorun' -d 'Let Windows offer to start the media when it is inserted.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" client-binaries' -l 'client-binaries' -d 'The SMS\\bin folder of a site (TSMBAutorun.exe and friends).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" media-guid' -l 'media-guid' -d 'The media\'s GUID, instead of one derived from the request.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" o output' -l 'output' -s 'o' -d 'What to write: the image of a disc when the name ends in .iso, that of a drive when it ends in .img, else a folder.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable"' -l 'usb' -d 'Drive to write, as /dev/sdX or a link below /dev/disk (repeatable: all get the same).' -rfka '(lsblk --nodeps --noheadings --output PATH 2>/dev/null; ls -d /dev/disk/by-id/* 2>/dev/null)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" media-type' -l 'media-type' -d 'What the output has to be, checked: the image of a disc, or a drive.' -rfka 'cd-dvd usb'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" force' -l 'force' -d 'Replace an existing output, once the new one is whole; write a drive that is not blank.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" dry-run' -l 'dry-run' -d 'Say what would be written and how large it is; write nothing.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" list-files' -l 'list-files' -d 'List every file of the media, with its size and where it comes from.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" partition-scheme' -l 'partition-scheme' -d 'How a drive is divided: mbr starts under BIOS and UEFI, gpt under UEFI alone.' -rfka 'mbr gpt'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" data-partition' -l 'data-partition' -d 'Put files of 4 GiB and more that are not split on a second partition of the drive, NTFS.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" allow-fixed-disk' -l 'allow-fixed-disk' -d 'Write a drive that is no removable one; it must be confirmed.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable"' -l 'confirm' -d 'Serial number of the drive, or its path when it has none (repeatable, for several drives).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" unmount' -l 'unmount' -d 'Unmount the file systems of the drive before it is written.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" no-verify' -l 'no-verify' -d 'Do not read drives again and compare them with what was written.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create bootable" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture"' -l 'distribution-point' -d 'Content library to take content from: the path of an SCCMContentLib folder (repeatable; asked in order).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" store' -l 'store' -d 'Folder that remembers which files were verified (default: ~/.cache/tsmedia).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" staging-folder' -l 'staging-folder' -d 'Folder for the parts of images that are split, and for a boot image with a prestart command (default: where the output goes).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" rehash' -l 'rehash' -d 'Hash every file again, also those that were verified before and did not change.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" jobs' -l 'jobs' -d 'Threads that hash and copy (default: one per processor).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" boot-image' -l 'boot-image' -d 'Boot image: a package ID, or the path of a WIM file. Stand-alone media takes the task sequence\'s.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" boot-loader-certificate' -l 'boot-loader-certificate' -d 'Which loaders to take: those signed under the 2011 or the 2023 certificates, or the newest there are.' -rfka '2011 2023 auto'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" no-prompt' -l 'no-prompt' -d 'Start from the disc without "Press any key".'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" for-hardware' -l 'for-hardware' -d 'List of a computer\'s devices, as pnputil, Get-PnpDevice, lspci -nn or lsusb print it: tells which of them no driver serves.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" label' -l 'label' -d 'Volume label (default: Configuration Manager).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" autorun' -l 'autorun' -d 'Let Windows offer to start the media when it is inserted.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" client-binaries' -l 'client-binaries' -d 'The SMS\\bin folder of a site (TSMBAutorun.exe and friends).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" media-guid' -l 'media-guid' -d 'The media\'s GUID, instead of one derived from the request.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" o output' -l 'output' -s 'o' -d 'What to write: the image of a disc when the name ends in .iso, that of a drive when it ends in .img, else a folder.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture"' -l 'usb' -d 'Drive to write, as /dev/sdX or a link below /dev/disk (repeatable: all get the same).' -rfka '(lsblk --nodeps --noheadings --output PATH 2>/dev/null; ls -d /dev/disk/by-id/* 2>/dev/null)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" media-type' -l 'media-type' -d 'What the output has to be, checked: the image of a disc, or a drive.' -rfka 'cd-dvd usb'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" force' -l 'force' -d 'Replace an existing output, once the new one is whole; write a drive that is not blank.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" dry-run' -l 'dry-run' -d 'Say what would be written and how large it is; write nothing.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" list-files' -l 'list-files' -d 'List every file of the media, with its size and where it comes from.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" partition-scheme' -l 'partition-scheme' -d 'How a drive is divided: mbr starts under BIOS and UEFI, gpt under UEFI alone.' -rfka 'mbr gpt'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" data-partition' -l 'data-partition' -d 'Put files of 4 GiB and more that are not split on a second partition of the drive, NTFS.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" allow-fixed-disk' -l 'allow-fixed-disk' -d 'Write a drive that is no removable one; it must be confirmed.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture"' -l 'confirm' -d 'Serial number of the drive, or its path when it has none (repeatable, for several drives).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" unmount' -l 'unmount' -d 'Unmount the file systems of the drive before it is written.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" no-verify' -l 'no-verify' -d 'Do not read drives again and compare them with what was written.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create capture" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone"' -l 'distribution-point' -d 'Content library to take content from: the path of an SCCMContentLib folder (repeatable; asked in order).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" store' -l 'store' -d 'Folder that remembers which files were verified (default: ~/.cache/tsmedia).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" staging-folder' -l 'staging-folder' -d 'Folder for the parts of images that are split, and for a boot image with a prestart command (default: where the output goes).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" rehash' -l 'rehash' -d 'Hash every file again, also those that were verified before and did not change.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" jobs' -l 'jobs' -d 'Threads that hash and copy (default: one per processor).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" task-sequence' -l 'task-sequence' -d 'Task sequence: the console\'s export zip, its unzipped folder, or an XML file.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" task-sequence-id' -l 'task-sequence-id' -d 'Which task sequence of the export, when it holds several that no other one runs.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" media-start-date' -l 'media-start-date' -d 'When the media begins to work: a day (from its start, UTC), or a time as 2030-12-31T18:00+01:00.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" media-expiration-date' -l 'media-expiration-date' -d 'When the media ceases to work: a day (to its end, UTC), or a time.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" split-upgrade-images' -l 'split-upgrade-images' -d 'Split the sources\\install.wim of 4 GiB and more of an upgrade package into install.swm, install2.swm and so on for Windows Setup. Without it such a file stays whole.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone"' -l 'package' -d 'Further package (repeatable).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone"' -l 'driver-package' -d 'Further driver package (repeatable).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone"' -l 'application' -d 'Further application: its package ID, or with --catalog its name or model name (repeatable).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" include-application-dependencies' -l 'include-application-dependencies' -d 'Also take the applications that needed applications depend on, as the catalog says.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" catalog' -l 'catalog' -d 'What the site knows about packages and applications.' -rfa '(set -l exts \'yaml\' \'yml\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" boot-image' -l 'boot-image' -d 'Boot image: a package ID, or the path of a WIM file. Stand-alone media takes the task sequence\'s.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" boot-loader-certificate' -l 'boot-loader-certificate' -d 'Which loaders to take: those signed under the 2011 or the 2023 certificates, or the newest there are.' -rfka '2011 2023 auto'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" no-prompt' -l 'no-prompt' -d 'Start from the disc without "Press any key".'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" for-hardware' -l 'for-hardware' -d 'List of a computer\'s devices, as pnputil, Get-PnpDevice, lspci -nn or lsusb print it: tells which of them no driver serves.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" certificate' -l 'certificate' -d 'Certificate of the media with its private key, for management points over https.' -rfa '(set -l exts \'pfx\' \'p12\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" certificate-password-file' -l 'certificate-password-file' -d 'File whose first line opens that certificate; - reads standard input.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" self-signed-certificate' -l 'self-signed-certificate' -d 'Make a certificate for the media instead, for management points over http: RSA 2048, SHA-256, a year long.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" certificate-start' -l 'certificate-start' -d 'When a self-signed certificate begins to be valid: a day or a time (UTC; default: today).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" certificate-expire' -l 'certificate-expire' -d 'When it ceases to be valid: a day (to its end, UTC) or a time (default: a year later).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" certificate-key' -l 'certificate-key' -d 'Private key of a self-signed certificate, in PEM (default: a new one each time).' -rfa '(set -l exts \'pem\' \'key\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" password-file' -l 'password-file' -d 'File whose first line is the media\'s password; - reads standard input. Passwords are never arguments.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" allow-unattended' -l 'allow-unattended' -d 'Start without asking anything.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone"' -l 'variable' -d 'Variable of the media (repeatable). Others on this machine can read arguments.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" prestart-command' -l 'prestart-command' -d 'Command that runs when the media has started a computer, before it asks for a task sequence.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" prestart-package' -l 'prestart-package' -d 'Package with the files of that command.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" media-size' -l 'media-size' -d 'Limit of a volume: cd, dvd, dvd-dl, bd, bd-dl, 650mb, 4gb, 8gb, unlimited, none, or a size as 16GB, 4.7GB, 4GiB or bytes.' -rfka 'cd dvd dvd-dl bd bd-dl 650mb 4gb 8gb unlimited none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" packing' -l 'packing' -d 'How contents are divided when they fit no single volume: ordered (as the task sequence asks for them) or dense (in another order, where that takes fewer volumes).' -rfka 'ordered dense'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" label' -l 'label' -d 'Volume label (default: Configuration Manager).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" autorun' -l 'autorun' -d 'Let Windows offer to start the media when it is inserted.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" client-binaries' -l 'client-binaries' -d 'The SMS\\bin folder of a site (TSMBAutorun.exe and friends).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" media-guid' -l 'media-guid' -d 'The media\'s GUID, instead of one derived from the request.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" o output' -l 'output' -s 'o' -d 'What to write: the image of a disc when the name ends in .iso, that of a drive when it ends in .img, else a folder.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone"' -l 'usb' -d 'Drive to write, as /dev/sdX or a link below /dev/disk (repeatable: all get the same).' -rfka '(lsblk --nodeps --noheadings --output PATH 2>/dev/null; ls -d /dev/disk/by-id/* 2>/dev/null)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" media-type' -l 'media-type' -d 'What the output has to be, checked: the image of a disc, or a drive.' -rfka 'cd-dvd usb'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" force' -l 'force' -d 'Replace an existing output, once the new one is whole; write a drive that is not blank.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" dry-run' -l 'dry-run' -d 'Say what would be written and how large it is; write nothing.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" list-files' -l 'list-files' -d 'List every file of the media, with its size and where it comes from.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" partition-scheme' -l 'partition-scheme' -d 'How a drive is divided: mbr starts under BIOS and UEFI, gpt under UEFI alone.' -rfka 'mbr gpt'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" data-partition' -l 'data-partition' -d 'Put files of 4 GiB and more that are not split on a second partition of the drive, NTFS.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" allow-fixed-disk' -l 'allow-fixed-disk' -d 'Write a drive that is no removable one; it must be confirmed.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone"' -l 'confirm' -d 'Serial number of the drive, or its path when it has none (repeatable, for several drives).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" unmount' -l 'unmount' -d 'Unmount the file systems of the drive before it is written.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" no-verify' -l 'no-verify' -d 'Do not read drives again and compare them with what was written.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create standalone" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged"' -l 'distribution-point' -d 'Content library to take content from: the path of an SCCMContentLib folder (repeatable; asked in order).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" store' -l 'store' -d 'Folder that remembers which files were verified (default: ~/.cache/tsmedia).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" staging-folder' -l 'staging-folder' -d 'Folder for the parts of images that are split, and for a boot image with a prestart command (default: where the output goes).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" rehash' -l 'rehash' -d 'Hash every file again, also those that were verified before and did not change.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" jobs' -l 'jobs' -d 'Threads that hash and copy (default: one per processor).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" operating-system-image' -l 'operating-system-image' -d 'Operating system image: its package ID.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" operating-system-image-index' -l 'operating-system-image-index' -d 'The number of the image that will be applied, from 1.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" operating-system-image-layout' -l 'operating-system-image-layout' -d 'extracted: the image\'s files lie at the root, as if it had been applied (the default for a .wim). package: its package lies in the cache (the default for disks).' -rfka 'extracted package'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" task-sequence' -l 'task-sequence' -d 'Task sequence whose content goes into the cache: the console\'s export zip, its folder, or an XML file.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" task-sequence-id' -l 'task-sequence-id' -d 'Which task sequence of the export, when it holds several that no other one runs.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged"' -l 'package' -d 'Further package (repeatable).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged"' -l 'driver-package' -d 'Further driver package (repeatable).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged"' -l 'application' -d 'Further application: its package ID, or with --catalog its name or model name (repeatable).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" include-application-dependencies' -l 'include-application-dependencies' -d 'Also take the applications that needed applications depend on, as the catalog says.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" catalog' -l 'catalog' -d 'What the site knows about packages and applications.' -rfa '(set -l exts \'yaml\' \'yml\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" boot-image' -l 'boot-image' -d 'Boot image: a package ID, or the path of a WIM file. Stand-alone media takes the task sequence\'s.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" boot-loader-certificate' -l 'boot-loader-certificate' -d 'Which loaders to take: those signed under the 2011 or the 2023 certificates, or the newest there are.' -rfka '2011 2023 auto'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" no-prompt' -l 'no-prompt' -d 'Start from the disc without "Press any key".'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" for-hardware' -l 'for-hardware' -d 'List of a computer\'s devices, as pnputil, Get-PnpDevice, lspci -nn or lsusb print it: tells which of them no driver serves.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" media-mode' -l 'media-mode' -d 'Whether the client\'s boundary chooses among the management points (the default: dynamic), or there is one for the site.' -rfka 'dynamic site-based'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged"' -l 'management-point' -d 'Management point, as http://server.example.com (repeatable in dynamic mode).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" site-code' -l 'site-code' -d 'The site\'s three-character code.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" user-device-affinity' -l 'user-device-affinity' -d 'What the media may do about users and devices.' -rfka 'do-not-allow administrator-approval auto-approval'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" allow-unknown-machine' -l 'allow-unknown-machine' -d 'Serve computers that the site does not know.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged"' -l 'unknown-machine-guid' -d 'The site\'s record of unknown computers of an architecture (repeatable): x64=GUID.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged"' -l 'root-ca' -d 'Root certificate authority of the site\'s servers, in PEM or DER (repeatable).' -rfa '(set -l exts \'cer\' \'crt\' \'pem\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" site-signing-certificate' -l 'site-signing-certificate' -d 'Certificate with which the site server signs, in PEM or DER.' -rfa '(set -l exts \'cer\' \'crt\' \'pem\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" trusted-root-key' -l 'trusted-root-key' -d 'The site\'s mobileclient.tcf, or a file that holds its SMSPublicRootKey.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" certificate' -l 'certificate' -d 'Certificate of the media with its private key, for management points over https.' -rfa '(set -l exts \'pfx\' \'p12\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" certificate-password-file' -l 'certificate-password-file' -d 'File whose first line opens that certificate; - reads standard input.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" self-signed-certificate' -l 'self-signed-certificate' -d 'Make a certificate for the media instead, for management points over http: RSA 2048, SHA-256, a year long.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" certificate-start' -l 'certificate-start' -d 'When a self-signed certificate begins to be valid: a day or a time (UTC; default: today).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" certificate-expire' -l 'certificate-expire' -d 'When it ceases to be valid: a day (to its end, UTC) or a time (default: a year later).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" certificate-key' -l 'certificate-key' -d 'Private key of a self-signed certificate, in PEM (default: a new one each time).' -rfa '(set -l exts \'pem\' \'key\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" password-file' -l 'password-file' -d 'File whose first line is the media\'s password; - reads standard input. Passwords are never arguments.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" allow-unattended' -l 'allow-unattended' -d 'Start without asking anything.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged"' -l 'variable' -d 'Variable of the media (repeatable). Others on this machine can read arguments.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" prestart-command' -l 'prestart-command' -d 'Command that runs when the media has started a computer, before it asks for a task sequence.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" prestart-package' -l 'prestart-package' -d 'Package with the files of that command.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" created-by' -l 'created-by' -d 'Who made the file; at most 50 characters.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" version' -l 'version' -d 'Which version it is; at most 32 characters.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" comment' -l 'comment' -d 'What else there is to say; at most 127 characters.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" compression' -l 'compression' -d 'none, fast (XPRESS), maximum (LZX) or solid (LZMS); by default that of the operating system image, or fast with its package. What is compressed already is stored as it is.' -rfka 'none fast maximum solid'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" integrity-table' -l 'integrity-table' -d 'Add a table of hashes by which other programs check the file without reading it as an image.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" split' -l 'split' -d 'Write parts (.swm) of at most this size, as 4GB, 4.7GB, 4GiB or bytes.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" base' -l 'base' -d 'An earlier prestaged file: what it holds compressed and unchanged is taken over.' -rfa '(set -l exts \'wim\' \'swm\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" fleet' -l 'fleet' -d 'CSV or YAML file of computer models: a file is made for each, in the folder that --output names.' -rfa '(set -l exts \'csv\' \'yaml\' \'yml\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" memory-limit' -l 'memory-limit' -d 'With --fleet: memory for files that are made side by side.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" label' -l 'label' -d 'Volume label (default: Configuration Manager).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" autorun' -l 'autorun' -d 'Let Windows offer to start the media when it is inserted.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" client-binaries' -l 'client-binaries' -d 'The SMS\\bin folder of a site (TSMBAutorun.exe and friends).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" media-guid' -l 'media-guid' -d 'The media\'s GUID, instead of one derived from the request.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" o output' -l 'output' -s 'o' -d 'What to write: a .wim, or with --fleet the folder for all of them.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" disk-image' -l 'disk-image' -d 'Write the image of a whole disk instead, with partitions and what boots, to be copied to disks.' -rfa '(for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.\'img\';printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged"' -l 'usb' -d 'Write a whole disk, as /dev/sdX or a link below /dev/disk (repeatable: all get the same).' -rfka '(lsblk --nodeps --noheadings --output PATH 2>/dev/null; ls -d /dev/disk/by-id/* 2>/dev/null)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" disk-size' -l 'disk-size' -d 'With --disk-image: the size of the smallest disk, as 256GB (powers of ten, as makers of disks count), 238GiB or bytes.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" partition-scheme' -l 'partition-scheme' -d 'For disks: gpt for UEFI or mbr for BIOS; which partitioning step of the task sequence counts.' -rfka 'mbr gpt'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" partition-layout' -l 'partition-layout' -d 'For disks: YAML file with the partitions, instead of those of the task sequence.' -rfa '(set -l exts \'yaml\' \'yml\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" force' -l 'force' -d 'Replace an existing output, once the new one is whole; write a drive that is not blank.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" dry-run' -l 'dry-run' -d 'Say what would be written and how large it is; write nothing.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" list-files' -l 'list-files' -d 'List every file of the media, with its size and where it comes from.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" allow-fixed-disk' -l 'allow-fixed-disk' -d 'Write a drive that is no removable one; it must be confirmed.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged"' -l 'confirm' -d 'Serial number of the drive, or its path when it has none (repeatable, for several drives).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" unmount' -l 'unmount' -d 'Unmount the file systems of the drive before it is written.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" no-verify' -l 'no-verify' -d 'Do not read drives again and compare them with what was written.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia create prestaged" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia update" -eq 1' -F
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" dry-run' -l 'dry-run' -d 'Say what would be written; write nothing.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update"' -l 'drop' -d 'What the media has and shall not have any more (repeatable): password, unattended, start, expiration, prestart, label, site-code, user-device-affinity, unknown-computers, media-mode, media-guid, boot-image, client-binaries, certificate, root-ca, site-signing-certificate, trusted-root-key, autorun, variables, management-point=URL, variable=NAME, package=ID, file=PATH.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update"' -l 'distribution-point' -d 'Content library to take content from: the path of an SCCMContentLib folder (repeatable; asked in order).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" store' -l 'store' -d 'Folder that remembers which files were verified (default: ~/.cache/tsmedia).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" staging-folder' -l 'staging-folder' -d 'Folder for the parts of images that are split, and for a boot image with a prestart command (default: where the output goes).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" rehash' -l 'rehash' -d 'Hash every file again, also those that were verified before and did not change.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" jobs' -l 'jobs' -d 'Threads that hash and copy (default: one per processor).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" task-sequence' -l 'task-sequence' -d 'Task sequence: the console\'s export zip, its unzipped folder, or an XML file.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" task-sequence-id' -l 'task-sequence-id' -d 'Which task sequence of the export, when it holds several that no other one runs.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" media-start-date' -l 'media-start-date' -d 'When the media begins to work: a day (from its start, UTC), or a time as 2030-12-31T18:00+01:00.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" media-expiration-date' -l 'media-expiration-date' -d 'When the media ceases to work: a day (to its end, UTC), or a time.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" split-upgrade-images' -l 'split-upgrade-images' -d 'Split the sources\\install.wim of 4 GiB and more of an upgrade package into install.swm, install2.swm and so on for Windows Setup. Without it such a file stays whole.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update"' -l 'package' -d 'Further package (repeatable).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update"' -l 'driver-package' -d 'Further driver package (repeatable).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update"' -l 'application' -d 'Further application: its package ID, or with --catalog its name or model name (repeatable).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" include-application-dependencies' -l 'include-application-dependencies' -d 'Also take the applications that needed applications depend on, as the catalog says.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" catalog' -l 'catalog' -d 'What the site knows about packages and applications.' -rfa '(set -l exts \'yaml\' \'yml\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" boot-image' -l 'boot-image' -d 'Boot image: a package ID, or the path of a WIM file. Stand-alone media takes the task sequence\'s.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" boot-loader-certificate' -l 'boot-loader-certificate' -d 'Which loaders to take: those signed under the 2011 or the 2023 certificates, or the newest there are.' -rfka '2011 2023 auto'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" no-prompt' -l 'no-prompt' -d 'Start from the disc without "Press any key".'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" for-hardware' -l 'for-hardware' -d 'List of a computer\'s devices, as pnputil, Get-PnpDevice, lspci -nn or lsusb print it: tells which of them no driver serves.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" media-mode' -l 'media-mode' -d 'Whether the client\'s boundary chooses among the management points (the default: dynamic), or there is one for the site.' -rfka 'dynamic site-based'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update"' -l 'management-point' -d 'Management point, as http://server.example.com (repeatable in dynamic mode).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" site-code' -l 'site-code' -d 'The site\'s three-character code.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" user-device-affinity' -l 'user-device-affinity' -d 'What the media may do about users and devices.' -rfka 'do-not-allow administrator-approval auto-approval'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" allow-unknown-machine' -l 'allow-unknown-machine' -d 'Serve computers that the site does not know.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update"' -l 'unknown-machine-guid' -d 'The site\'s record of unknown computers of an architecture (repeatable): x64=GUID.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update"' -l 'root-ca' -d 'Root certificate authority of the site\'s servers, in PEM or DER (repeatable).' -rfa '(set -l exts \'cer\' \'crt\' \'pem\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" site-signing-certificate' -l 'site-signing-certificate' -d 'Certificate with which the site server signs, in PEM or DER.' -rfa '(set -l exts \'cer\' \'crt\' \'pem\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" trusted-root-key' -l 'trusted-root-key' -d 'The site\'s mobileclient.tcf, or a file that holds its SMSPublicRootKey.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" certificate' -l 'certificate' -d 'Certificate of the media with its private key, for management points over https.' -rfa '(set -l exts \'pfx\' \'p12\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" certificate-password-file' -l 'certificate-password-file' -d 'File whose first line opens that certificate; - reads standard input.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" self-signed-certificate' -l 'self-signed-certificate' -d 'Make a certificate for the media instead, for management points over http: RSA 2048, SHA-256, a year long.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" certificate-start' -l 'certificate-start' -d 'When a self-signed certificate begins to be valid: a day or a time (UTC; default: today).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" certificate-expire' -l 'certificate-expire' -d 'When it ceases to be valid: a day (to its end, UTC) or a time (default: a year later).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" certificate-key' -l 'certificate-key' -d 'Private key of a self-signed certificate, in PEM (default: a new one each time).' -rfa '(set -l exts \'pem\' \'key\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" password-file' -l 'password-file' -d 'File whose first line is the media\'s password; - reads standard input. Passwords are never arguments.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" allow-unattended' -l 'allow-unattended' -d 'Start without asking anything.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update"' -l 'variable' -d 'Variable of the media (repeatable). Others on this machine can read arguments.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" prestart-command' -l 'prestart-command' -d 'Command that runs when the media has started a computer, before it asks for a task sequence.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" prestart-package' -l 'prestart-package' -d 'Package with the files of that command.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" label' -l 'label' -d 'Volume label (default: Configuration Manager).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" autorun' -l 'autorun' -d 'Let Windows offer to start the media when it is inserted.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" client-binaries' -l 'client-binaries' -d 'The SMS\\bin folder of a site (TSMBAutorun.exe and friends).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" media-guid' -l 'media-guid' -d 'The media\'s GUID, instead of one derived from the request.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" allow-fixed-disk' -l 'allow-fixed-disk' -d 'Write a drive that is no removable one; it must be confirmed.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update"' -l 'confirm' -d 'Serial number of the drive, or its path when it has none (repeatable, for several drives).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" unmount' -l 'unmount' -d 'Unmount the file systems of the drive before it is written.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" no-verify' -l 'no-verify' -d 'Do not read drives again and compare them with what was written.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia update" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia inspect" -ge 1' -F
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia inspect" password-file' -l 'password-file' -d 'File whose first line is the media\'s password; - reads standard input.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia inspect" show-secrets' -l 'show-secrets' -d 'Show the values of variables that may be secrets.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia inspect" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia inspect" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia inspect" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia inspect" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia inspect" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia inspect" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia inspect" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia verify" -ge 1' -F
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia verify"' -l 'against' -d 'Content library to compare contents with: the path of an SCCMContentLib folder (repeatable; asked in order).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia verify" task-sequence' -l 'task-sequence' -d 'With --against: a task sequence, to tell also what it needs and the media lacks.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia verify" jobs' -l 'jobs' -d 'Threads that hash (default: one per processor).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia verify" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia verify" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia verify" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia verify" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia verify" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia verify" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia verify" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia bootimage" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia bootimage" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia bootimage" -eq 1' -fa 'show' -d 'Tell what a boot image holds, and which devices of a computer its drivers serve.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia bootimage show" -eq 1' -fa '(for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.\'wim\';printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia bootimage show" image-index' -l 'image-index' -d 'The number of the image in the WIM (default: the one that is started).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia bootimage show"' -l 'distribution-point' -l 'library' -d 'Content library that holds the packages (repeatable; asked in order).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia bootimage show" for-hardware' -l 'for-hardware' -d 'List of a computer\'s devices, as pnputil, Get-PnpDevice, lspci -nn or lsusb print it: tells which of them no driver serves.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia bootimage show"' -l 'driver-package' -d 'Driver package whose drivers count for --for-hardware too (repeatable).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia bootimage show" list-drivers' -l 'list-drivers' -d 'List every driver with its hardware IDs.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia bootimage show" show-secrets' -l 'show-secrets' -d 'Show what looks like a password in the commands that run at the start.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia bootimage show" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia bootimage show" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia bootimage show" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia bootimage show" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia bootimage show" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia bootimage show" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia bootimage show" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia devices" -ge 1' -fka '(lsblk --nodeps --noheadings --output PATH 2>/dev/null; ls -d /dev/disk/by-id/* 2>/dev/null)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia devices" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia devices" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia devices" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia devices" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia devices" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia devices" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia devices" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia content" -eq 1' -fa 'add' -d 'Adds a folder or a file to a content library as a package.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia content" -eq 1' -fa 'list' -d 'Lists the packages of a content library.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia content" -eq 1' -fa 'show' -d 'Shows the files of a package or of one content, with sizes and hashes.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia content" -eq 1' -fa 'verify' -d 'Hashes every file of a content library again, all versions.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia content" -eq 1' -fa 'remove' -d 'Removes a package from a content library, with the files that nothing else uses.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia content add" -eq 1' -F
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content add" package-id' -l 'package-id' -d 'The package: site code and number, such as ABC00001.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content add" version' -l 'version' -d 'The version; the highest one there is and one by default.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content add" library' -l 'library' -d 'The content library.' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content add" create' -l 'create' -d 'Make the content library when PATH does not exist or is an empty folder.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content add" application-content' -l 'application-content' -d 'Add an application\'s content under its own content ID.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content add" content-id' -l 'content-id' -d 'The content ID without its version: Content_<guid> or <guid>.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content add" force' -l 'force' -d 'Replace the version when it exists.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content add" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content add" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content add" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content add" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content add" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content add" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content add" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content list"' -l 'library' -l 'distribution-point' -d 'The content library; repeat it for further drives that hold only a FileLib.' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content list" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content list" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content list" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content list" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content list" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content list" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content show"' -l 'library' -l 'distribution-point' -d 'The content library; repeat it for further drives that hold only a FileLib.' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content show" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content show" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content show" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content show" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content show" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content show" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content show" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content verify"' -l 'library' -l 'distribution-point' -d 'The content library; repeat it for further drives that hold only a FileLib.' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content verify" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content verify" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content verify" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content verify" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content verify" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content verify" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content verify" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content remove" package-id' -l 'package-id' -d 'The package, as content add names it.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content remove" version' -l 'version' -d 'Only this version; all by default.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content remove" library' -l 'library' -d 'The content library.' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content remove" dry-run' -l 'dry-run' -d 'Say what would be removed; remove nothing.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content remove" force' -l 'force' -d 'Ask nothing.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content remove" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content remove" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content remove" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content remove" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content remove" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content remove" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia content remove" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia store" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia store" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia store" -eq 1' -fa 'show' -d 'Shows where the store is and how much it remembers.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia store" -eq 1' -fa 'prune' -d 'Forgets verified files that are gone or have changed.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia store show" store' -l 'store' -d 'The store; $XDG_CACHE_HOME/tsmedia by default.' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia store show" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia store show" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia store show" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia store show" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia store show" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia store show" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia store show" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia store prune" store' -l 'store' -d 'The store; $XDG_CACHE_HOME/tsmedia by default.' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia store prune" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia store prune" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia store prune" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia store prune" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia store prune" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia store prune" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia store prune" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia sequence" -eq 1' -fa 'new' -d 'Make a new task sequence: build and capture, capture, or install.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia sequence" -eq 1' -fa 'show' -d 'Shows a task sequence as an indented tree, its conditions in words.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia sequence" -eq 1' -fa 'format' -d 'Writes a task sequence in canonical form, so that git shows what changed and nothing else.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia sequence" -eq 1' -fa 'diff' -d 'Compares two task sequences by meaning.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia sequence" -eq 1' -fa 'document' -d 'Documents a task sequence as one HTML page or as Markdown.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia sequence" -eq 1' -fa 'lint' -d 'Look for what a task sequence should not do.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia sequence" -eq 1' -fa 'references' -d 'List what stand-alone media with a task sequence needs, why, and what is missing.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia sequence new" -eq 1' -fa 'build-and-capture' -d 'A task sequence that builds a reference computer and captures it.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia sequence new" -eq 1' -fa 'capture' -d 'A task sequence that captures an existing reference computer, which must not be in a domain.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia sequence new" -eq 1' -fa 'install' -d 'A task sequence that installs an operating system image.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" name' -l 'name' -d 'The task sequence\'s name, at most 50 characters.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" description' -l 'description' -d 'Its description, at most 512 characters.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" boot-image' -l 'boot-image' -d 'The boot image\'s package ID.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" boot-image-architecture' -l 'boot-image-architecture' -d 'The boot image\'s architecture: checked against --target-architecture, and stored nowhere.' -rfka 'x86 x64 arm64'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" target-architecture' -l 'target-architecture' -d 'The architecture of the computers that the task sequence is for.' -rfka 'x86 x64 arm64'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" operating-system-image' -l 'operating-system-image' -d 'The operating system image\'s package ID.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" operating-system-image-index' -l 'operating-system-image-index' -d 'The number of the image in its WIM, from 1.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" product-key' -l 'product-key' -d 'The product key, XXXXX-XXXXX-XXXXX-XXXXX-XXXXX, or an encoded volume licence key.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" licensing-mode' -l 'licensing-mode' -d 'How a Windows Server is licensed.' -rfka 'NonSpecify PerSeat PerServer'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" maximum-connections' -l 'maximum-connections' -d 'The connections that per-server licensing is for, 5 to 9999.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" random-administrator-password' -l 'random-administrator-password' -d 'Give the local administrator a random password and disable the account (the default).'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" administrator-password-file' -l 'administrator-password-file' -d 'File whose first line is the local administrator\'s password; the account is enabled. - reads standard input.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" time-zone' -l 'time-zone' -d 'Windows\' English name for the time zone.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" registered-user' -l 'registered-user' -d 'Who Windows is registered to.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" registered-organization' -l 'registered-organization' -d 'The organisation that Windows is registered to.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" workgroup' -l 'workgroup' -d 'The workgroup to join, at most 32 characters (default: WORKGROUP).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" domain' -l 'domain' -d 'The domain to join.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" organizational-unit' -l 'organizational-unit' -d 'Where in the domain: LDAP://OU=Computers,DC=example,DC=com.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" domain-account' -l 'domain-account' -d 'The account that may join the domain: DOMAIN\\USER or %VARIABLE%.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" domain-password-file' -l 'domain-password-file' -d 'File whose first line is this account\'s password; - reads standard input.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" client-package' -l 'client-package' -d 'The package ID of the Configuration Manager client.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" client-properties' -l 'client-properties' -d 'Properties for the client\'s installation, never SMSSITECODE.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" updates' -l 'updates' -d 'The software updates to install.' -rfka 'all mandatory none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture"' -l 'application' -d 'An application to install: its model name, with the name to show before it if wanted (repeatable).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" continue-on-failure' -l 'continue-on-failure' -d 'Install the next applications when one fails.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" capture-path' -l 'capture-path' -d 'The WIM to write, \\\\server\\share\\name.wim; an existing one is overwritten.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" capture-account' -l 'capture-account' -d 'The account that may write there: DOMAIN\\USER or %VARIABLE%.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" capture-password-file' -l 'capture-password-file' -d 'File whose first line is this account\'s password; - reads standard input.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" created-by' -l 'created-by' -d 'Who made the image, at most 255 characters.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" version' -l 'version' -d 'The image\'s version, at most 32 characters.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" image-description' -l 'image-description' -d 'The image\'s description, at most 255 characters.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" step-names' -l 'step-names' -d 'The step names of the current branch, or those of 2016, which had a step Join Workgroup too.' -rfka 'current 2016'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" template' -l 'template' -d 'The template: one of the program\'s by its name (build-and-capture, capture, install), or a file.' -rfa '(for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.\'xml\';printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture"' -l 'value' -d 'A value for a placeholder of the template\'s own (repeatable).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" container' -l 'container' -d 'What the sequence is written in; by default what the output\'s name says.' -rfka 'sequence object-xml export'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" o output' -l 'output' -s 'o' -d 'The file to write; standard output by default.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" force' -l 'force' -d 'Replace an existing file, once the new one is whole.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new build-and-capture" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" name' -l 'name' -d 'The task sequence\'s name, at most 50 characters.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" description' -l 'description' -d 'Its description, at most 512 characters.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" boot-image' -l 'boot-image' -d 'The boot image\'s package ID.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" boot-image-architecture' -l 'boot-image-architecture' -d 'The boot image\'s architecture: checked against --target-architecture, and stored nowhere.' -rfka 'x86 x64 arm64'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" target-architecture' -l 'target-architecture' -d 'The architecture of the computers that the task sequence is for.' -rfka 'x86 x64 arm64'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" capture-path' -l 'capture-path' -d 'The WIM to write, \\\\server\\share\\name.wim; an existing one is overwritten.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" capture-account' -l 'capture-account' -d 'The account that may write there: DOMAIN\\USER or %VARIABLE%.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" capture-password-file' -l 'capture-password-file' -d 'File whose first line is this account\'s password; - reads standard input.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" created-by' -l 'created-by' -d 'Who made the image, at most 255 characters.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" version' -l 'version' -d 'The image\'s version, at most 32 characters.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" image-description' -l 'image-description' -d 'The image\'s description, at most 255 characters.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" template' -l 'template' -d 'The template: one of the program\'s by its name (build-and-capture, capture, install), or a file.' -rfa '(for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.\'xml\';printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture"' -l 'value' -d 'A value for a placeholder of the template\'s own (repeatable).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" container' -l 'container' -d 'What the sequence is written in; by default what the output\'s name says.' -rfka 'sequence object-xml export'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" o output' -l 'output' -s 'o' -d 'The file to write; standard output by default.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" force' -l 'force' -d 'Replace an existing file, once the new one is whole.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new capture" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" name' -l 'name' -d 'The task sequence\'s name, at most 50 characters.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" description' -l 'description' -d 'Its description, at most 512 characters.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" boot-image' -l 'boot-image' -d 'The boot image\'s package ID.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" boot-image-architecture' -l 'boot-image-architecture' -d 'The boot image\'s architecture: checked against --target-architecture, and stored nowhere.' -rfka 'x86 x64 arm64'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" target-architecture' -l 'target-architecture' -d 'The architecture of the computers that the task sequence is for.' -rfka 'x86 x64 arm64'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" operating-system-image' -l 'operating-system-image' -d 'The operating system image\'s package ID.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" operating-system-image-index' -l 'operating-system-image-index' -d 'The number of the image in its WIM, from 1.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" product-key' -l 'product-key' -d 'The product key, XXXXX-XXXXX-XXXXX-XXXXX-XXXXX, or an encoded volume licence key.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" licensing-mode' -l 'licensing-mode' -d 'How a Windows Server is licensed.' -rfka 'NonSpecify PerSeat PerServer'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" maximum-connections' -l 'maximum-connections' -d 'The connections that per-server licensing is for, 5 to 9999.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" random-administrator-password' -l 'random-administrator-password' -d 'Give the local administrator a random password and disable the account (the default).'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" administrator-password-file' -l 'administrator-password-file' -d 'File whose first line is the local administrator\'s password; the account is enabled. - reads standard input.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" time-zone' -l 'time-zone' -d 'Windows\' English name for the time zone.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" registered-user' -l 'registered-user' -d 'Who Windows is registered to.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" registered-organization' -l 'registered-organization' -d 'The organisation that Windows is registered to.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" keep-partitions' -l 'keep-partitions' -d 'Leave the steps out that partition and format the disk.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" workgroup' -l 'workgroup' -d 'The workgroup to join, at most 32 characters (default: WORKGROUP).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" domain' -l 'domain' -d 'The domain to join.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" organizational-unit' -l 'organizational-unit' -d 'Where in the domain: LDAP://OU=Computers,DC=example,DC=com.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" domain-account' -l 'domain-account' -d 'The account that may join the domain: DOMAIN\\USER or %VARIABLE%.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" domain-password-file' -l 'domain-password-file' -d 'File whose first line is this account\'s password; - reads standard input.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" client-package' -l 'client-package' -d 'The package ID of the Configuration Manager client.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" client-properties' -l 'client-properties' -d 'Properties for the client\'s installation, never SMSSITECODE.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" updates' -l 'updates' -d 'The software updates to install.' -rfka 'all mandatory none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install"' -l 'application' -d 'An application to install: its model name, with the name to show before it if wanted (repeatable).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" continue-on-failure' -l 'continue-on-failure' -d 'Install the next applications when one fails.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" template' -l 'template' -d 'The template: one of the program\'s by its name (build-and-capture, capture, install), or a file.' -rfa '(for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.\'xml\';printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install"' -l 'value' -d 'A value for a placeholder of the template\'s own (repeatable).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" container' -l 'container' -d 'What the sequence is written in; by default what the output\'s name says.' -rfka 'sequence object-xml export'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" o output' -l 'output' -s 'o' -d 'The file to write; standard output by default.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" force' -l 'force' -d 'Replace an existing file, once the new one is whole.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence new install" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia sequence show" -eq 1' -F
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence show" details' -l 'details' -d 'Show descriptions, command lines, properties and scripts too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence show" task-sequence-id' -l 'task-sequence-id' -d 'Which task sequence of the file: its package ID or name.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence show" show-secrets' -l 'show-secrets' -d 'Show passwords, keys and tokens, which are hidden otherwise.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence show" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence show" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence show" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence show" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence show" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence show" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence show" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia sequence format" -eq 1' -F
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence format" layout' -l 'layout' -d 'How the sequence is laid out on lines.' -rfka 'canonical indented keep'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence format" container' -l 'container' -d 'What the sequence is written in.' -rfka 'sequence object-xml export'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence format" check' -l 'check' -d 'Write nothing; exit with 65 when the sequence in the file is not in this form already.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence format" task-sequence-id' -l 'task-sequence-id' -d 'Which task sequence of the file: its package ID or name.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence format" o output' -l 'output' -s 'o' -d 'The file to write; standard output by default.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence format" force' -l 'force' -d 'Replace an existing file, once the new one is whole.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence format" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence format" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence format" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence format" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence format" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence format" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence format" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia sequence diff" -eq 1' -F
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia sequence diff" -eq 2' -F
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence diff" exit-code' -l 'exit-code' -d 'Exit with 1 when there are differences.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence diff" task-sequence-id' -l 'task-sequence-id' -d 'Which task sequence of the file: its package ID or name.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence diff" show-secrets' -l 'show-secrets' -d 'Show passwords, keys and tokens, which are hidden otherwise.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence diff" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence diff" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence diff" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence diff" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence diff" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence diff" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence diff" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia sequence document" -eq 1' -F
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence document" format' -l 'format' -d 'What to write; by default what the output\'s name says: markdown for .md, else html.' -rfka 'html markdown'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence document" o output' -l 'output' -s 'o' -d 'The file to write; standard output by default.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence document" force' -l 'force' -d 'Replace an existing file, once the new one is whole.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence document" task-sequence-id' -l 'task-sequence-id' -d 'Which task sequence of the file: its package ID or name.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence document" show-secrets' -l 'show-secrets' -d 'Show passwords, keys and tokens, which are hidden otherwise.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence document" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence document" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence document" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence document" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence document" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence document" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence document" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia sequence lint" -eq 1' -F
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence lint" for' -l 'for' -d 'What the task sequence is to be used for.' -rfka 'standalone capture bootable prestaged'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence lint" task-sequence-id' -l 'task-sequence-id' -d 'ID or name of the task sequence to look at, with its children (default: all in the file).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence lint" catalog' -l 'catalog' -d 'What the site knows about packages and applications.' -rfa '(set -l exts \'yaml\' \'yml\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence lint" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence lint" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence lint" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence lint" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence lint" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence lint" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence lint" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_positional "tsmedia sequence references" -eq 1' -F
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence references" task-sequence-id' -l 'task-sequence-id' -d 'Which task sequence of the export, when it holds several that no other one runs.' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence references"' -l 'distribution-point' -d 'Content library to look for the content in: the path of an SCCMContentLib folder (repeatable).' -rfa '(__tsmedia_complete_directories)'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence references"' -l 'package' -d 'Further package (repeatable).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence references"' -l 'driver-package' -d 'Further driver package (repeatable).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence references"' -l 'application' -d 'Further application: its package ID, or with --catalog its name or model name (repeatable).' -rfka ''
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence references" include-application-dependencies' -l 'include-application-dependencies' -d 'Also take the applications that needed applications depend on, as the catalog says.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence references" catalog' -l 'catalog' -d 'What the site knows about packages and applications.' -rfa '(set -l exts \'yaml\' \'yml\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence references" json' -l 'json' -d 'Print one JSON document instead of text.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence references" progress' -l 'progress' -d 'Progress on standard error.' -rfka 'auto ansi plain json none'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence references" log-file' -l 'log-file' -d 'Append what happens to this file, in CMTrace format.' -rF
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence references" verbose' -l 'verbose' -d 'Say what the log has, too.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence references" quiet' -l 'quiet' -d 'Say errors and warnings only.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence references" version' -l 'version' -d 'Show the version.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia sequence references" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'tsmedia' -n '__tsmedia_should_offer_completions_for_flags_or_options "tsmedia help" version' -l 'version' -d 'Show the version.'
