# SPDX-License-Identifier: GPL-3.0-or-later
"""Adding very many small files to a content library, beside copying and hashing them."""

import pathlib
import shutil

from common import MIB, TSMEDIA, measure, report

# Design: no command takes more than 96 MiB and 1.5 KiB for each file.
CEILING_MIB, CEILING_BYTES_A_FILE = 96, 1536
FILES_A_FOLDER = 300


def make_files(folder: pathlib.Path, count: int) -> None:
    """Makes `count` files of some 200 bytes, all different."""
    for number in range(count):
        if number % FILES_A_FOLDER == 0:
            place = folder / f"folder-{number // FILES_A_FOLDER:05}"
            place.mkdir(parents=True)
        (place / f"file-{number}.txt").write_bytes(f"file {number}\n".encode() * 15)


def run(folder: pathlib.Path, count: int, rounds: int) -> None:
    """Times `content add` of `count` files beside cp -r and sha256sum of the same, everything on the disk at the end."""
    source, copy, library = folder / "many", folder / "copy", folder / "library"
    make_files(source, count)
    peer = ("cp -r \"$1\" \"$2\" && find \"$2\" -type f -print0 | xargs -0 -P 2 -n 1000 sha256sum > /dev/null"
            " && sync -f \"$2\"")
    contenders = {
        "cp -r and sha256sum": (["sh", "-c", peer, "sh", source, copy], copy),
        "tsmedia content add": ([TSMEDIA, "content", "add", "--create", source, "--package-id", "ABC00001", "--library", library,
                                 "--progress", "none"], library),
    }
    best: dict = {}
    for _ in range(rounds):
        for name, (command, made) in contenders.items():
            shutil.rmtree(made, ignore_errors=True)
            measured = measure(command)
            best[name] = min(best.get(name, measured), measured)
    ceiling = CEILING_MIB + count * CEILING_BYTES_A_FILE / MIB
    print(f"\n{count} files into a content library, which are {3 * count} files there")
    report(best, "cp -r and sha256sum", {"tsmedia content add": f"under {ceiling:.0f} MiB"})
    for made in (source, copy, library):
        shutil.rmtree(made, ignore_errors=True)
