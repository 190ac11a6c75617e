"""How figures grow: pure functions of seed, post and time. The same world shows the same figures again."""

from __future__ import annotations

import hashlib
import math
import re

DAY = 86_400.0
GROWS_DAYS = 30.0
URGENT_WORDS = re.compile(
    "预警|应急|避险|自救|互救|暴雨|洪水|内涝|台风|寒潮|暴雪|大风|雷电|冰雹|地震|山洪|泥石流|森林火险|火灾|道路结冰|低温|高温"
    "|一氧化碳|煤烟中毒|食物中毒|疫情|流感|辟谣|谣言|防汛|霾"
)


def unit(*parts: object) -> float:
    """A number in [0, 1) that depends on the parts alone."""
    digest = hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()
    return int(digest[:13], 16) / 16**13


def between(low: float, high: float, *parts: object) -> float:
    return low + (high - low) * unit(*parts)


def heat(text: str) -> float:
    """1 for an ordinary piece, up to 5 for one about an emergency."""
    return 1.0 + min(4.0, 1.5 * len(set(URGENT_WORDS.findall(text))))


def growth(age_seconds: float, tau_days: float) -> float:
    """The share of its final figure that a post has reached: 0 at birth, almost 1 after 30 days, never falling."""
    days = min(max(age_seconds / DAY, 0.0), GROWS_DAYS)
    return 1.0 - math.exp(-days / tau_days)


def reach(seed: int, post: str, followers: int, text: str) -> float:
    """How many people a post reaches in the end."""
    share = between(0.02, 0.12, seed, post, "share")
    luck = math.exp(between(-0.7, 0.9, seed, post, "luck"))
    return max(40.0, followers * share * luck * heat(text))


def total(seed: int, post: str, name: str, final: float, age_seconds: float) -> int:
    """One figure of a post at an age, cumulative."""
    return math.floor(final * growth(age_seconds, between(1.2, 3.5, seed, post, name, "tau")))


def split(amount: int, names: list[str], *parts: object) -> list[tuple[str, int]]:
    """Divides an amount over names; the parts add up to the amount, those with nothing are left out."""
    weights = [between(0.3, 1.0, *parts, name) / (place + 1) for place, name in enumerate(names)]
    shares = [math.floor(amount * weight / sum(weights)) for weight in weights]
    shares[0] += amount - sum(shares)
    return [(name, share) for name, share in zip(names, shares, strict=True) if share]


def followers(seed: int, account: str, base: int, age_seconds: float) -> int:
    """Followers of an account some time after (or before) it joined this world."""
    days = age_seconds / DAY
    slope = base * between(0.0004, 0.002, seed, account, "slope")
    wobble = slope * 0.8 * math.sin(days * 0.9 + 6.28 * unit(seed, account, "phase"))
    return max(0, math.floor(base + slope * days + wobble))
