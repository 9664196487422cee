"""Fetches an archive: finds its addresses, takes up where an earlier try ended, checks size and digest.

Package registries are asked as the machine's own clients are configured to ask them (pip's index and certificate,
Maven's mirrors, the usual proxy variables), and at their public address after that.
"""

from __future__ import annotations

import base64
import configparser
import hashlib
import html
import json
import os
import re
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from setup_parts import Archive

PYPI = "https://pypi.org/simple"
MAVEN_CENTRAL = "https://repo1.maven.org/maven2"
AGENT = {"User-Agent": "callwright-setup"}
TRIES = 4
PIECE = 256 * 1024


class DownloadFailed(Exception):
    """No address gave the archive; the text says what each answered."""


def fetch(archive: Archive, label: str, folder: Path) -> Path:
    """Brings the archive into `folder` from the first address that answers, and returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / archive.file
    if done.exists() and done.stat().st_size == archive.size and _digest(done) == archive.sha256:
        return done
    answers = []
    for source, locate in _sources(archive):
        try:
            _download(locate, archive, label, done)
            return done
        except (OSError, ValueError) as error:
            answers.append(f"{source}: {_reason(error)}")
    raise DownloadFailed("; ".join(answers))


def _sources(archive: Archive):
    """Pairs of a name to show and a function that finds the archive's address there."""
    if archive.kind == "pypi":
        configured = _pip_setting("index-url")
        indexes = [("the Python package index that pip is set to", configured)] if configured else []
        if not configured or configured.rstrip("/") != PYPI:
            indexes.append(("PyPI", PYPI))
        return [(name, lambda index=index: _pypi_address(index, archive)) for name, index in indexes]
    if archive.kind == "maven":
        repositories = [("the mirror of Maven Central in settings.xml", url) for url in _maven_mirrors()]
        repositories.append(("Maven Central", MAVEN_CENTRAL))
        return [(name, lambda url=url: f"{url.rstrip('/')}/{archive.place}") for name, url in repositories]
    return [(urllib.parse.urlsplit(archive.place).hostname, lambda: archive.place)]


def _pypi_address(index: str, archive: Archive) -> str:
    """Asks the project's page of a simple index (PEP 503, PEP 691) for the file's address."""
    page = f"{index.rstrip('/')}/{archive.place}/"
    accept = {"Accept": "application/vnd.pypi.simple.v1+json, text/html;q=0.5"}
    with _open(page, accept) as answer:
        base = answer.geturl()
        text = answer.read().decode("utf-8", "replace")
        kind = answer.headers.get_content_type()
    if kind.endswith("json"):
        files = {entry["filename"]: entry["url"] for entry in json.loads(text)["files"]}
    else:
        links = re.findall(r"<a\b[^>]*?href=[\"']([^\"']+)[\"'][^>]*>\s*([^<]+?)\s*</a>", text)
        files = {name: html.unescape(link) for link, name in links}
    if archive.file not in files:
        raise ValueError(f"has no {archive.file}")
    return urllib.parse.urljoin(base, files[archive.file]).split("#")[0]


def _download(locate, archive: Archive, label: str, done: Path) -> None:
    """Reads into a `.part` file until it is whole, trying again where it stopped; then checks and renames it."""
    part = done.with_name(done.name + ".part")
    tries = 0
    while True:
        before = part.stat().st_size if part.exists() else 0
        if before > archive.size:
            part.unlink()
            before = 0
        try:
            if before < archive.size:
                _append(locate(), archive.size, label, part)
            break
        except (OSError, ValueError) as error:
            after = part.stat().st_size if part.exists() else 0
            tries = 1 if after > before else tries + 1
            if tries >= TRIES or _is_final(error):
                raise
            time.sleep(2 ** (tries - 1))
    if _digest(part) != archive.sha256:
        part.unlink()
        raise ValueError("what came has another digest than the one written in scripts/setup_parts.py; it was deleted")
    os.replace(part, done)


def _append(address: str, size: int, label: str, part: Path) -> None:
    """One request for what is still missing."""
    have = part.stat().st_size if part.exists() else 0
    with _open(address, {"Range": f"bytes={have}-"} if have else {}) as answer:
        if have and answer.status != 206:
            have = 0
        progress = Progress(label, size, have)
        with open(part, "ab" if have else "wb") as file:
            while piece := answer.read(PIECE):
                file.write(piece)
                have += len(piece)
                if have > size:
                    raise ValueError(f"is longer than the {size} bytes expected")
                progress.show(have)
        progress.end(have)
    if have < size:
        raise ConnectionError(f"the connection ended after {have} of {size} bytes")


def _open(address: str, headers: dict[str, str]):
    """Opens an address, with the name and password that it may carry, and pip's certificate where one is set."""
    split = urllib.parse.urlsplit(address)
    headers = {**AGENT, **headers}
    if split.username:
        pair = f"{urllib.parse.unquote(split.username)}:{urllib.parse.unquote(split.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        split = split._replace(netloc=split.netloc.rpartition("@")[2])
    request = urllib.request.Request(urllib.parse.urlunsplit(split), headers=headers)
    certificate = _pip_setting("cert")
    context = ssl.create_default_context(cafile=certificate) if certificate and os.path.exists(certificate) else None
    return urllib.request.urlopen(request, timeout=60, context=context)


def _pip_setting(name: str) -> str | None:
    """A setting of pip's: its environment variable, else its files, the user's before the machine's."""
    value = os.environ.get("PIP_" + name.upper().replace("-", "_"))
    if value:
        return value
    home = Path.home()
    own = os.environ.get("PIP_CONFIG_FILE")
    if own == os.devnull:
        return None
    config_home = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    files = [Path(own)] if own else []
    files += [config_home / "pip/pip.conf", home / ".pip/pip.conf", Path("/etc/pip.conf"), Path("/etc/xdg/pip/pip.conf")]
    for file in files:
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read(file, encoding="utf-8")
        except (OSError, configparser.Error):
            continue
        for section in ("download", "install", "global"):
            if parser.has_option(section, name):
                return parser.get(section, name).strip() or None
    return None


def _maven_mirrors() -> list[str]:
    """Mirrors of Maven Central in the user's or the machine's settings.xml."""
    found = []
    for file in (Path.home() / ".m2/settings.xml", Path("/etc/maven/settings.xml")):
        try:
            root = ElementTree.parse(file).getroot()
        except (OSError, ElementTree.ParseError):
            continue
        for mirror in root.iter():
            if _local(mirror.tag) != "mirror":
                continue
            entry = {_local(child.tag): (child.text or "").strip() for child in mirror}
            of = entry.get("mirrorOf", "").split(",")
            if entry.get("blocked") != "true" and ("central" in of or "*" in of) and "!central" not in of:
                found.append(entry.get("url", ""))
    return [url for url in found if url.startswith(("https://", "http://"))]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _is_final(error: Exception) -> bool:
    """Whether trying the same address again is no use."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code < 500 and error.code not in (408, 416, 429)
    if isinstance(error, urllib.error.URLError):
        # A name that is not known stays unknown; let the next address have its turn.
        return "Name or service not known" in str(error) or isinstance(error.reason, ssl.SSLCertVerificationError)
    return isinstance(error, ValueError)


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"answered {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError):
        return f"cannot be reached ({error.reason})"
    return str(error)


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with open(file, "rb") as opened:
        while piece := opened.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


digest_of = _digest


class Progress:
    """Bytes and percent: one line that moves on a terminal, a line a quarter elsewhere."""

    def __init__(self, label: str, total: int, start: int):
        self.label, self.total, self.start = label, total, start
        self.terminal = sys.stdout.isatty()
        self.began = self.drawn = time.monotonic()
        self.quarter = start * 4 // total
        if not self.terminal:
            again = f", going on after {_mb(start)}" if start else ""
            print(f"  {label}: fetching {_mb(total)}{again}", flush=True)

    def show(self, have: int) -> None:
        now = time.monotonic()
        if self.terminal and now - self.drawn >= 0.1:
            self.drawn = now
            self._bar(have, now)
        elif not self.terminal and self.quarter < have * 4 // self.total < 4:
            self.quarter = have * 4 // self.total
            print(f"  {self.label}: {self.quarter * 25} % of {_mb(self.total)}", flush=True)

    def end(self, have: int) -> None:
        if self.terminal:
            self._bar(have, time.monotonic())
            print(flush=True)

    def _bar(self, have: int, now: float) -> None:
        full = 24 * have // self.total
        rate = (have - self.start) / max(now - self.began, 0.001)
        line = f"  {self.label:<12} [{'#' * full}{'.' * (24 - full)}] {100 * have // self.total:3d} %"
        print(f"\r{line}  {_mb(have)} of {_mb(self.total)}, {_mb(rate)}/s   ", end="", flush=True)


def _mb(size: float) -> str:
    return f"{size / 1e6:.1f} MB"
