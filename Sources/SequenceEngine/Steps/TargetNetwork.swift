// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// The network of the target: up when a step first needs it.
package final class TargetNetwork {
    /// What busybox' udhcpc calls with what the server said (its environment is documented in its help).
    private static let script = """
        #!/bin/sh
        case "$1" in
        bound | renew)
            ip addr flush dev "$interface"
            ip addr add "$ip/${mask:-24}" dev "$interface"
            for gateway in $router; do ip route replace default via "$gateway" dev "$interface" && break; done
            : >/etc/resolv.conf
            [ -n "$domain" ] && echo "search $domain" >>/etc/resolv.conf
            for server in $dns; do echo "nameserver $server" >>/etc/resolv.conf; done
            ;;
        esac

        """
    /// Seconds for an answer of a server: links of some adapters take three to come up.
    private static let patience = 30

    private var isUp = false

    /// A network that is down.
    package init() {}

    /// Brings the adapters up and asks for addresses, once.
    ///
    /// - Throws: ``EngineError`` `.disk` when no adapter gets one; `FileError`; `InterruptedError`.
    package func bringUp(_ session: EngineSession) throws {
        guard !isUp else { return }
        let adapters = session.computer.networkAdapters
        guard !adapters.isEmpty else {
            throw EngineError(
                .disk, "this computer", "has no network adapter that the boot image has a driver for",
                nextStep: "use a boot image with the drivers of all hardware, or another adapter")
        }
        let script = session.workFolder.appending("dhcp")
        try AtomicFile.write(Array(Self.script.utf8), to: script)
        for adapter in adapters {
            session.presenter.progress(share: nil, text: "asking for an address on \(adapter.name)")
            let (code, output) = try session.programs.run(
                "chmod 755 \(script); ip link set \(adapter.name) up && udhcpc -n -q -t 10 -T 2 -i \(adapter.name) -s \(script)",
                in: session.workFolder, timeoutSeconds: Self.patience, outputLimit: 1 << 16,
                interruption: session.interruption)
            session.log.note("network adapter \(adapter.name) (\(adapter.address)): \(output)")
            if code == 0 {
                isUp = true
                return
            }
        }
        throw EngineError(
            .disk, "this computer",
            "got no address from a DHCP server on \(adapters.map(\.name).joined(separator: ", "))",
            nextStep: "check its cable and the network")
    }
}
