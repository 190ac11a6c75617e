"""`kepu source check`: what a source would give, in lines for people or as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from cli.opening import CommandFailed, newsroom, print_json, say, settings
from cli.pairs import settings_of
from config.addresses import FOLDER_KINDS, located, source_trouble, with_scheme
from connectors.errors import ConnectorError
from connectors.extraction.dates import BEIJING
from content_store import sources
from content_store.tables import Source
from steps.adding_sources import RESERVED, Wish, as_row, key_for
from steps.newsroom import Newsroom
from steps.source_check import Checked, Fate, Piece, as_json, check
from steps.trying_sources import Proposal, propose

_REPRINTS = {"own": "自有内容", "allowed": "已授权转载", "ask": "需先征得同意", "forbidden": "不允许转载"}
_SHOWN = 20


def run(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help="来源的代号")] = "",
    url: Annotated[str, typer.Option(help="还没有登记的网址，或投稿文件夹的路径")] = "",
    kind: Annotated[str, typer.Option(help="按这个类型试采；不写则自动判断")] = "",
    setting: Annotated[list[str] | None, typer.Option(help="与 --url 同用：类型自己的设置，可以写多次")] = None,
    as_json_: Annotated[bool, typer.Option("--json", help="只输出 JSON")] = False,
) -> None:
    """试采一次：会采到什么、哪些采不到、为什么。不写入，也不影响下次采集。"""
    if bool(key) == bool(url):
        raise CommandFailed("请写明来源的代号，或用 --url 写明还没有登记的网址，二者选一。")
    room = newsroom(ctx, reads_here=True)
    proposal = None
    try:
        if key:
            row = wanted(room, key)
        else:
            url = url if kind in FOLDER_KINDS else with_scheme(url)
            proposal = _proposal(room, url, kind, settings_of(setting), settings(ctx).home)
            row = as_row(proposal.wish, _free_key(room, proposal.wish.url), room.now())
        checked = check(room, row, proposal.answers if proposal else None)
    except ConnectorError as error:
        row = Source(key=key, kind=kind, name=url, url=url, created_at=room.now())
        checked = Checked(trouble=error.message)
    checked = _by_hand(checked)
    if as_json_:
        print_json(as_json(checked, row) | ({"why": proposal.why} if proposal else {}))
        if checked.trouble:
            raise typer.Exit(1)
        return
    _tell(room, row, checked, proposal)


def _by_hand(checked: Checked) -> Checked:
    """Nobody tries again but the person at the keyboard."""

    def said(reason: str) -> str:
        return reason.replace("稍后会再试", "请稍后再试")

    bad = tuple(each.model_copy(update={"reason": said(each.reason)}) for each in checked.bad)
    return dataclasses.replace(checked, trouble=said(checked.trouble), bad=bad)


def wanted(room: Newsroom, key: str) -> Source:
    """Raises CommandFailed where there is no such source."""
    with room.store.reading() as session:
        row = sources.by_key(session, key)
    if row is None:
        raise CommandFailed(f"没有名为 {key} 的来源，可用 kepu source list 查看。")
    return row


def _free_key(room: Newsroom, url: str) -> str:
    with room.store.reading() as session:
        return key_for(url, {row.key for row in sources.listed(session)} | RESERVED)


def _proposal(room: Newsroom, url: str, kind: str, own: dict[str, Any], home: Path) -> Proposal:
    """What the address is as a source. Raises ConnectorError, or CommandFailed for what is no address."""
    if trouble := source_trouble(kind, url):
        raise CommandFailed(f"{trouble}，请改正后再试。")
    if kind in FOLDER_KINDS:
        folder = located(kind, url, home)
        return Proposal(Wish(kind=kind, url=folder, name=url, settings=own), "这是投稿文件夹。", {})
    found = propose(room, url, kind=kind)
    wish = Wish(**(vars(found.wish) | {"settings": dict(found.wish.settings) | own}))
    return Proposal(wish, found.why, found.answers)


# ---------------------------------------------------------------- lines


def _tell(room: Newsroom, row: Source, checked: Checked, proposal: Proposal | None) -> None:
    """Raises CommandFailed where the source as a whole fails: then nothing goes to stdout."""
    if checked.trouble:
        raise CommandFailed(checked.trouble)
    typer.echo(_head(room, row))
    for piece in checked.pieces[:_SHOWN]:
        typer.echo(_line(piece))
    for bad in checked.bad[:_SHOWN]:
        typer.echo(f"没能读取 {bad.where}：{bad.reason}")
    say(_sum(checked))
    if proposal is not None:
        say(_how_to_add(proposal, row))


def _head(room: Newsroom, row: Source) -> str:
    area = room.areas.official.get(row.area, row.area) if row.area else "全国"
    reprint = _REPRINTS.get(row.reprint, row.reprint)
    return f"{row.name}（{row.kind}）：地区 {area}，转载许可 {reprint}，可信度 {row.trust}"


def _line(piece: Piece) -> str:
    item = piece.item
    when = item.published_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") if item.published_at else "时间不明"
    files = f"，附件 {len(item.attachments)} 个" if item.attachments else ""
    made = f"正文 {len(item.text or item.summary)} 字，图 {len(item.pictures)} 张{files}"
    return f"{when}  {item.title}（{made}；{_fate(piece)}）"


def _fate(piece: Piece) -> str:
    title, number = piece.beside or ("", 0)
    told = {
        Fate.NEW: "新素材",
        Fate.SAME: "已采过，没有变化",
        Fate.REVISED: "已采过，内容有改动，会留下修订",
        Fate.REPEATED: f"与素材 {number}“{title[:30]}”同题，会归到一起",
    }[piece.fate]
    return f"预警，会进入应急快发；{told}" if piece.is_alert else told


def _sum(checked: Checked) -> str:
    if not checked.pieces and not checked.bad:
        return "能访问，但这次没有可采的内容。"
    few = "。逐篇打开的来源只试采前几篇" if checked.few_pages else ""
    return f"共 {len(checked.pieces)} 条，没能读取 {len(checked.bad)} 条{few}。"


def _how_to_add(proposal: Proposal, row: Source) -> str:
    wish = proposal.wish
    own: Sequence[str] = [f" --setting '{name}={value}'" for name, value in wish.settings.items()]
    host = urlsplit(wish.url).hostname
    what = f"判断为 {wish.kind}：{proposal.why}" if proposal.why else f"按 {wish.kind} 试采。"
    name = f" --name '{wish.name}'" if wish.name and wish.name != host else ""
    area = f" --area {wish.area}" if wish.area else ""
    trust = f" --trust {wish.trust}"
    command = f"kepu source add {row.key} --kind {wish.kind} --url '{wish.url}'{name}{area}{trust}{''.join(own)}"
    return f"{what}登记：{command}"
