"""One ZIP from named files: the same files give the same bytes, whenever and wherever it is made. Pure."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from zipfile import ZIP_STORED, ZipFile, ZipInfo

SUMS = "SHA256SUMS"
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Stored, not compressed: pictures do not shrink, and compressed bytes differ between versions of zlib."""
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for name in sorted(files):
            entry = ZipInfo(name, _NO_TIME)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, files[name])
    return target.getvalue()


def summed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files, and one more with the SHA-256 of each, as `sha256sum -c` reads it."""
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    return {**files, SUMS: "".join(lines).encode()}
