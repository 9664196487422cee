"""The Debian packages of debian-packages.txt: which are missing, and how they come."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path


def wanted(file: Path) -> list[tuple[str, bool, str]]:
    """The list's lines as (name, required, what for)."""
    packages = []
    for line in file.read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        required = not line.startswith("?")
        name, _, purpose = line.lstrip("? ").partition(" ")
        packages.append((name, required, purpose.strip()))
    return packages


def missing(packages: list[tuple[str, bool, str]]) -> list[tuple[str, bool, str]] | None:
    """Those that are not installed; nothing where there is no dpkg to ask."""
    if not shutil.which("dpkg-query"):
        return None
    names = [name for name, _, _ in packages]
    command = ["dpkg-query", "-W", "-f=${Package} ${db:Status-Abbrev}\n", *names]
    answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    installed = {line.split()[0] for line in answer.stdout.splitlines() if line.split()[1:2] == ["ii"]}
    return [package for package in packages if package[0] not in installed]


def install(names: list[str]) -> bool:
    """Installs packages with apt-get; false when that failed."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = ["-q", "-o", "Dpkg::Use-Pty=0"]
    subprocess.run(["apt-get", "update", *quiet], env=environment, check=False)
    command = ["apt-get", "install", "-y", "--no-install-recommends", *quiet, *names]
    return subprocess.run(command, env=environment, check=False).returncode == 0
