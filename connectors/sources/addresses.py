"""One spelling for one address: what a reprint, a share button and a campaign add to a link does not make it another page."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

_TRACKING = re.compile(
    r"^(?:utm_\w+|spm|scm|from|isappinstalled|share_?\w*|sharer_\w+|wfr|hsid|nsid|tj_\w+|refer_scene|chksm|clicktime|enterid|"
    r"sessionid|ascene|devicetype|nettype|exportkey|pass_ticket|wx_header|mpshare|srcid|abtest_cookie|fbclid|gclid|"
    r"log_from|tt_from)$",
    re.I,
)
_PORTS = {"http": 80, "https": 443}


def canonical(url: str) -> str:
    """A form in which two links to one page are equal: no scheme, no tracking parameters, no fragment. "" for no web address."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return ""
    host = (parts.hostname or "").rstrip(".").lower()
    if parts.scheme not in _PORTS or not host:
        return ""
    place = host.removeprefix("www.") + (f":{port}" if port and port != _PORTS[parts.scheme] else "")
    path = quote(unquote(parts.path), safe="/:@!$&'()*+,;=~-._") or "/"
    if len(path) > 1:
        path = path.rstrip("/")
    kept = sorted(
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(name)
    )
    return f"{place}{path}" + (f"?{urlencode(kept)}" if kept else "")


def site_of(url: str) -> str:
    """The registrable part of a host, roughly: its last two labels, three below .gov.cn and the like."""
    host = (urlsplit(url).hostname or "").split(".")
    if host[-1].isdigit():
        return ".".join(host)
    short = len(host) > 2 and host[-2] in ("gov", "com", "org", "net", "edu", "ac") and len(host[-1]) == 2
    return ".".join(host[-3:] if short else host[-2:])
