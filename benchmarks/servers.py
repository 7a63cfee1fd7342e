# SPDX-License-Identifier: GPL-3.0-or-later
"""Times content from a server beside curl and smbclient, which fetch the same files and hash nothing."""

import contextlib
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import time

from common import MIB, ROOT, TSMEDIA, add_package, fill, make_boot_image, measure, report, write_empty_sequence
from library import make_files

PACKAGE = "ABC00001"


@contextlib.contextmanager
def apache(folder: pathlib.Path, library: pathlib.Path):
    """Apache with the library as SMS_DP_SMSPKG$; yields its location."""
    for path in [folder, *folder.parents][:3]:
        with contextlib.suppress(PermissionError):
            path.chmod(0o755)
    subprocess.run(["chmod", "-R", "a+rX", library], check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    modules = ["mpm_event", "authz_core", "alias", "dav", "dav_fs"]
    lines = ["ServerRoot /usr/lib/apache2"]
    lines += [f"LoadModule {name}_module modules/mod_{name}.so" for name in modules]
    lines += ["User nobody", "Group nogroup"] if os.geteuid() == 0 else []
    lines += [
        "ServerName localhost", f"Listen 127.0.0.1:{port}", f"PidFile {folder}/pid",
        f"DefaultRuntimeDir {folder}", "Mutex posixsem", f"ErrorLog {folder}/error.log", f"DavLockDB {folder}/locks",
        "MaxKeepAliveRequests 0", f'DocumentRoot "{library}"', f'Alias "/SMS_DP_SMSPKG$" "{library}"',
        f'<Directory "{library}">', "Dav On", "Require all granted", "</Directory>", "",
    ]
    (folder / "apache.conf").write_text("\n".join(lines))
    server = subprocess.Popen(["/usr/sbin/apache2", "-f", folder / "apache.conf", "-DFOREGROUND"])
    try:
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def make_library(folder: pathlib.Path, mebibytes: int, file_count: int) -> pathlib.Path:
    """A library with one package of files of mixed sizes."""
    generator = random.Random(16)
    weights = [generator.paretovariate(1.2) for _ in range(file_count)]
    scale = mebibytes * MIB / sum(weights)
    source = folder / "source"
    for number, weight in enumerate(weights):
        fill(source / f"d{number % 40}" / f"f{number}.bin", int(weight * scale) + 1, number)
    library = folder / "library"
    add_package(library, source, PACKAGE)
    shutil.rmtree(source)
    return library


@contextlib.contextmanager
def samba(folder: pathlib.Path, library: pathlib.Path):
    """Samba with the library as SCCMContentLib$; yields its port and its smb.conf."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"lock directory": "lock", "private dir": "private", "state directory": "state",
                "cache directory": "cache", "pid directory": "pid", "ncalrpc dir": "ncalrpc"}
    for name in settings.values():
        (folder / name).mkdir()
    user = subprocess.run(["id", "-un"], check=True, capture_output=True, text=True).stdout.strip()
    lines = ["[global]", "server role = standalone server", f"smb ports = {port}", "interfaces = lo",
             "bind interfaces only = yes", "disable netbios = yes", "disable spoolss = yes", "load printers = no",
             "printing = bsd", "map to guest = Bad User", f"guest account = {user}", f"log file = {folder}/samba.log"]
    lines += [f"{key} = {folder}/{name}" for key, name in settings.items()]
    lines += ["[SCCMContentLib$]", f"path = {library}", "guest ok = yes", ""]
    configuration = folder / "smb.conf"
    configuration.write_text("\n".join(lines))
    # It ends its process group with itself.
    server = subprocess.Popen(["/usr/sbin/smbd", "-s", configuration, "-F", "--no-process-group"],
                              stdin=subprocess.PIPE, start_new_session=True)
    try:
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield port, configuration
    finally:
        server.terminate()
        server.wait()


def fetch(location: str, target: pathlib.Path) -> list:
    """The command that fetches the package."""
    return [TSMEDIA, "content", "fetch", PACKAGE, "--distribution-point", location, "--store", target,
            "--progress", "none"]


def race(contenders: dict, target: pathlib.Path, peer: str, rounds: int, goal: str) -> None:
    """Runs each contender into an empty target, keeps its best round, and runs tsmedia once more at the end."""
    results: dict = {}
    for _ in range(rounds):
        for name, command in contenders.items():
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir()
            seconds, memory = measure(command)
            if name not in results or seconds < results[name][0]:
                results[name] = (seconds, memory)
    results["tsmedia again (nothing to fetch)"] = measure(contenders["tsmedia content fetch"])
    report(results, peer, {"tsmedia content fetch": goal})


def run_build(folder: pathlib.Path, library: pathlib.Path, location: str, rounds: int) -> None:
    """A whole build from a server beside its download alone and its writing alone, each with every byte hashed."""
    make_boot_image(folder / "boot.wim", MIB)
    sequence = write_empty_sequence(folder / "sequence.xml")
    store, disc = folder / "build-store", folder / "build.iso"

    def create(place) -> list:
        return [TSMEDIA, "create", "standalone", "--boot-image", folder / "boot.wim", "--task-sequence", sequence,
                "--package", PACKAGE, "--distribution-point", place, "--store", store, "--output", disc, "--progress",
                "none", "--no-ledger"]

    results: dict = {}
    for _ in range(rounds):
        for name, command in {
            "its download alone": fetch(location, store), "its writing alone": create(library),
            "a whole build": create(location),
        }.items():
            shutil.rmtree(store, ignore_errors=True)
            disc.unlink(missing_ok=True)
            store.mkdir()
            seconds, memory = measure(command)
            if name not in results or seconds < results[name][0]:
                results[name] = (seconds, memory)
    slower = max(["its download alone", "its writing alone"], key=lambda name: results[name][0])
    print("\na disc from that server")
    report(results, slower, {"a whole build": "at most 1.15"})


def run(folder: pathlib.Path, mebibytes: int, rounds: int, file_count: int = 2000) -> None:
    """Fetches all files of a package, listing included for tsmedia, beside curl with their URLs, and beside smbclient."""
    folder.mkdir(parents=True)
    library = make_library(folder, mebibytes, file_count)
    files = [path for path in (library / "FileLib").glob("*/*") if path.suffix == ""]
    target = folder / "target"
    print(f"\ncontent from a server, {mebibytes} MiB in {len(files)} files, loopback HTTP; curl fetches the INIs and the files,"
          " tsmedia lists folders, hashes every byte and has it on the disk at the end")
    with apache(folder, library) as location:
        # Every URL that tsmedia asks for but the PROPFINDs of the folders: the INIs that name the files, and the files.
        inis = sorted((library / "DataLib").glob("*/**/*.INI"))
        root = f"{location}/SMS_DP_SMSPKG$"
        (folder / "urls").write_text("".join(
            f'url = "{root}/{path.relative_to(library)}"\noutput = "{target}/{number}"\n'
            for number, path in enumerate(inis + files)))
        race({
            "curl --parallel-max 8": ["curl", "--silent", "--parallel", "--parallel-max", "8", "--config", folder / "urls"],
            "tsmedia content fetch": fetch(location, target),
        }, target, "curl --parallel-max 8", rounds, "at most 1.0")
        run_build(folder, library, location, rounds)
    print(f"\nthe same from a share, loopback SMB; smbclient fetches FileLib, INIs included, and hashes nothing")
    with samba(folder, library) as (port, configuration):
        race({
            "smbclient mget": ["smbclient", "-s", configuration, "-p", str(port), "-N", "//127.0.0.1/SCCMContentLib$",
                               "-c", f"lcd {target}; cd FileLib; recurse; prompt; mget *"],
            "tsmedia content fetch": fetch(f"smb://127.0.0.1:{port}/SCCMContentLib$", target),
        }, target, "smbclient mget", rounds, "below 1.0")


@contextlib.contextmanager
def delaying_proxy(location: str, milliseconds: float):
    """The fixture's proxy before a server; yields its location."""
    proxy = subprocess.Popen(
        [sys.executable, ROOT / "fixtures/servers/delaying-proxy.py", "--server", location.removeprefix("http://"),
         "--milliseconds", str(milliseconds)], stderr=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{proxy.stderr.readline().split()[1]}"
    finally:
        proxy.terminate()
        proxy.wait()


def run_lists(folder: pathlib.Path, file_count: int, rounds: int) -> None:
    """Lists and plans very many small files: from a server, from one that is far away, and from a path, where it was planned
    before."""
    folder.mkdir(parents=True)
    make_files(folder / "many", file_count)
    library = folder / "library"
    add_package(library, folder / "many", PACKAGE)
    shutil.rmtree(folder / "many")
    make_boot_image(folder / "boot.wim", MIB)
    sequence = write_empty_sequence(folder / "sequence.xml")
    # What changed a moment ago is not remembered.
    time.sleep(3)

    def plan(location, store: str) -> tuple[float, int]:
        return measure([
            TSMEDIA, "create", "standalone", "--dry-run", "--boot-image", folder / "boot.wim", "--task-sequence", sequence,
            "--package", PACKAGE, "--distribution-point", location, "--store", folder / store, "--output",
            folder / "never.iso", "--progress", "none"])

    def best(location, store: str, is_new: bool) -> tuple[float, int]:
        results = []
        for _ in range(rounds):
            if is_new:
                shutil.rmtree(folder / store, ignore_errors=True)
            results.append(plan(location, store))
        return min(results)

    results, targets = {}, {}
    with apache(folder, library) as location, delaying_proxy(location, 5) as far:
        for name, place, target in (("from a server", location, "20 s"), ("from one 5 ms away", far, "60 s")):
            results[name], targets[name] = best(place, "store", True), f"under {target}"
    results["from a path"] = best(library, "store", True)
    results["from a path, planned before"] = best(library, "store", False)
    targets["from a path, planned before"] = "under 0.7 s"
    ceiling = 96 + file_count * 1536 / MIB
    print(f"\n{file_count} small files listed and planned; the ceiling of memory is {ceiling:.0f} MiB")
    report(results, "from a path", targets)
