"""A small newsroom for the fast track's tests: people, accounts, packs, and CAP messages to feed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from config import files
from config.entries import PackEntry
from content_store import accounts, people
from content_store.database import Store
from content_store.media import MediaFolder
from content_store.tables import Delivery, DeliveryState
from content_store.vault import Vault, key_from
from steps.alerts import Received
from steps.event_pages import EventPage, StoryLine, event_page
from steps.hazards import HazardTable
from steps.newsroom import Newsroom
from steps.packs import load_packs
from steps.release import Released, release

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
AT = NOW + timedelta(hours=3)
"""When everything below has been sent."""
SENT = "2026-11-26T12:00:00+08:00"
LATER = "2026-11-26T13:00:00+08:00"
LATEST = "2026-11-26T14:00:00+08:00"
RED = "吉林省气象台将寒潮橙色预警信号升级为红色"
MINUTE = timedelta(minutes=1)
SENDER = "22000041600000"
TEXT = {
    "title": "{area}{hazard_name}{colour}预警：出门前看一眼",
    "digest": "{sender}{sent_time}发布。",
    "body_html": "<p>{headline}</p><p>{level_name},{effective_time}起，至{expires_time}。</p><p>多穿衣服。</p>",
    "short_text": "{hazard_name}{colour}预警",
}


@dataclass(frozen=True)
class Staff:
    editor: int
    first: int
    second: int
    final: int
    duty: int
    admin: int

    @property
    def reviewers(self) -> tuple[int, int, int]:
        return self.first, self.second, self.final


@lru_cache(maxsize=1)
def lexicons() -> dict[str, str]:
    return files.lexicon_files()


@lru_cache(maxsize=1)
def hazards() -> HazardTable:
    return HazardTable.model_validate(files.read_toml(files.FOLDER / "hazards.toml"))


def newsroom(store: Store, folder: Path) -> Newsroom:
    return Newsroom(
        store=store,
        media=MediaFolder(folder / "media"),
        vault=Vault(key_from(folder / "secret.key")),
        lexicon_files=lexicons(),
        site_url="http://127.0.0.1:8800",
        hazards=hazards(),
        now=lambda: NOW,
    )


def staff(room: Newsroom) -> Staff:
    roles = {
        "editor": ["editor"],
        "first": ["reviewer1"],
        "second": ["reviewer2"],
        "final": ["reviewer3"],
        "duty": ["duty"],
        "admin": ["admin"],
    }
    with room.store.session() as session:
        ids = {
            name: people.add(session, name=name, display_name=name, password_hash="x", roles=held, now=NOW).id or 0
            for name, held in roles.items()
        }
    return Staff(**ids)


def account(room: Newsroom, key: str, area: str, **values: Any) -> int:
    """A Weibo account: it needs no picture."""
    settings = {"bound_domain": "127.0.0.1", "rip": "221.8.1.2"} | values.pop("settings", {})
    told = {"platform": "weibo", "name": key, "area": area, "settings": settings} | values
    with room.store.session() as session:
        row = accounts.put(session, key, told, now=NOW)
        assert row.id is not None
        secrets = {"app_key": "1", "app_secret": "s", "uid": "7", "access_token": "t"}
        accounts.keep_credentials(session, row.id, secrets, room.vault, now=NOW)
        return row.id


def pack(key: str = "cold", **values: Any) -> PackEntry:
    told = {"key": key, "name": key, "hazard": "cold_wave", "expires_on": date(2027, 9, 30), **TEXT}
    return PackEntry.model_validate(told | values)


def ready(store: Store, folder: Path, *packs: PackEntry) -> tuple[Newsroom, Staff]:
    """A newsroom with accounts in the province, in Changchun and in Jilin city, and with reviewed packs."""
    room = newsroom(store, folder)
    crew = staff(room)
    for key, area in (("sheng", "220000"), ("changchun", "220100"), ("jilinshi", "220200")):
        account(room, key, area)
    load_packs(room, packs or (pack(),), editor=crew.editor, reviewers=crew.reviewers, now=NOW)
    return room, crew


def cap(
    identifier: str = "A",
    msg_type: str = "Alert",
    *,
    sent: str = SENT,
    references: str = "",
    headline: str = "吉林省气象台发布寒潮橙色预警信号",
    areas: dict[str, str] | None = None,
    expires: str = "2026-11-27T12:00:00+08:00",
    effective: str = "",
    status: str = "Actual",
    scope: str = "Public",
    event: str = "寒潮",
    extra: str = "",
) -> bytes:
    """A CAP 1.2 message. `areas`: areaDesc → geocode (empty: none)."""
    places = "".join(
        f"<area><areaDesc>{name}</areaDesc>"
        + (f"<geocode><valueName>GB/T 2260</valueName><value>{code}</value></geocode>" if code else "")
        + "</area>"
        for name, code in ({"长春市": "220100"} if areas is None else areas).items()
    )
    times = f"<effective>{effective}</effective>" if effective else ""
    times += f"<expires>{expires}</expires>" if expires else ""
    named = f"<references>{references}</references>" if references else ""
    return (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{identifier}</identifier><sender>{SENDER}</sender><sent>{sent}</sent><status>{status}</status>"
        f"<msgType>{msg_type}</msgType><scope>{scope}</scope>{named}"
        f"<info><language>zh-CN</language><category>Met</category><event>{event}</event><urgency>Expected</urgency>"
        f"<severity>Severe</severity><certainty>Likely</certainty>{times}<senderName>吉林省气象台</senderName>"
        f"<headline>{headline}</headline>{extra}{places}</info></alert>"
    ).encode()


def names(*identifiers_and_times: tuple[str, str]) -> str:
    """References as CAP writes them."""
    return " ".join(f"{SENDER},{identifier},{sent}" for identifier, sent in identifiers_and_times)


def set_states(room: Newsroom, states: dict[int, DeliveryState]) -> None:
    """What the queue would have done meanwhile: delivery id → state."""
    with room.store.session() as session:
        for key, state in states.items():
            session.get_one(Delivery, key).state = state


def page_of(room: Newsroom, received: Received, at: datetime = AT) -> EventPage:
    assert received.event_id is not None
    return event_page(room, received.event_id, at)


def waiting(page: EventPage) -> StoryLine:
    [story] = [each for each in page.stories if each.status not in ("released", "dropped")]
    return story


def let_out(room: Newsroom, crew: Staff, page: EventPage, at: datetime = AT) -> Released:
    story = waiting(page)
    release(room, story.id, content_hash=story.content_hash, by=crew.duty, now=at)
    return release(room, story.id, content_hash=story.content_hash, by=crew.final, now=at + MINUTE)


def update(**values: object) -> bytes:
    told = {"sent": LATER, "references": names(("A", SENT)), "headline": RED}
    return cap("U", "Update", **(told | values))  # type: ignore[arg-type]  # kwargs of many types


def cancel(identifier: str = "C", named: str = "A", sent: str = SENT) -> bytes:
    return cap(identifier, "Cancel", sent=LATEST, references=names((named, sent)), headline="解除寒潮橙色预警信号")
