# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives beside dd of as many bytes, and beside mkfs.fat and mcopy of the same tree, all on the same loop device."""

import contextlib
import pathlib
import shutil
import subprocess

from common import MIB, TSMEDIA, fill, measure, report
from discs import Bench


@contextlib.contextmanager
def loop_device(image: pathlib.Path, byte_count: int):
    """A loop device past the page cache, so that what is written has to reach the disk."""
    with open(image, "wb") as file:
        # Blocks of its own from the start: every contender overwrites them.
        subprocess.run(["fallocate", "--length", str(byte_count), image], check=True)
        file.truncate(byte_count)
    device = subprocess.run(["losetup", "--find", "--show", "--direct-io=on", image], check=True,
                            capture_output=True, text=True).stdout.strip()
    try:
        yield device
    finally:
        subprocess.run(["losetup", "--detach", device], check=True)
        image.unlink()


def written_byte_count(device: str) -> int:
    """Bytes that were ever written to a block device: field 7 of its stat file, in sectors of 512 bytes."""
    return int(pathlib.Path(f"/sys/block/{pathlib.Path(device).name}/stat").read_text().split()[6]) * 512


def run(folder: pathlib.Path, size: int, rounds: int) -> None:
    """Prints the times of writing `size` MiB of content."""
    folder.mkdir()
    bench = Bench(folder, size)
    content = folder / "content.bin"
    fill(content, bench.byte_count, 1)
    with loop_device(folder / "drive.img", (size + 1024) * MIB) as device:
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
            for name, command in contenders.items():
                if name == "tsmedia, hashing":
                    shutil.rmtree(bench.store, ignore_errors=True)
                seconds, memory = measure(command)
                known = best.get(name, (seconds, memory))
                best[name] = (min(seconds, known[0]), max(memory, known[1]))
        print(f"a drive, {size} MiB, best of {rounds}")
        report(best, "dd bs=4M oflag=direct", {"tsmedia, hashing": "1.25 x, 128 MiB", "mkfs.fat, mcopy -s": "1.5 x ours"})
        ours = best["tsmedia, hashing"][0]
        print(f"  mkfs.fat and mcopy -s take {best['mkfs.fat, mcopy -s'][0] / ours:.2f} x as long as we do")
