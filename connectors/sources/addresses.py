"""One spelling for one address: what a reprint, a share button and a campaign add to a link does not make it another page."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urldefrag, urlencode, urlsplit

_TRACKING = re.compile(
    r"^(?:utm_\w+|spm|scm|from|isappinstalled|share|share_?(?:from|source|medium|plat|platform|channel|token|type|times|tag|method|"
    r"app|app_?id|did|iid|uid|user_?id|session_?id|link_?id|sign|version|ts|time)|sharer_(?:shareinfo(?:_first)?|sharetime|shareid|"
    r"username)|wfr|hsid|nsid|tj_\w+|refer_scene|chksm|clicktime|enterid|"
    r"sessionid|scene|ascene|devicetype|nettype|exportkey|pass_ticket|wx_header|mpshare|srcid|abtest_cookie|fbclid|gclid|"
    r"log_from|tt_from)$",
    re.I,
)
"""Only names that are known to say who shared a page: a share_id may be the article's own."""
_ROUTE = re.compile(r"/|!")
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

    Left out: the scheme, tracking parameters, a fragment that is no route, and what makes it the page for phones or AMP. Bytes
    that are no UTF-8 (addresses in GBK) stay as they are.
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
    return place + path + _query(parts.query) + _route(parts.fragment)


def without_anchor(url: str) -> str:
    """The address without the place in its page; a fragment that is a route stays."""
    return url if is_route(url) else urldefrag(url)[0]


def is_route(url: str) -> bool:
    """Whether what comes behind # names a page of its own, which only the site's scripts can show (`#/news/1`, `#!/news/1`)."""
    fragment = urldefrag(url)[1]
    return bool(_ROUTE.match(fragment)) and fragment.strip("!/") != ""


def _query(said: str) -> str:
    kept = sorted(
        (name, value)
        for name, value in parse_qsl(quote(said, safe=_IN_QUERIES), keep_blank_values=True, encoding=_BYTES)
        if not _TRACKING.match(name) and (name.lower(), value.lower()) not in _AMP_QUERY
    )
    return f"?{urlencode(kept, encoding=_BYTES)}" if kept else ""


def _route(fragment: str) -> str:
    if not is_route(f"#{fragment}"):
        return ""
    path, _, query = fragment.partition("?")
    return "#" + quote(unquote_to_bytes(path), safe="/:@!$&'()*+,;=~-._").rstrip("/") + _query(query)


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
