"""What may stand as the address of a source: refused when it is entered, not at three in the morning."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
FOLDER_KINDS = frozenset({"word"})
"""Kinds of source that read a folder of this machine and not a web address."""


def source_trouble(kind: str, url: str) -> str:
    """What is wrong with the address of a source of that kind, as one Chinese clause; "" where nothing is."""
    return _folder_trouble(url) if kind in FOLDER_KINDS else address_trouble(url)


def located(kind: str, url: str, home: Path) -> str:
    """The address as it is stored: a folder as an absolute file URL, seen from the home; anything else as it stands.

    "file:///srv/kepu/投稿", "/srv/kepu/投稿", "投稿" and "file:投稿" all name folders.
    """
    if kind not in FOLDER_KINDS:
        return url
    return (home.absolute() / _path(url)).as_uri()


def with_scheme(url: str) -> str:
    """An address as people say it (www.example.cn/news) with https:// in front; anything else as it stands."""
    return f"https://{url}" if url and "://" not in url and "." in _place(url) else url


def _place(url: str) -> str:
    try:
        return urlsplit(f"//{url}").netloc
    except ValueError:
        return ""


def _folder_trouble(url: str) -> str:
    if _CONTROL.search(url) or not _path(url).strip():
        return "文件夹的路径写错了"
    scheme, _, rest = url.partition(":")
    if scheme.lower() in ("http", "https", "ftp"):
        return "这类来源读取本机的文件夹，网址应换成文件夹的路径，例如 投稿 或 file:///srv/kepu/投稿"
    if scheme == "file" and rest.startswith("//") and not rest.startswith("///"):
        return "文件夹的路径应写成 file:///srv/kepu/投稿，即 file: 后面三条斜线"
    return ""


def _path(url: str) -> str:
    if not url.startswith("file:"):
        return url
    return unquote(url.removeprefix("file:").removeprefix("//"))


def address_trouble(url: str) -> str:
    """What is wrong with a web address as one Chinese clause, "" where nothing is.

    Asks nobody: whether the host exists shows at the first visit.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "网址写错了"
    if parts.scheme not in ("http", "https"):
        return "网址应以 http:// 或 https:// 开头"
    if _BLANK.search(url):
        return "网址中不能有空格或换行"
    if not _is_host(host, bracketed="[" in parts.netloc):
        return "网址中的主机名写错了"
    try:
        good_port = parts.port != 0
    except ValueError:
        good_port = False
    return "" if good_port else "网址中的端口应在 1 到 65535 之间"


def _is_host(host: str, *, bracketed: bool) -> bool:
    """An IPv6 address in brackets, else labels of 1 to 63 octets, 253 in all (RFC 1035 §2.3.4), Chinese ones as IDNA."""
    try:
        if bracketed:
            return bool(ipaddress.IPv6Address(host))
        return 0 < len(host.rstrip(".").encode("idna")) <= 253
    except ValueError:  # UnicodeError, for an empty or overlong label, is one
        return False
