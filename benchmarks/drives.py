# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives beside dd of as many bytes, and beside mkfs.fat and mcopy of the same tree, all on the same loop device."""

import contextlib
import pathlib
import shutil
import subprocess

from common import MIB, TSMEDIA, fill, measure, report
from discs import Bench


@contextlib.contextmanager
def loop_device(image: pathlib.Path, byte_count: int, is_direct: bool):
    """A loop device, past the page cache or through it."""
    with open(image, "wb") as file:
        # Blocks of its own from the start: every contender overwrites them.
        subprocess.run(["fallocate", "--length", str(byte_count), image], check=True)
        file.truncate(byte_count)
    device = subprocess.run(["losetup", "--find", "--show", f"--direct-io={'on' if is_direct else 'off'}", image], check=True,
                            capture_output=True, text=True).stdout.strip()
    try:
        yield device
    finally:
        subprocess.run(["losetup", "--detach", device], check=True)
        image.unlink()


def run(folder: pathlib.Path, size: int, rounds: int) -> None:
    """Prints the times of writing `size` MiB of content."""
    folder.mkdir()
    bench = Bench(folder, size)
    content = folder / "content.bin"
    fill(content, bench.byte_count, 1)
    for is_direct in (True, False):
        compare(bench, content, folder / "drive.img", size, rounds, is_direct)


def warm(path: pathlib.Path) -> None:
    """Has the page cache hold a file."""
    if path.is_file():
        with open(path, "rb", buffering=0) as file:
            while file.read(16 * MIB):
                pass


def compare(bench: Bench, content: pathlib.Path, image: pathlib.Path, size: int, rounds: int, is_direct: bool) -> None:
    """The same on one kind of loop device."""
    with loop_device(image, (size + 1024) * MIB, is_direct) as device:
        consent = ("--usb", device, "--allow-fixed-disk", "--confirm", device, "--force")
        peer = f"mkfs.fat -F 32 {device} && mcopy -s -Q -i {device} {bench.tree}/* ::/ && sync {device}"
        contenders = {
            "dd bs=4M oflag=direct": ["dd", f"if={content}", f"of={device}", "bs=4M", "oflag=direct", "conv=fsync"],
            "mkfs.fat, mcopy -s": ["sh", "-c", peer],
            "tsmedia, hashing": bench.create(*consent, "--no-verify"),
            "tsmedia, verified before": bench.create(*consent, "--no-verify"),
            "tsmedia, and reading it again": bench.create(*consent),
        }
        best = {}
        for _ in range(rounds):
            # Everybody reads from memory: what is compared is writing.
            for path in (content, *bench.library.rglob("*")):
                warm(path)
            for name, command in contenders.items():
                if name == "tsmedia, hashing":
                    shutil.rmtree(bench.store, ignore_errors=True)
                seconds, memory = measure(command)
                known = best.get(name, (seconds, memory))
                best[name] = (min(seconds, known[0]), max(memory, known[1]))
        where = "past" if is_direct else "through"
        print(f"a drive on a loop device {where} the page cache, {size} MiB, best of {rounds}")
        report(best, "dd bs=4M oflag=direct",
               {"tsmedia, hashing": "1.25 x, 128 MiB", "mkfs.fat, mcopy -s": "1.5 x ours"})
        ours = best["tsmedia, hashing"][0]
        print(f"  mkfs.fat and mcopy -s take {best['mkfs.fat, mcopy -s'][0] / ours:.2f} x as long as we do")
