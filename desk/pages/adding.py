"""添加来源: from a pasted address to a source, with a look at what would be taken; and changing one that is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from config.addresses import FOLDER_KINDS, address_trouble
from connectors.base import FetchedItem, RawPage
from connectors.errors import ConnectorError
from connectors.registry import SOURCES, source_class
from content_store import sources
from content_store.tables import Source
from desk import source_fields as fields
from desk.access import needs
from desk.answers import fragment, page, redirect
from desk.health import rhythm
from desk.parts import FormDep, NewsroomDep, ReadingDep, VisitorDep, whole_number
from desk.patience import TakesLonger, within
from steps.adding_sources import Faulty, Wish, add, at_address, change, setting_faults
from steps.errors import Missing, Refused
from steps.json_shape import Shape
from steps.newsroom import Newsroom
from steps.source_check import Checked
from steps.stories import printable
from steps.trying_sources import (
    RHYTHMS,
    Proposal,
    asked,
    propose,
    rhythm_of,
    shape_of,
    try_out,
    with_full_text,
)

router = APIRouter(prefix="/sources")
PATIENCE = 25.0
"""Seconds that somebody waits for a look."""
LONGEST_URL = 2000
OPENING = 90
SHOWN = 12
KEPT = {"name": "name", "area": "area", "trust": "trust", "reprint": "reprint", "rhythm": "rhythm_minutes"}
"""What a person has typed and a new look at the address does not change: box → part of a wish."""
TOO_SLOW = "对方太慢，25 秒内没有答完。可以再试一次，或直接保存：下一轮采集会慢慢等它。"


@router.get("/new")
@needs("editor", "admin")
def new(request: Request) -> Response:
    return _form(request, url="")


@router.post("/new")
@needs("editor", "admin")
def look(request: Request, newsroom: NewsroomDep, form: FormDep) -> Response:
    """Asks the address and shows what it is and what would be taken."""
    kind = _text(form, "as")
    # the button for another kind stands in the form whose own address is the proposed one
    url = _address(form, "page") if kind and form.get("page") else _address(form)
    trouble = address_trouble(url) if url else "请先粘贴网址"
    if trouble:
        return _form(request, url=url, trouble=f"{trouble}，请改正后再试。", code=422)
    try:
        proposal, seen = within(PATIENCE, lambda: _looked(newsroom, url, kind))
    except TakesLonger:
        return _form(request, url=url, trouble=TOO_SLOW)
    except ConnectorError as error:
        return _form(request, url=url, trouble=_said(error))
    wish = proposal.wish
    with newsroom.store.reading() as session:
        same = at_address(sources.listed(session), wish.url)
    wish = replace(wish, rhythm_minutes=rhythm_of(seen, wish.kind))
    if kind:
        wish = replace(wish, **_typed_before(form))
    return _form(
        request,
        url=url,
        wish=wish,
        why=proposal.why,
        seen=seen,
        shape=_shape(wish, proposal.answers),
        same=same,
        other_kind=_other(wish, url),
    )


@router.post("/new/preview")
@needs("editor", "admin")
def preview(request: Request, newsroom: NewsroomDep, form: FormDep) -> Response:
    """What would be taken with the settings as they stand in the form."""
    with newsroom.store.reading() as session:
        row = sources.by_key(session, _text(form, "key"))
    shape = None
    try:
        wish = wish_of(form)
        _check_address(wish.url)
        seen, shape = within(PATIENCE, lambda: _tried(newsroom, wish, row))
    except TakesLonger:
        seen = Checked(trouble=TOO_SLOW)
    except (ConnectorError, Refused) as error:
        seen = Checked(trouble=_said(error))
    return fragment(request, "system/source_preview.html", seen=seen, shape=shape, shown=SHOWN, opening=opening)


@router.post("")
@needs("editor", "admin")
def save(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, form: FormDep) -> Response:
    try:
        wish = wish_of(form)
        _check_address(wish.url)
        key = add(newsroom, wish, by=visitor.display_name, now=newsroom.now())
    except (Refused, ConnectorError) as error:
        return _form_again(request, form, error)
    return redirect(request, f"/sources/{key}", said="来源已添加，下一轮就会采集；急用可点“立即采集一次”。")


@router.get("/{key}/edit")
@needs("editor", "admin")
def edit(request: Request, session: ReadingDep, key: str) -> Response:
    row = _wanted(sources.by_key(session, key))
    return _form(request, url=row.url, wish=_of_row(row), row=row)


@router.post("/{key}/edit")
@needs("editor", "admin")
def save_changes(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, form: FormDep, key: str) -> Response:
    with newsroom.store.reading() as session:
        row = _wanted(sources.by_key(session, key))
    try:
        wish = wish_of(form)
        if row.kind in FOLDER_KINDS:
            # which folder of this machine is read is set where the machine is kept, not at a page
            wish = replace(wish, kind=row.kind, url=row.url, settings=row.settings)
        else:
            _check_address(wish.url)
        changed = change(newsroom, key, wish, by=visitor.display_name, now=newsroom.now())
    except (Refused, ConnectorError) as error:
        return _form_again(request, form, error, row=row)
    said = f"已修改：{'、'.join(changed)}。" if changed else "没有变化，未作修改。"
    return redirect(request, f"/sources/{key}", said=said)


def wish_of(form: FormData | Mapping[str, Any]) -> Wish:
    """The source as the form has it; what is no number or no kind of ours is caught when it is checked. Pure."""
    kind = _text(form, "kind")
    return Wish(
        kind=kind,
        url=_address(form),
        name=_text(form, "name"),
        settings=settings_of(kind, _text(form, "settings"), _typed(form, kind)),
        area=_text(form, "area"),
        trust=whole_number(_text(form, "trust")) or 3,
        reprint=_text(form, "reprint"),
        rhythm_minutes=whole_number(_text(form, "rhythm")) or 0,
    )


def settings_of(kind: str, kept: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of this kind: those the form carries along as JSON, and over them what was typed into its fields. Pure.

    Raises Faulty for what is no JSON.
    """
    if kind not in SOURCES:
        return {}
    known = source_class(kind).Settings.model_fields
    try:
        carried = json.loads(kept or "{}")
    except (ValueError, RecursionError):
        carried = None
    # a NUL is good JSON, but no database keeps it
    if not isinstance(carried, dict) or "\\u0000" in json.dumps(carried):
        raise Faulty({"settings": "“其他设置”不是正确的 JSON，请改正，或清空后再试。"})
    own = fields.own_settings(kind) | {"url"}
    return {name: value for name, value in carried.items() if name in known and name not in own} | dict(typed)


def _typed(form: FormData | Mapping[str, Any], kind: str) -> dict[str, Any]:
    return fields.typed(kind, lambda box: _text(form, box))


def _typed_before(form: FormData) -> dict[str, Any]:
    """What stands in the boxes that every source has, where the form has them."""
    wish = wish_of({**form, "settings": ""})
    return {part: getattr(wish, part) for box, part in KEPT.items() if _text(form, box)}


def _tried(newsroom: Newsroom, wish: Wish, row: Source | None) -> tuple[Checked, Shape | None]:
    """One visit with these settings; of an interface, what its answer is made of as well. Raises Faulty, ConnectorError."""
    if faults := setting_faults(wish):
        raise Faulty(faults)
    answers = asked(newsroom, wish.url) if wish.kind == "json_api" else {}
    return try_out(newsroom, wish, answers, source_id=row.id if row else None), _shape(wish, answers)


def _shape(wish: Wish, answers: Mapping[str, RawPage]) -> Shape | None:
    if wish.kind != "json_api":
        return None
    return shape_of(answers.get(wish.url), str(wish.settings.get("items", "")))


def _looked(newsroom: Newsroom, url: str, kind: str) -> tuple[Proposal, Checked]:
    proposal = propose(newsroom, url, kind=kind if kind in SOURCES else "")
    seen = try_out(newsroom, proposal.wish, proposal.answers)
    wish, seen = with_full_text(newsroom, proposal.wish, seen, proposal.answers)
    return replace(proposal, wish=wish), seen


def opening(item: FetchedItem) -> str:
    """The first words of a piece. Pure."""
    text = " ".join((item.text or item.summary).split())
    return text[:OPENING] + ("…" if len(text) > OPENING else "")


def _other(wish: Wish, url: str) -> str:
    """The kind that may be had instead: a page that has a feed can also be read as a page."""
    return "webpage" if wish.kind != "webpage" and wish.url != url else ""


def _form(request: Request, *, url: str, wish: Wish | None = None, code: int = 200, **values: Any) -> Response:
    return page(
        request,
        "system/source_form.html",
        code=code,
        url=url,
        wish=wish,
        kinds=[kind for kind in SOURCES if kind not in FOLDER_KINDS],
        rhythms=sorted({*RHYTHMS, *([wish.rhythm_minutes] if wish else [])}),
        rhythm=rhythm,
        fields=fields,
        shown=SHOWN,
        opening=opening,
        patience=int(PATIENCE),
        **{
            "row": None,
            "kept": _carried(wish),
            "why": "",
            "seen": None,
            "shape": None,
            "trouble": "",
            "faults": {},
            "same": None,
            "other_kind": "",
            **values,
        },
    )


def _carried(wish: Wish | None) -> str:
    """The settings that the form has no field for, as JSON; empty where there are none."""
    own = fields.own_settings(wish.kind) if wish else frozenset()
    rest = {name: value for name, value in wish.settings.items() if name not in own} if wish else {}
    return json.dumps(rest, ensure_ascii=False) if rest else ""


def _form_again(request: Request, form: FormData, error: Refused | ConnectorError, **values: Any) -> Response:
    """The form as it was sent, with what is wrong: beside its field where it is one."""
    kind, faults = _text(form, "kind"), error.faults if isinstance(error, Faulty) else {}
    wish = replace(wish_of({**form, "settings": ""}), settings=_typed(form, kind))
    trouble = "有填得不对的地方，改好后再保存。" if faults else _said(error)
    return _form(
        request,
        url=wish.url,
        wish=wish,
        kept=_text(form, "settings"),
        trouble=trouble,
        faults=fields.beside(kind, faults),
        code=409,
        **values,
    )


def _address(form: FormData | Mapping[str, Any], field: str = "url") -> str:
    """What was pasted, with the scheme that people leave out."""
    url = "".join(_text(form, field).split())[:LONGEST_URL]
    return f"https://{url}" if url and "://" not in url and "." in urlsplit(f"//{url}").netloc else url


def _text(form: FormData | Mapping[str, Any], name: str) -> str:
    value = form.get(name, "")
    return printable(value).strip() if isinstance(value, str) else ""


def _check_address(url: str) -> None:
    if trouble := address_trouble(url):
        raise Faulty({"url": f"{trouble}，请改正后再试。"})


def _said(error: Refused | ConnectorError) -> str:
    """Its sentence; nobody but the person at the page tries again."""
    return str(error).replace("稍后会再试", "请稍后再试")


def _of_row(row: Source) -> Wish:
    return Wish(row.kind, row.url, row.name, dict(row.settings), row.area, row.trust, row.reprint, row.rhythm_minutes)


def _wanted(row: Source | None) -> Source:
    if row is None:
        raise Missing("没有这个来源，可能已被移除，请返回列表刷新。")
    return row
