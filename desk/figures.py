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


def bars(values: Sequence[int]) -> list[tuple[float, float, float, float]]:
    """x, y, width and height of one column per value, oldest first, in a picture of WIDTH × HEIGHT."""
    step, top = WIDTH / max(len(values), 1), max(values, default=0) or 1
    heights = [max(value * (HEIGHT - EDGE) / top, 1.0) for value in values]
    return [
        (round(place * step, 1), round(HEIGHT - tall, 1), round(step * 0.8, 1), round(tall, 1))
        for place, tall in enumerate(heights)
    ]
