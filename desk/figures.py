"""Figures as small pictures. Pure."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT, EDGE = 150, 34, 2


def spark(values: Sequence[int | None]) -> str:
    """The `points` of an SVG polyline for the known values, oldest first; empty where there are fewer than two."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return ""
    last, low, high = max(len(values) - 1, 1), min(v for _, v in known), max(v for _, v in known)
    across, down = (WIDTH - 2 * EDGE) / last, (HEIGHT - 2 * EDGE) / ((high - low) or 1)
    return " ".join(f"{EDGE + place * across:.1f},{HEIGHT - EDGE - (value - low) * down:.1f}" for place, value in known)
