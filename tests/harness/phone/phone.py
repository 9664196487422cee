#!/usr/bin/env python3
"""A telephone that is not ours: PJSIP, told what to do by JSON lines.

Orders come on standard input, one object a line with a key "do"; facts go to standard output, one object a line with
keys "event" and "at" (seconds since 1970). One process is one SIP address with any number of lines, and four calls
at once (PJSIP was built so; it refuses more with 486).

    {"do": "start", "address": "127.0.0.2", "port": 0, "codecs": ["PCMU", "PCMA"]}
    {"do": "line", "line": "alice", "user": "alice", "domain": "callwright", "password": "...",
     "registrar": "sip:127.0.0.1:5060;transport=tcp"}
    {"do": "serve", "user": "alice", "ring_ms": 800, "status": 200, "steps": [...], "record": "alice.wav"}
    {"do": "call", "call": "one", "line": "alice", "uri": "sip:100@127.0.0.1:5060", "headers": {}, "steps": [...]}
    {"do": "then", "call": "one", "steps": [...]}      behind the steps that are left; "instead": true replaces them
    {"do": "hang_up", "call": "one"}
    {"do": "unregister", "line": "alice"}
    {"do": "quit"}

An order with a "number" is answered by "obeyed", or "error", with the same number.

"serve" says what to do with calls to a user ("*": any other): ring for `ring_ms`, then answer with `status`, or ring
until the other side gives up where `status` is 0. The steps of a call are told in steps.py.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

LIBRARIES = Path(__file__).resolve().parents[3] / ".setup" / "python"
sys.path.insert(0, os.environ.get("CALLWRIGHT_PYTHON", str(LIBRARIES)))


def report(event, **facts):
    """Tells whoever listens. A listener that has gone ends the telephone."""
    line = json.dumps({"event": event, "at": time.time(), **facts})
    try:
        os.write(FACTS, line.encode() + b"\n")
    except BrokenPipeError:
        os._exit(1)


# What PJSIP writes to standard output by itself goes to standard error.
FACTS = os.dup(1)
os.dup2(2, 1)


try:
    from pjsua2 import pjsua2 as pj
except ImportError as error:
    report(
        "unusable",
        why=f"PJSIP is not there ({error}). Run `make setup` in the repository: it brings pjsua2 for Python 3.11; "
        f"this is Python {sys.version_info.major}.{sys.version_info.minor}",
    )
    sys.exit(3)

from endpoint import Phone  # noqa: E402


def orders(unread):
    """The orders that have come, and what is left of an unfinished line. None at the end of input."""
    try:
        piece = os.read(0, 1 << 16)
    except BlockingIOError:
        return [], unread
    if not piece:
        return None, b""
    *lines, unread = (unread + piece).split(b"\n")
    return [line for line in lines if line.strip()], unread


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.set_blocking(0, False)
    phone = Phone(pj, report)
    unread = b""
    while True:
        lines, unread = orders(unread)
        if lines is None:
            break
        for line in lines:
            number = None
            try:
                order = json.loads(line)
                number = order.pop("number", None)
                if not phone.obey(order):
                    phone.leave()
                report("obeyed", number=number)
            except Exception as error:  # noqa: BLE001 - an order that fails is told, and the telephone lives on
                report("error", number=number, order=line.decode(errors="replace"), why=_why(error))
        phone.turn()
    phone.leave()


def _why(error):
    return error.info() if isinstance(error, pj.Error) else f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    main()
