"""What may stand as the address of a source: refused when it is entered, not at three in the morning."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")


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
