"""A week of a small newsroom, for tests of the report: invented figures, every odd case once."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ranking.formulas import Formulas, read_formulas
from ranking.report import AccountInput, Head, InputKind, PostInput, ReportInputs, Snapshot, Theme
from ranking.weeks import read_week

ROOT = Path(__file__).parents[2]
FORMULAS: Formulas = read_formulas(tomllib.loads((ROOT / "config" / "indices.toml").read_text(encoding="utf-8")))
WEEK = read_week("2026-W47")
FROZEN_AT = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
HEAD = Head(title="科普吉林融媒体传播周榜", unit="吉林省科学技术协会")

_LOW_TEMPERATURE = Theme(group="emergency", key="cold_wave", name="寒潮")
_CHANGCHUN = Theme(group="local", key="220100", name="长春市")
_OLD = Theme(group="audience", key="elderly", name="老年人")
_SOLAR_TERM = Theme(group="day", key="xiaoxue", name="小雪")

_reading = 0


def snapshot(kind: InputKind, day: date = WEEK.sunday, *, final: bool = True, **figures: int | None) -> Snapshot:
    """Taken at 08:30 in Beijing on the day after `day`."""
    global _reading
    _reading += 1
    taken_at = datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC) + timedelta(days=1)
    return Snapshot(reading=_reading, taken_at=taken_at, for_date=day, input_kind=kind, final=final, figures=figures)


def post(
    delivery: int,
    story: int,
    title: str,
    day: int,
    reading: Snapshot | None,
    *themes: Theme,
    headline: bool | None = None,
) -> PostInput:
    return PostInput(
        delivery=delivery,
        story=story,
        title=title,
        published_at=datetime(2026, 11, day, 1, 0, tzinfo=UTC),
        headline=headline,
        original=True,
        themes=themes,
        url=f"https://example.org/{delivery}",
        snapshot=reading,
    )


COLD = "寒潮来袭：吉林人怎样防一氧化碳中毒"
SNOW = "小雪节气：雪是怎样形成的"
ROADS = "暗冰为什么比积雪更危险"
RUMOUR = "“空腹喝牛奶等于白喝”？别信"
LONG = "从查干湖冬捕到人参种植：一文读懂吉林特色农业背后的科学道理与现代科技应用（下篇）"


def _wechat_figures(reads: int, **more: int | None) -> Snapshot:
    return snapshot(
        "api_persons", **{"reads": reads, "looks": reads // 180, "likes": reads // 90, "shares": reads // 35, **more}
    )


def _days(kind: InputKind, followers: int, *gained: int) -> tuple[Snapshot, ...]:
    days = [WEEK.monday + timedelta(days=number) for number in range(len(gained))]
    return tuple(
        snapshot(kind, day, followers=followers + sum(gained[: number + 1]), new_followers=gained[number])
        for number, day in enumerate(days)
    )


def sample_inputs() -> ReportInputs:
    global _reading
    _reading = 0
    return ReportInputs(
        accounts=(*_wechat(), *_weibo(), *_douyin(), *_others()),
        last_places={"wechat/jl-kx": 2, "wechat/cc-kx": 1, "weibo/jl-weibo": 1, "theme/emergency/cold_wave": 3},
    )


def _wechat() -> tuple[AccountInput, ...]:
    return (
        AccountInput(
            key="jl-kx", platform="wechat", name="科普吉林", unit="吉林省科学技术协会",
            posts=(
                post(1, 1, COLD, 17, _wechat_figures(132_480), _LOW_TEMPERATURE, _OLD, headline=True),
                post(2, 2, SNOW, 20, _wechat_figures(8_240, comments=31), _SOLAR_TERM, headline=True),
                post(3, 3, ROADS, 22, _wechat_figures(3_310), headline=True),
            ),
        ),
        AccountInput(
            key="cc-kx", platform="wechat", name="长春科普", unit="长春市科学技术协会",
            posts=(post(4, 1, COLD, 18, _wechat_figures(21_070), _LOW_TEMPERATURE, _CHANGCHUN, headline=True),),
        ),
        AccountInput(
            key="yb-kx", platform="wechat", name="延边科普", unit="延边朝鲜族自治州科学技术协会",
            posts=(
                post(5, 1, COLD, 18, _wechat_figures(2_150, shares=None), _LOW_TEMPERATURE, headline=True),
                post(6, 5, LONG, 22, None, headline=True),
            ),
        ),
        AccountInput(key="bs-kx", platform="wechat", name="白山科普", unit="白山市科学技术协会"),
        AccountInput(key="ly-kx", platform="wechat", name="辽源科普", unit="辽源市科学技术协会"),
    )  # fmt: skip


def _weibo() -> tuple[AccountInput, ...]:
    def counts(shares: int, comments: int, likes: int) -> Snapshot:
        return snapshot("public_count", shares=shares, comments=comments, likes=likes)

    return (
        AccountInput(
            key="jl-weibo", platform="weibo", name="科普吉林", unit="吉林省科学技术协会",
            posts=(
                post(7, 1, COLD, 17, counts(96, 40, 310), _LOW_TEMPERATURE),
                post(8, 4, RUMOUR, 19, counts(12, 25, 77), _OLD),
            ),
        ),
    )  # fmt: skip


def _douyin() -> tuple[AccountInput, ...]:
    def counts(reads: int, likes: int, comments: int, shares: int, final: bool = True) -> Snapshot:
        return snapshot("public_count", final=final, reads=reads, likes=likes, comments=comments, shares=shares)

    return (
        AccountInput(
            key="jl-douyin", platform="douyin", name="科普吉林", unit="吉林省科学技术协会",
            posts=(
                post(9, 3, ROADS, 21, counts(88_000, 4_100, 260, 380), _CHANGCHUN),
                post(10, 2, SNOW, 22, counts(15_500, 900, 40, 20, final=False), _SOLAR_TERM),
            ),
            days=_days("api_persons", 20_000, 30, 25, 20, 15, 40, -10, 30),
        ),
        AccountInput(
            key="sy-douyin", platform="douyin", name="松原科普", unit="松原市科学技术协会",
            posts=(post(11, 3, ROADS, 21, counts(1_200, 60, 4, 2)),),
            days=_days("api_persons", 3_100, 5, 2, 0, 1),
        ),
    )  # fmt: skip


def _others() -> tuple[AccountInput, ...]:
    return (
        AccountInput(
            key="jl-kuaishou", platform="kuaishou", name="科普吉林", unit="吉林省科学技术协会",
            posts=(post(12, 3, ROADS, 21, snapshot("public_count", reads=6_400, likes=210, comments=9)),),
        ),
        AccountInput(
            key="jl-kepu", platform="kepuchina", name="科普吉林", unit="吉林省科学技术协会",
            posts=(post(13, 5, LONG, 20, snapshot("hand_entry", reads=740, likes=12, shares=3, favourites=5)),),
        ),
    )  # fmt: skip
