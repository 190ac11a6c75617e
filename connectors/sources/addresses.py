"""One spelling for one address: what a reprint, a share button and a campaign add to a link does not make it another page."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit

_TRACKING = re.compile(
    r"^(?:utm_\w+|spm|scm|from|isappinstalled|share_?\w*|sharer_\w+|wfr|hsid|nsid|tj_\w+|refer_scene|chksm|clicktime|enterid|"
    r"sessionid|scene|ascene|devicetype|nettype|exportkey|pass_ticket|wx_header|mpshare|srcid|abtest_cookie|fbclid|gclid|"
    r"log_from|tt_from)$",
    re.I,
)
_FOR_PHONES = re.compile(r"^(?:www|m|wap|3g|mobile|touch|amp)\.(?=[^.]+\.)")
"""In front of a name that goes on with two labels: m.people.cn, never m.cn."""
_AMP_PATH = re.compile(r"/amp(?=/|$)|(?<=\.)amp\.(?=html?$)", re.I)
_AMP_QUERY = {("amp", ""), ("amp", "1"), ("outputtype", "amp")}
_IN_QUERIES = "%/:?@!$&'()*+,;=~-._[]"
_BYTES = "latin-1"
"""Reads and writes every byte as itself."""
_PORTS = {"http": 80, "https": 443}


def canonical(url: str) -> str:
    """A form in which two links to one page are equal. "" for no web address.

    Left out: the scheme, tracking parameters, the fragment, and what makes it the page for phones or AMP. Bytes that are no
    UTF-8 (addresses in GBK) stay as they are.
    """
    try:
        parts = urlsplit(url.strip().encode("utf-8", "replace").decode())
        port = parts.port
    except ValueError:
        return ""
    host = (parts.hostname or "").rstrip(".").lower()
    if parts.scheme not in _PORTS or not host:
        return ""
    place = _FOR_PHONES.sub("", _ascii(host)) + (f":{port}" if port and port != _PORTS[parts.scheme] else "")
    path = quote(unquote_to_bytes(parts.path), safe="/:@!$&'()*+,;=~-._")
    path = _AMP_PATH.sub("", path).rstrip("/") or "/"
    query = quote(parts.query, safe=_IN_QUERIES)
    kept = sorted(
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True, encoding=_BYTES)
        if not _TRACKING.match(name) and (name.lower(), value.lower()) not in _AMP_QUERY
    )
    return f"{place}{path}" + (f"?{urlencode(kept, encoding=_BYTES)}" if kept else "")


def _ascii(host: str) -> str:
    """A name in Chinese and its xn-- form are one name."""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def site_of(url: str) -> str:
    """The registrable part of a host, roughly: its last two labels, three below .gov.cn and the like."""
    host = (urlsplit(url).hostname or "").split(".")
    if host[-1].isdigit():
        return ".".join(host)
    short = len(host) > 2 and host[-2] in ("gov", "com", "org", "net", "edu", "ac") and len(host[-1]) == 2
    return ".".join(host[-3:] if short else host[-2:])
