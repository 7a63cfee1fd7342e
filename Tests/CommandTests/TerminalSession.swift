// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport

/// Runs `tsmedia` at a terminal of a given size, as somebody sees it who may answer and resize the window.
struct TerminalSession {
    /// What happens once the terminal has shown `text`.
    struct Step {
        let text: String
        /// What is typed then.
        var answer = ""
        /// The columns of the window from then on.
        var columns: Int?
    }

    /// What the terminal got, and how the program ended.
    struct Result {
        let status: Int32
        let screen: String

        /// The lines without control codes.
        var lines: [String] {
            screen.replacing(/\u{1B}\[[0-9;?]*[A-Za-z]/, with: "").split(whereSeparator: \.isNewline).map(String.init)
        }
    }

    let session: CommandSession
    var columns = 80
    var environment: [String: String] = [:]

    /// Runs `arguments` to the end; a step whose text never comes fails when the program ends.
    func run(_ arguments: [String], _ steps: [Step] = []) throws -> Result {
        let script = steps.flatMap { [$0.text, $0.answer, $0.columns.map(String.init) ?? ""] }
        let result = try Program.run(
            "/usr/bin/python3",
            ["-c", Self.script, String(columns), String(steps.count)] + script + [try BuiltProgram.tsmedia.string]
                + arguments,
            environment: ["HOME": session.work.path.string, "TERM": "xterm", "NO_COLOR": ""].merging(environment) {
                $1
            },
            in: session.folder)
        guard result.status != 99 else { throw TerminalError(screen: result.output) }
        return Result(status: result.status, screen: result.output)
    }

    /// A step's text did not come.
    struct TerminalError: Error {
        let screen: String
    }

    private static let script = """
        import fcntl, os, pty, select, signal, struct, sys, termios
        columns, count = int(sys.argv[1]), int(sys.argv[2])
        steps = [tuple(sys.argv[3 + 3 * i:6 + 3 * i]) for i in range(count)]
        command = sys.argv[3 + 3 * count:]
        child, master = pty.fork()
        def resize(columns):
            fcntl.ioctl(master if child else 0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        if child == 0:
            resize(columns)
            os.execv(command[0], command)
        screen, shown = b"", 0
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:
                piece = b""
            if not piece:
                break
            screen += piece
            while steps and steps[0][0].encode() in screen[shown:]:
                text, answer, width = steps.pop(0)
                shown = screen.index(text.encode(), shown) + len(text)
                if width:
                    resize(int(width))
                    os.kill(child, signal.SIGWINCH)
                if answer:
                    os.write(master, answer.encode())
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.buffer.write(screen)
        sys.exit(99 if steps else status)
        """
}
