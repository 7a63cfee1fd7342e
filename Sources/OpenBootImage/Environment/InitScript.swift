// SPDX-License-Identifier: GPL-3.0-or-later

/// The program that the kernel starts: it brings the drivers up, runs the engine and says how it ended.
enum InitScript {
    /// The script, for busybox' shell; what it says goes to `serialPort` too.
    static func bytes(serialPort: String) -> [UInt8] { Array(text.replacing("ttyS0", with: serialPort).utf8) }

    /// Modules that no device asks for by an alias: what disks, discs and file systems need, and the engine's channel.
    ///
    /// USB disks appear some time after their controller: waiting for them is the engine's, which knows what it looks for.
    private static let text = #"""
        #!/bin/sh
        # The start of the environment in which task sequences run.
        PATH=/bin
        export PATH
        mount -t devtmpfs dev /dev
        mount -t proc proc /proc
        mount -t sysfs sys /sys
        mount -t tmpfs -o mode=755 run /run
        mount -t tmpfs -o mode=1777 tmp /tmp
        mount -t securityfs security /sys/kernel/security 2>/dev/null
        ip link set lo up 2>/dev/null

        say() { for screen in /dev/tty0 /dev/ttyS0; do echo "$*" >$screen 2>/dev/null; done; }

        say "Looking for the devices of this computer ..."

        # Drivers by the names that devices have, twice: controllers bring devices.
        coldplug() { find /sys/devices -name modalias -exec cat {} + 2>/dev/null | sort -u | xargs -r modprobe -aq 2>/dev/null; }
        coldplug
        [ -d /sys/firmware/efi ] && modprobe -q efivarfs && mount -t efivarfs efivarfs /sys/firmware/efi/efivars 2>/dev/null
        # In one run: each reads the whole index.
        modprobe -aq i8042 atkbd usbhid hid_generic virtio_console usb_storage uas sr_mod sd_mod isofs udf vfat nls_cp437 \
            nls_ascii nls_iso8859_1 nls_utf8 fuse loop af_packet 2>/dev/null
        coldplug

        # Changing discs takes a drive that can be opened.
        [ -e /proc/sys/dev/cdrom/lock ] && echo 0 >/proc/sys/dev/cdrom/lock
        [ -e /etc/keymap.bmap ] && loadkmap </etc/keymap.bmap >/dev/null 2>&1

        setsid cttyhack tsengine </dev/console >/dev/console 2>&1
        status=$?
        # Whatever it showed is not true any more.
        printf '\033[0m\033[2J\033[H' >/dev/tty0 2>/dev/null
        say
        say "tsengine ended with status $status."
        say "The disk of this computer may hold a part of a system. Run the task sequence again."
        if [ -e /etc/allow-shell ]; then say "Enter restarts the computer, s and Enter open a shell."; else say "Enter restarts the computer."; fi
        while :; do
            read -r answer </dev/console || sleep 10
            if [ "$answer" = s ] && [ -e /etc/allow-shell ]; then
                setsid cttyhack sh </dev/console >/dev/console 2>&1
            else
                sync
                reboot -f
            fi
        done

        """#
}
