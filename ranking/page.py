"""The report as one HTML page that needs nothing else: to look at in a browser, to mail, to print."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from ranking.cells import Block, Cell, Column, Kind, made_line, sheets, summary, week_title
from ranking.report import Report

_STYLE = """
body{font:15px/1.6 "Noto Sans SC","Microsoft YaHei",sans-serif;color:#222;max-width:1280px;margin:2em auto;padding:0 1em}
h1{text-align:center;margin-bottom:.2em}.week,.made{text-align:center;margin:.2em}.made,.note{color:#595959;font-size:.9em}
h2{color:#1f4e79;margin:1.8em 0 .2em;font-size:1.2em}.wide{overflow-x:auto}
table{border-collapse:collapse;min-width:100%;font-size:.9em}th{background:#1f4e79;color:#fff;font-weight:600}
th,td{border:1px solid #bfbfbf;padding:.35em .6em;text-align:left;vertical-align:top}
td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td.middle{text-align:center;white-space:nowrap}
td.unknown{text-align:center;color:#6b6b6b}nav{text-align:center;margin:1em 0}nav a{margin:0 .6em}
@media print{nav{display:none}body{max-width:none;margin:0}h2{break-after:avoid}tr{break-inside:avoid}}
"""

_DECIMALS: dict[Kind, int] = {"count": 0, "index": 2, "part": 4}


def page(report: Report) -> str:
    """A whole HTML document in UTF-8. Every text in it is escaped."""
    tables = sheets(report)
    links = "".join(f'<a href="#t{number}">{escape(sheet.name)}</a>' for number, sheet in enumerate(tables))
    body = "".join(
        f'<section id="t{number}">{"".join(_block(block) for block in sheet.blocks)}</section>'
        for number, sheet in enumerate(tables)
    )
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(report.head.title)} {report.week}</title><style>{_STYLE}</style></head><body>"
        f'<h1>{escape(report.head.title)}</h1><p class="week">{escape(week_title(report))}</p>'
        f'<p class="made">{escape(made_line(report))}</p><nav aria-label="各表">{links}</nav><p>{escape(summary(report))}</p>{body}</body></html>'
    )


def shown(value: Cell, kind: Kind) -> str:
    """A cell as people read it; "—" for what is not known."""
    if value is None:
        return "—"
    if kind in _DECIMALS and not isinstance(value, str):
        return f"{value:,.{_DECIMALS[kind]}f}"
    return str(value)


def _block(block: Block) -> str:
    note = f'<p class="note">{escape(block.note)}</p>' if block.note else ""
    heads = "".join(f'<th scope="col">{escape(column.title)}</th>' for column in block.columns)
    rows = "".join(_row(row, block.columns) for row in block.rows)
    if not block.rows:
        rows = f'<tr><td class="unknown" colspan="{len(block.columns)}">{escape(block.empty)}</td></tr>'
    return (
        f'<h2>{escape(block.heading)}</h2>{note}<div class="wide"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(row: Iterable[Cell], columns: Iterable[Column]) -> str:
    return f"<tr>{''.join(_cell(value, column.kind) for value, column in zip(row, columns, strict=True))}</tr>"


def _cell(value: Cell, kind: Kind) -> str:
    if value is None:
        style = ' class="unknown"'
    elif kind in _DECIMALS and not isinstance(value, str):
        style = ' class="number"'
    else:
        style = ' class="middle"' if kind in {"place", "moment"} else ""
    return f"<td{style}>{escape(shown(value, kind))}</td>"
