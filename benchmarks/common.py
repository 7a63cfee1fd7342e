# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmarks share: content, measuring, reports, file systems on loop devices."""

import contextlib
import os
import pathlib
import random
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TSMEDIA = ROOT / ".build/release/tsmedia"
FIXTURES = ROOT / ".build/release/tsmedia-fixtures"
BENCH = ROOT / ".build/release/tsmedia-bench"
MIB = 1 << 20


def fill(path: pathlib.Path, byte_count: int, seed: int) -> None:
    """Writes pseudo-random bytes, which no file system can compress or share."""
    path.parent.mkdir(parents=True, exist_ok=True)
    generator = random.Random(seed)
    with open(path, "wb") as file:
        while byte_count > 0:
            step = min(byte_count, 4 * MIB)
            file.write(generator.randbytes(step))
            byte_count -= step


def measure(command: list, quiet: bool = True) -> tuple[float, int]:
    """Runs a command; returns its wall time in seconds and its peak memory in KiB."""
    subprocess.run(["sync"], check=True)
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.DEVNULL if quiet else None,
        stderr=subprocess.PIPE if quiet else None,
    )
    messages = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{messages.decode(errors='replace')}")
    return seconds, usage.ru_maxrss


def add_package(library: pathlib.Path, source: pathlib.Path, package: str, version: int = 1) -> None:
    """Puts a folder into a content library."""
    subprocess.run([TSMEDIA, "content", "add", "--create", source, "--package-id", package, "--version", str(version), "--library",
                    library, "--progress", "none"], check=True, stdout=subprocess.DEVNULL)


def make_boot_image(path: pathlib.Path, byte_count: int) -> None:
    """Makes a boot image with stand-in loaders."""
    subprocess.run([FIXTURES, "boot-image", path, "--size", str(byte_count)], check=True, stdout=subprocess.DEVNULL)


def write_empty_sequence(path: pathlib.Path) -> pathlib.Path:
    """Makes a task sequence without steps."""
    path.write_text('<sequence version="3.10"></sequence>\n')
    return path


def report(results: dict, base: str, targets: dict) -> None:
    """Prints each contender's ratio to `base`, its memory, and the target where it has one."""
    for name, (seconds, memory) in results.items():
        target = f"   target {targets[name]}" if name in targets else ""
        print(f"  {name:<34} {seconds:8.2f} s  {seconds / results[base][0]:6.2f} x {base}"
              f"  {memory / 1024:7.0f} MiB{target}")


@contextlib.contextmanager
def loop_mount(kind: str, folder: pathlib.Path, mebibytes: int):
    """A file system with reflinks on a loop device."""
    image, mount = folder / f"{kind}.img", folder / kind
    mount.mkdir()
    with open(image, "wb") as file:
        file.truncate(mebibytes * MIB)
    subprocess.run([f"mkfs.{kind}", "-q", image], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["mount", "-o", "loop", image, mount], check=True)
    try:
        yield mount
    finally:
        subprocess.run(["umount", mount], check=True)
        image.unlink()
