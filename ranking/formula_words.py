"""A formula in words and signs, as a person would write it on paper."""

from __future__ import annotations

from ranking.figures import figure_name
from ranking.formulas import Formula


def formula_text(formula: Formula) -> str:
    """The outer formula in one line, as a person would write it."""
    inner = " + ".join(f"{part.weight:g}×{part.name}" for part in formula.parts)
    return f"({inner}){'²' if formula.power == 2 else ''} × {formula.scale:g}"


_BASES = {
    "total": "{}",
    "per_day": "{}÷天数",
    "per_article": "{}÷发布数",
    "headline_per_day": "头条{}÷天数",
    "max": "单篇最高{}",
}


def part_text(formula: Formula, index: int) -> str:
    """One part in one line, e.g. 0.7×ln(阅读÷天数 + 1) + …"""
    part = formula.parts[index]
    lines = []
    for term in formula.terms_of(part):
        quantity = _BASES[term.basis or part.basis].format(figure_name(term.figure))
        factor = "" if term.factor == 1 else f"{term.factor:g}×"
        lines.append(f"{term.weight:g}×ln({factor}{quantity} + 1)")
    return " + ".join(lines)


def limits_text(formula: Formula) -> str:
    """What is done to figures before they go in; empty where nothing is."""
    caps = [f"单篇{figure_name(name)}超过 {limit - 1:,} 按 {limit:,} 计" for name, limit in sorted(formula.cap.items())]
    floors = [f"{figure_name(name)}低于 {limit:,} 按 {limit:,} 计" for name, limit in sorted(formula.floor.items())]
    return "；".join(caps + floors)


def in_words(formula: Formula) -> str:
    """The whole formula in one line: what differs here gives other numbers."""
    parts = [f"{part.name} = {part_text(formula, number)}" for number, part in enumerate(formula.parts)]
    return "；".join([formula_text(formula), *parts, *filter(None, [limits_text(formula)])])
