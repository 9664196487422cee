#!/usr/bin/env python3
"""Brings what Callwright needs beside its source: `make setup`.

Debian packages, the recogniser's library with an English and a Korean model, the English voice with the library that
runs it, and the telephones of the demonstration. All but the packages land below this repository, in `.setup/` and
`models/`. A second run finds everything in place and ends at once; a run that was cut off goes on where it stopped.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

if sys.version_info < (3, 9):
    sys.exit("setup: Python 3.9 or newer is needed (Debian 12 brings 3.11)")
sys.path.insert(0, str(Path(__file__).resolve().parent))

import setup_debian  # noqa: E402
from setup_download import DownloadFailed, digest_of, fetch  # noqa: E402
from setup_parts import Archive, Part, parts  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
SETUP = ROOT / ".setup"
STAMP = SETUP / "installed.json"
# Command, oldest version that will do, where to get it.
TOOLS = [
    ("cargo", (1, 95), "Rust 1.95 or newer: https://rustup.rs"),
    ("node", (20, 0), "Node.js 20 or newer: https://nodejs.org"),
]


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--verify", action="store_true", help="read every file again and compare its digest")
    arguments.add_argument("--no-packages", action="store_true", help="leave Debian's packages alone")
    arguments.add_argument("--only", metavar="PART", nargs="+", help="bring only these parts: " + ", ".join(_names()))
    chosen = arguments.parse_args()
    unknown = set(chosen.only or []) - set(_names())
    if unknown:
        arguments.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(_names())}")

    SETUP.mkdir(exist_ok=True)
    with open(SETUP / "lock", "w", encoding="utf-8") as lock:
        _wait_for(lock)
        for left in SETUP.glob("unpacking-*"):
            shutil.rmtree(left, ignore_errors=True)
        problems = _tools() if not chosen.only else []
        if not chosen.only and not chosen.no_packages:
            problems += _packages()
        problems += _parts(chosen)
    if problems:
        print("\nsetup: not everything is in place:")
        for problem in problems:
            print(f"  - {problem}")
        return 1
    print("setup: everything is in place")
    return 0


def _names() -> list[str]:
    return [part.name for part in parts()]


def _wait_for(lock) -> None:
    """One set-up at a time in one folder."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print("setup: another set-up runs in this folder; waiting for it", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)


def _tools() -> list[str]:
    """Compilers that set-up does not bring."""
    problems = []
    for command, oldest, advice in TOOLS:
        if not shutil.which(command):
            problems.append(f"{command} is not on the PATH. Install {advice}")
            continue
        answer = subprocess.run([command, "--version"], stdout=subprocess.PIPE, text=True, check=False).stdout
        version = re.search(r"(\d+)\.(\d+)", answer)
        if version and (int(version[1]), int(version[2])) < oldest:
            problems.append(f"{command} {version[0]} is too old. Install {advice}")
    return problems


def _packages() -> list[str]:
    """Debian's packages: installed by root, listed for everyone else."""
    wanted = setup_debian.wanted(ROOT / "scripts/debian-packages.txt")
    absent = setup_debian.missing(wanted)
    if absent is None:
        print("setup: this is not Debian; these programs (Debian's names) must come from your system:")
        for name, required, purpose in wanted:
            print(f"  {name:<18} {purpose}{'' if required else ' (optional)'}")
        return []
    if not absent:
        return []
    names = [name for name, _, _ in absent]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"setup: installing Debian packages: {' '.join(names)}", flush=True)
        if not setup_debian.install(names):
            # One that cannot be had must not keep the others away.
            setup_debian.install([name for name, required, _ in absent if required])
        absent = setup_debian.missing(absent) or []
    for name, required, purpose in absent:
        if not required:
            print(f"setup: without the optional package {name} ({purpose})")
    needed = [name for name, required, _ in absent if required]
    if not needed:
        return []
    return [f"Debian packages are missing. As root: apt-get install {' '.join(needed)}"]


def _parts(chosen) -> list[str]:
    """Everything that is fetched. What fails is told at the end; the rest goes on."""
    stamp = _read_stamp()
    problems = []
    for part in parts():
        if chosen.only and part.name not in chosen.only:
            continue
        if part.missing:
            print(f"setup: {part.missing}")
            continue
        try:
            if _in_place(part, stamp, chosen.verify):
                continue
            print(f"setup: {part.what}", flush=True)
            stamp[part.name] = _bring(part)
            _write_stamp(stamp)
        except DownloadFailed as error:
            problems.append(f"{part.what}: {error}. Run `make setup` again when the network is back")
        except (OSError, zipfile.BadZipFile, ValueError) as error:
            problems.append(f"{part.what}: {error}")
    return problems


def _in_place(part: Part, stamp: dict, verify: bool) -> bool:
    """Whether the files of an earlier set-up are all there, untouched. `stamp` takes up what proved to be there."""
    entry = stamp.get(part.name)
    if entry and entry["archive"] in {archive.sha256 for archive in part.archives}:
        same = all(_unchanged(ROOT / path, known, verify) for path, known in entry["files"].items())
        if same:
            return True
    elif part.proof and all(
        (ROOT / path).is_file() and digest_of(ROOT / path) == digest for path, digest in part.proof.items()
    ):
        stamp[part.name] = _entry(part.archives[0], [ROOT / path for path in part.proof])
        _write_stamp(stamp)
        return True
    return False


def _unchanged(file: Path, known: dict, verify: bool) -> bool:
    try:
        status = file.stat()
    except OSError:
        return False
    if status.st_size != known["size"]:
        return False
    if verify or status.st_mtime_ns != known["mtime_ns"]:
        return digest_of(file) == known["sha256"]
    return True


def _bring(part: Part) -> dict:
    """Fetches one of the part's archives and unpacks it; the archive is not kept."""
    refused = []
    for archive in part.archives:
        try:
            pieces = [(piece, fetch(piece, part.name, SETUP / "downloads")) for piece in (archive, *archive.also)]
        except DownloadFailed as error:
            refused.append(str(error))
            continue
        entry = _entry(archive, [file for piece, fetched in pieces for file in _put(fetched, piece)])
        for _, fetched in pieces:
            fetched.unlink()
        return entry
    raise DownloadFailed("; ".join(refused))


def _put(fetched: Path, archive: Archive) -> list[Path]:
    """Brings what was fetched to its place."""
    if archive.file not in archive.unpack:
        return _unpack(fetched, archive)
    target = ROOT / archive.unpack[archive.file]
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SETUP, prefix="unpacking-") as folder:
        fresh = Path(folder) / "file"
        shutil.copyfile(fetched, fresh)
        os.replace(fresh, target)
    return [target]


def _unpack(fetched: Path, archive: Archive) -> list[Path]:
    """Writes each wanted member beside its place and moves it in, so that no half-written file is ever found."""
    files = []
    with zipfile.ZipFile(fetched) as opened, tempfile.TemporaryDirectory(dir=SETUP, prefix="unpacking-") as folder:
        for member in opened.infolist():
            target = _target(member.filename, archive)
            if target is None or member.is_dir():
                continue
            if ROOT not in target.resolve().parents:
                raise ValueError(f"{archive.file} holds {member.filename}, which would land outside the repository")
            fresh = Path(folder) / "file"
            with opened.open(member) as source, open(fresh, "wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
            mode = (member.external_attr >> 16) & 0o777
            os.chmod(fresh, (mode | 0o644) & 0o755)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(fresh, target)
            files.append(target)
    absent = [name for name, path in archive.unpack.items() if not (ROOT / path).exists()]
    if absent:
        raise ValueError(f"{archive.file} does not hold {', '.join(absent)}")
    return files


def _target(member: str, archive: Archive) -> Path | None:
    for name, path in archive.unpack.items():
        if member == name and not name.endswith("/"):
            return ROOT / path
        if name.endswith("/") and member.startswith(name):
            return ROOT / path / member[len(name) :]
    return None


def _entry(archive: Archive, files: list[Path]) -> dict:
    known = {}
    for file in files:
        status = file.stat()
        known[str(file.relative_to(ROOT))] = {
            "size": status.st_size,
            "mtime_ns": status.st_mtime_ns,
            "sha256": digest_of(file),
        }
    return {"archive": archive.sha256, "files": known}


def _read_stamp() -> dict:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        return stamp if isinstance(stamp, dict) else {}
    except (OSError, ValueError):
        return {}


def _write_stamp(stamp: dict) -> None:
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps(stamp, indent=1, sort_keys=True), encoding="utf-8")
    os.replace(fresh, STAMP)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nsetup: interrupted; run it again to go on where it stopped")
        sys.exit(130)
