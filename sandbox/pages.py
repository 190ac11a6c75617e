"""The frame of the pages that people see: Chinese, phone width, no script, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, RedirectResponse

FRAME = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
:root {{ color-scheme: light; }}
body {{ margin: 0; background: {background}; color: #1f2328; font: 16px/1.75 -apple-system, "PingFang SC",
  "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }}
main {{ max-width: 42rem; margin: 0 auto; padding: 20px 16px 40px; box-sizing: border-box; min-height: 100vh;
  background: #fff; overflow-wrap: anywhere; }}
h1 {{ font-size: 22px; line-height: 1.4; margin: 0 0 12px; }}
img, video {{ max-width: 100%; height: auto; }}
a {{ color: #576b95; text-decoration: none; }}
.meta {{ color: #8a8f99; font-size: 14px; margin-bottom: 18px; }} .meta b {{ color: {accent}; font-weight: 500; }}
.bar {{ display: flex; flex-wrap: wrap; gap: 22px; color: #5f6672; font-size: 14px; margin-top: 28px;
  padding-top: 14px; border-top: 1px solid #eceef1; }}
.who {{ display: flex; gap: 12px; align-items: center; margin-bottom: 14px; line-height: 1.35; }}
.face {{ width: 44px; height: 44px; border-radius: 50%; background: {accent}; color: #fff; display: grid;
  place-items: center; font-size: 20px; flex: none; }}
.gone {{ text-align: center; padding-top: 22vh; color: #8a8f99; }} .gone p:first-child {{ font-size: 42px; margin: 0; }}
.buttons {{ display: flex; gap: 12px; margin-top: 28px; }}
button {{ flex: 1; padding: 12px; font: inherit; border-radius: 8px; border: 1px solid #d7dbe0; background: #fff; }}
button.do {{ background: {accent}; border-color: {accent}; color: #fff; }}
select {{ font: inherit; padding: 8px; width: 100%; border: 1px solid #d7dbe0; border-radius: 8px; background: #fff; }}
table {{ border-collapse: collapse; width: 100%; font-size: 14px; }} td, th {{ text-align: left; padding: 6px 10px 6px 0;
  border-bottom: 1px solid #eceef1; vertical-align: top; }}
.card {{ border: 1px solid #eceef1; border-radius: 10px; padding: 12px; margin: 12px 0; }}
.note {{ color: #8a8f99; font-size: 13px; margin-top: 28px; }}
</style></head><body><main>{body}</main></body></html>"""
POLICY = (
    "default-src 'none'; img-src 'self' data: https: http:; media-src 'self' https: http:; style-src 'unsafe-inline'"
)


def page(title: str, body: str, accent: str, status: int = 200, background: str = "#f4f5f7") -> HTMLResponse:
    text = FRAME.format(title=escape(title), body=body, accent=accent, background=background)
    return HTMLResponse(text, status, headers={"Content-Security-Policy": POLICY})


def gone(words: str, accent: str) -> HTMLResponse:
    return page(words, f'<div class="gone"><p>☹</p><p>{escape(words)}</p></div>', accent, status=404)


def author_line(name: str, under: str) -> str:
    face = escape(name[:1])
    return f'<div class="who"><div class="face">{face}</div><div>{escape(name)}<br><small>{escape(under)}</small></div></div>'


def short_number(amount: int) -> str:
    """12345 → 1.2万, as the platforms show it."""
    return f"{amount / 10_000:.1f}万" if amount >= 10_000 else str(amount)


def bar(items: dict[str, int]) -> str:
    return (
        '<div class="bar">' + "".join(f"<span>{name} {short_number(n)}</span>" for name, n in items.items()) + "</div>"
    )


def consent_form(
    platform: str, fields: Mapping[str, str], accounts: Iterable[Mapping[str, Any]], accent: str
) -> HTMLResponse:
    """Where the owner of an account agrees; `fields` come back with the choice. The newest account stands first."""
    options = "".join(f'<option value="{escape(a["open_id"])}">{escape(a["name"])}</option>' for a in accounts)
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in fields.items())
    words = f"<h1>{platform}授权</h1><p>应用“科普发布”请求以下权限：{escape(fields['scope'])}</p>"
    button = '<div class="buttons"><button class="do">同意授权</button></div>'
    form = f'<form method="post"><select name="open_id">{options}</select>{hidden}{button}</form>'
    return page(f"{platform}授权", words + form, accent)


def back_to(redirect_uri: str, **answer: str) -> RedirectResponse:
    """From the consent page back to the app, with the code or the refusal."""
    joint = "&" if "?" in redirect_uri else "?"
    return RedirectResponse(redirect_uri + joint + urlencode(answer), 302)
