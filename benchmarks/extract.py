# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast files are brought out of discs, beside 7z: a disc with large files, and one with very many small ones.

7z hashes nothing and leaves what it wrote to the kernel; `tsmedia extract` hashes what the manifest lists and is done when all
is on the disk. So 7z is timed with and without a sync of the file system, and tsmedia with and without the manifest.
"""

import pathlib
import shutil
import subprocess

from common import MIB, TSMEDIA, add_package, fill, make_boot_image, measure, report, write_empty_sequence

PACKAGE = "EXT00001"
LARGE_COUNT = 4


def run(folder: pathlib.Path, size: int, files: int, rounds: int) -> None:
    """Prints the ratios for a disc of `size` MiB in a few files, and for one of `files` small files."""
    folder.mkdir(parents=True)
    source = folder / "large"
    for number in range(LARGE_COUNT):
        fill(source / f"image{number}.wim", size * MIB // LARGE_COUNT, number)
    compare(folder, source, f"{size} MiB in {LARGE_COUNT} files", rounds)
    source = folder / "small"
    for number in range(files):
        place = source / f"folder{number // 500:04}"
        if number % 500 == 0:
            place.mkdir(parents=True)
        (place / f"file-{number:07}.inf").write_bytes(f"content {number}\n".encode() * (number % 200))
    compare(folder, source, f"{files} small files", rounds)


def compare(folder: pathlib.Path, source: pathlib.Path, title: str, rounds: int) -> None:
    """Times both programs in turn on a disc of what is in `source`, which is removed."""
    disc, bare, output = folder / "disc.iso", folder / "bare.iso", folder / "out"
    make_boot_image(folder / "boot.wim", MIB)
    write_empty_sequence(folder / "sequence.xml")
    add_package(folder / "library", source, PACKAGE)
    shutil.rmtree(source)
    subprocess.run([TSMEDIA, "create", "standalone", "--distribution-point", folder / "library", "--boot-image",
                    folder / "boot.wim", "--task-sequence", folder / "sequence.xml", "--package", PACKAGE, "--store",
                    folder / "store", "--progress", "none", "--force", "--output", disc], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    shutil.rmtree(folder / "library")
    shutil.rmtree(folder / "store", ignore_errors=True)
    # The same disc without anything to compare with: the name of the manifest is another one.
    shutil.copyfile(disc, bare)
    rename_manifest(bare)
    seven = f"7z x -y -bd -o'{output}' '{disc}' >/dev/null"
    contenders = {
        "7z x": ["sh", "-c", seven],
        "7z x, and sync": ["sh", "-c", f"{seven} && sync -f '{output}'"],
        "tsmedia extract": [TSMEDIA, "extract", disc, "--output", output, "--progress", "none"],
        "tsmedia extract, no manifest": [TSMEDIA, "extract", bare, "--output", output, "--progress", "none"],
    }
    results: dict = {}
    for _ in range(rounds):
        for name, command in contenders.items():
            shutil.rmtree(output, ignore_errors=True)
            seconds, memory = measure(command)
            best = results.get(name, (seconds, memory))
            results[name] = (min(best[0], seconds), max(best[1], memory))
    shutil.rmtree(output, ignore_errors=True)
    print(f"{title}:")
    report(results, "7z x", {"tsmedia extract": "1.0 x", "tsmedia extract, no manifest": "1.0 x"})


def rename_manifest(image: pathlib.Path) -> None:
    """Gives the manifest of a disc another name of the same length in UDF, which is what is read."""
    name = b"MediaManifest.json"
    with open(image, "r+b") as file:
        # Directories lie in front of all content.
        head = bytearray(file.read(256 * MIB))
        start = head.find(name)
        while start >= 0:
            head[start] = ord("N")
            start = head.find(name, start + 1)
        file.seek(0)
        file.write(head)
