"""Names for whoever holds a lease, from which it can be told whether the process behind one is gone."""

from __future__ import annotations

import hashlib
import os
import socket
from functools import cache
from pathlib import Path


@cache
def place() -> str:
    """This machine since its last start, process numbers included: two containers of one name are two places."""
    marks = [socket.gethostname()]
    for read in (_boot, _process_space):
        try:
            marks.append(read())
        except OSError:
            # not Linux: the name alone, which is right wherever no containers are
            continue
    return f"{marks[0][:30]}-{hashlib.sha256(' '.join(marks).encode()).hexdigest()[:8]}"


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text()


def _process_space() -> str:
    return os.readlink("/proc/self/ns/pid")


def worker_name() -> str:
    """The name of this process; leases are held under it followed by / or : and more."""
    return f"{place()}:{os.getpid()}"


def is_gone(owner: str) -> bool:
    """Whether `owner` was a process of this machine that runs no more. False wherever that cannot be told."""
    head, _, tail = owner.partition(":")
    number = tail.replace("/", ":").split(":")[0]
    if head != place() or not (number.isascii() and number.isdigit()) or os.name != "posix":
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
