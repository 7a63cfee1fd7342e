# SPDX-License-Identifier: GPL-3.0-or-later
"""Eight sticks at once beside one, from a finished disc, each with a port of its own.

A stick is a loop device in memory, to which the kernel lets a process write so many bytes a second and from which it lets it read
so many (blkio throttling of control groups, per device): so the sticks are as slow as sticks are, and what they share is only this
machine. On a hub they share its connection too, which no program can change.
"""

import contextlib
import os
import pathlib
import subprocess
import sys

from common import MIB, TSMEDIA, measure, report
from discs import Bench
from drives import loop_device, warm

COUNT = 8
# A quick stick of 2024, by its maker's data: 60 MB/s written, 150 MB/s read.
WRITTEN, READ = 60_000_000, 150_000_000
LIMIT = 1.3


@contextlib.contextmanager
def throttled(devices: list):
    """Has this process, and what it starts, write and read `devices` no faster than sticks."""
    name = f"tsmedia-bench-{os.getpid()}"
    numbers = [f"{os.major(os.stat(device).st_rdev)}:{os.minor(os.stat(device).st_rdev)}" for device in devices]
    version1, version2 = pathlib.Path("/sys/fs/cgroup/blkio"), pathlib.Path("/sys/fs/cgroup")
    if version1.is_dir():
        group = version1 / name
        group.mkdir()
        for number in numbers:
            (group / "blkio.throttle.write_bps_device").write_text(f"{number} {WRITTEN}\n")
            (group / "blkio.throttle.read_bps_device").write_text(f"{number} {READ}\n")
        home = version1
    elif "io" in (version2 / "cgroup.controllers").read_text().split():
        home = version2 / pathlib.Path("/proc/self/cgroup").read_text().split("::")[1].strip().lstrip("/")
        (version2 / "cgroup.subtree_control").write_text("+io")
        group = version2 / name
        group.mkdir()
        for number in numbers:
            (group / "io.max").write_text(f"{number} wbps={WRITTEN} rbps={READ}\n")
    else:
        sys.exit("no control group of this machine slows devices down")
    (group / "cgroup.procs").write_text(str(os.getpid()))
    try:
        yield
    finally:
        (home / "cgroup.procs").write_text(str(os.getpid()))
        group.rmdir()


def run(folder: pathlib.Path, size: int, rounds: int) -> None:
    """Prints the times of writing `size` MiB of content to one stick and to eight, and fails above the limit."""
    folder.mkdir()
    memory = pathlib.Path("/dev/shm") / folder.name
    bench = Bench(folder, size)
    disc = folder / "media.iso"
    subprocess.run(bench.create("--output", disc), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with contextlib.ExitStack() as stack:
        memory.mkdir()
        stack.callback(memory.rmdir)
        devices = [stack.enter_context(loop_device(memory / f"{number}.img", (size + 256) * MIB, False))
                   for number in range(COUNT)]
        stack.enter_context(throttled(devices))

        def write(count: int, *more) -> list:
            drives = [word for device in devices[:count] for word in ("--usb", device, "--confirm", device)]
            return [TSMEDIA, "write", disc, "--allow-fixed-disk", "--force", *drives, *more]

        contenders = {
            "one stick": write(1), f"{COUNT} sticks": write(COUNT),
            "one stick, not read again": write(1, "--no-verify"),
            f"{COUNT} sticks, not read again": write(COUNT, "--no-verify"),
        }
        best = {}
        for _ in range(rounds):
            warm(disc)
            for name, command in contenders.items():
                seconds, used = measure(command)
                known = best.get(name, (seconds, used))
                best[name] = (min(seconds, known[0]), max(used, known[1]))
    print(f"sticks of {WRITTEN // 1_000_000} MB/s (read {READ // 1_000_000}) with a port each, {size} MiB, best of {rounds}")
    report(best, "one stick", {f"{COUNT} sticks": f"{LIMIT} x"})
    ratio = best[f"{COUNT} sticks"][0] / best["one stick"][0]
    if ratio > LIMIT:
        sys.exit(f"{COUNT} sticks take {ratio:.2f} x as long as one")
