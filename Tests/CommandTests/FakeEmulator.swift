// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport

/// A program that stands for QEMU: it has the machine's ports as QEMU has them, and what happens in the machine is a script.
///
/// What the command tells the machine and the monitor is told by ``orders`` and ``commands``.
struct FakeEmulator {
    private let folder: TestFolder

    /// An emulator whose machine does what `script` says, in Python, with the functions of its beginning.
    init(_ script: String) throws {
        folder = try TestFolder()
        let program = try folder.write((Self.beginning + script + "\n").utf8, to: "qemu-system-x86_64")
        try Program.succeed("chmod", ["755", program.string])
    }

    /// The environment in which the command finds it.
    var environment: [String: String] {
        ["PATH": "\(folder.path):/usr/local/bin:/usr/bin:/bin", "TMPDIR": temporary.string]
    }

    /// Where the command keeps temporary files.
    var temporary: FilePath {
        let path = folder.appending("tmp")
        try? TestFolder.makeFolder(path)
        return path
    }

    /// What the monitor was told, a command a line with its arguments in JSON.
    var commands: [String] { lines("commands") }
    /// What the machine was told on the channel.
    var orders: [String] { lines("orders") }
    /// The arguments that it was started with.
    var arguments: [String] { lines("arguments") }
    /// The number of its process, once it runs.
    var process: Int32? { lines("process").first.flatMap { Int32($0) } }

    private func lines(_ name: String) -> [String] {
        let bytes = (try? SmallFile.read(folder.appending(name))) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static let beginning = #"""
        #!/usr/bin/python3
        import base64, hashlib, json, os, socket, sys, threading, time
        here = os.path.dirname(os.path.abspath(sys.argv[0]))
        if any("isa-debug-exit" in a for a in sys.argv):
            sys.exit(1)  # no KVM here
        def note(name, text):
            with open(os.path.join(here, name), "a") as f: f.write(text + "\n")
        for a in sys.argv[1:]: note("arguments", a)
        serial_port, monitor, channel = (socket.socket(fileno=n) for n in (3, 4, 5))
        reset = threading.Event()
        def watch():
            monitor.sendall(b'{"QMP": {"version": {}, "capabilities": []}}\r\n')
            for line in monitor.makefile():
                c = json.loads(line); a = c.get("arguments", {})
                note("commands", c["execute"] + " " + json.dumps(a))
                if c["execute"] == "screendump": open(a["filename"], "wb").write(b"\x89PNG picture")
                if c["execute"] == "pmemsave": open(a["filename"], "wb").write(screen)
                if c["execute"] == refused: answer = {"error": {"class": "GenericError", "desc": "is locked"}}
                elif c["execute"] == "query-status": answer = {"return": {"status": state, "running": False}}
                else: answer = {"return": {}}
                monitor.sendall((json.dumps({**answer, "id": c["id"]}) + "\r\n").encode())
        screen, refused, state = b"\0" * 4000, None, "running"
        threading.Thread(target=watch, daemon=True).start()
        def serial(text): serial_port.sendall(text.encode())
        def raw(bytes): channel.sendall(bytes)
        def report(type, **members): raw((json.dumps({"type": type, **members}) + "\n").encode())
        incoming = channel.makefile()
        def order():
            line = incoming.readline()
            note("orders", line.strip())
            return json.loads(line) if line else {"type": "gone"}
        def event(name, **data):
            monitor.sendall((json.dumps({"event": name, "data": data, "timestamp": {}}) + "\r\n").encode())
        def give(name, content, digest=None):
            report("file", name=name, byteCount=len(content), sha256=digest or hashlib.sha256(content).hexdigest())
            for i in range(0, len(content), 65536):
                report("piece", name=name, base64=base64.b64encode(content[i:i + 65536]).decode())
        files = {"smsts.log": b"<![LOG[all of it]LOG]!>\r\n" * 9000}
        def end(outcome, text=""):
            report("ended", outcome=outcome, text=text)
            while True:
                o = order()
                if o["type"] == "copyOut":
                    if o["name"] in files: give(o["name"], files[o["name"]])
                    else: report("unavailable", name=o["name"], reason="there is no such file")
                elif o["type"] == "finish":
                    event("RESET", guest=True, reason="guest-reset"); return
                else: return
        def begin(steps=2):
            report("started", version="9.9", firmware="uefi")
            report("media", mediaType="CaptureMedia", label="x", taskSequence=None)
            report("sequence", name="Windows 11", stepCount=steps)
        def step(number, name, count=2): report("step", number=number, count=count, name=name, group="Install")
        def stay():
            while True: time.sleep(1)
        note("process", str(os.getpid()))

        """#
}
