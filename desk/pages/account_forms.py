"""账号: the form, for adding an account and for changing one. Keys typed here are sealed at once and never shown again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from content_store import accounts
from content_store.tables import Account
from desk import words
from desk.access import needs
from desk.answers import page, redirect
from desk.parts import FormDep, NewsroomDep, VisitorDep
from steps.account_fields import SHEETS
from steps.accounts import the_account
from steps.adding_accounts import (
    COMMON,
    WrongFields,
    add_account,
    change_account,
    fields_of,
    kept_keys,
    names_of,
    values_of,
)
from steps.newsroom import Newsroom
from steps.stories import printable

router = APIRouter(prefix="/accounts")
START = {"apart_minutes": "30"}


@router.get("/new")
@needs("admin")
def form(request: Request, newsroom: NewsroomDep, platform: str = "") -> Response:
    """First the platform; then its fields."""
    if platform not in SHEETS:
        return page(request, "system/account_platforms.html", sheets=_sheets())
    return _form(request, newsroom, platform, START)


@router.post("")
@needs("admin")
def add(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, form: FormDep) -> Response:
    platform = str(form.get("platform") or "")
    if platform not in SHEETS:
        return page(request, "system/account_platforms.html", code=422, sheets=_sheets(), trouble="请选择平台。")
    values = _typed(form, names_of(platform))
    try:
        account = add_account(newsroom, values, by=visitor.id, now=newsroom.now())
    except WrongFields as error:
        return _form(request, newsroom, platform, values, wrong=error.fields)
    return redirect(request, f"/accounts/{account.key}", said=f"已添加“{account.name}”。{SHEETS[platform].after}")


@router.get("/{key}/edit")
@needs("admin")
def edit(request: Request, newsroom: NewsroomDep, key: str) -> Response:
    account = the_account(newsroom, key)
    return _form(request, newsroom, account.platform, values_of(newsroom, account), account)


@router.post("/{key}/edit")
@needs("admin")
def change(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, form: FormDep, key: str) -> Response:
    account = the_account(newsroom, key)
    values = _typed(form, names_of(account.platform)) | {"platform": account.platform, "key": key}
    try:
        changed = change_account(newsroom, key, values, by=visitor.id, now=newsroom.now())
    except WrongFields as error:
        return _form(request, newsroom, account.platform, values, account, error.fields)
    said = f"已修改：{'、'.join(changed)}。" if changed else "没有变化，未作修改。"
    if any(field.label in changed for field in fields_of(account.platform) if field.place == "credentials"):
        said += "密钥改过了，请点“检查账号”核对。"
    return redirect(request, f"/accounts/{key}", said=said)


def _form(
    request: Request,
    newsroom: Newsroom,
    platform: str,
    values: Mapping[str, str],
    account: Account | None = None,
    wrong: Mapping[str, str] | None = None,
) -> Response:
    secret = {field.name for field in fields_of(platform) if field.secret}
    return page(
        request,
        "system/account_form.html",
        code=422 if wrong else 200,
        platform=platform,
        sheet=SHEETS[platform],
        account=account,
        # what was typed comes back, but for secrets: a page never holds one
        values={name: text for name, text in values.items() if name not in secret},
        retype=bool(wrong) and any(values.get(name) for name in secret),
        kept=kept_keys(newsroom, account) if account else {},
        kept_at=_kept_at(newsroom, account),
        wrong=wrong or {},
        callback=f"{newsroom.site_url}/callback/{account.key}" if account else "",
        back=f"{newsroom.site_url}/accounts/consent",
    )


def _kept_at(newsroom: Newsroom, account: Account | None) -> datetime | None:
    if account is None or account.id is None:
        return None
    with newsroom.store.reading() as session:
        return accounts.credentials_changed_at(session, account.id)


def _typed(form: FormData, names: tuple[str, ...]) -> dict[str, str]:
    return {name: printable(str(form.get(name) or "")).strip() for name in (*COMMON, *names)}


def _sheets() -> list[tuple[str, str, Any]]:
    return [(platform, words.PLATFORMS[platform], sheet) for platform, sheet in SHEETS.items()]
