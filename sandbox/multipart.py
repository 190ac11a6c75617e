"""Forms as strict servers read them: a part without a plain file name has none, a `+` is not always a space."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote


@dataclass(frozen=True)
class Part:
    name: str
    filename: str | None
    """None where the part names no file in plain ASCII (`filename*=` is not understood)."""
    data: bytes


def parse_multipart(content_type: str, body: bytes) -> list[Part]:
    """Parts of a multipart/form-data body; a broken body gives those that can be read."""
    match = re.search(r'boundary="?([^";]+)"?', content_type)
    if not match:
        return []
    pieces = (b"\r\n" + body).split(b"\r\n--" + match.group(1).encode("latin-1"))
    return [part for piece in pieces[1:-1] if (part := _part(piece)) is not None]


def _part(piece: bytes) -> Part | None:
    head, separator, data = piece.partition(b"\r\n\r\n")
    if not separator:
        return None
    text = head.decode("latin-1")
    disposition = next((line for line in text.split("\r\n") if line.lower().startswith("content-disposition:")), "")
    name = re.search(r'(?<![*\w])name="([^"]*)"', disposition)
    filename = re.search(r'(?<![*\w])filename="([^"]*)"', disposition)
    if not name:
        return None
    plain = filename.group(1) if filename and filename.group(1).isascii() else None
    return Part(name.group(1), plain, data)


def parse_form(body: bytes) -> dict[str, str]:
    """An ordinary form: `+` is a space."""
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def parse_form_rfc3986(body: bytes) -> dict[str, str]:
    """A form whose reader follows RFC 3986: `+` stays a plus sign."""
    pairs = (pair.partition("=") for pair in body.decode("utf-8", "replace").split("&") if pair)
    return {unquote(name): unquote(value) for name, _, value in pairs}
