"""Index formulas as data: their shape, and the check that a formula is fit to rank by. Evaluating is in index.py."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Basis = Literal["total", "per_day", "per_article", "headline_per_day", "max"]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FormulaError(ValueError):
    """A formula in the settings cannot be used; the message is Chinese and says which and why."""


class Term(Frozen):
    """weight × ln(factor × quantity + 1)."""

    figure: str
    weight: float = Field(gt=0, le=1)
    factor: float = Field(default=1, gt=0)
    basis: Basis | None = None


class Part(Frozen):
    """A named group of terms, e.g. 整体传播力. Without terms of its own it takes the formula's."""

    key: str
    name: str
    weight: float = Field(gt=0, le=1)
    basis: Basis = "total"
    terms: tuple[Term, ...] = ()


class Formula(Frozen):
    """value = scale × (Σ part.weight × Σ term.weight × ln(factor × quantity + 1)) ^ power."""

    id: str
    version: str
    also: tuple[str, ...] = ()
    name: str
    publisher: str
    source: str
    certainty: Literal["solid", "probable"]
    valid_from: date | None = None
    scale: float = Field(gt=0)
    power: Literal[1, 2]
    cap: Mapping[str, int] = Field(default_factory=dict)
    floor: Mapping[str, int] = Field(default_factory=dict)
    names: tuple[Mapping[str, str], ...] = ()
    terms: tuple[Term, ...] = ()
    parts: tuple[Part, ...] = Field(min_length=1)

    @property
    def key(self) -> str:
        """How settings and reports name it, e.g. "wci/14.2"."""
        return f"{self.id}/{self.version}"

    def terms_of(self, part: Part) -> tuple[Term, ...]:
        return part.terms or self.terms

    @model_validator(mode="after")
    def _weights_add_up(self) -> Formula:
        """A published formula's weights sum to one on both levels; a typing mistake rarely does."""
        groups = {"各部分": [part.weight for part in self.parts]}
        groups |= {part.name: [term.weight for term in self.terms_of(part)] for part in self.parts}
        for where, weights in groups.items():
            if not math.isclose(math.fsum(weights), 1, abs_tol=1e-9):
                raise ValueError(f"{where}的权重之和是 {math.fsum(weights):g}，应为 1")
        return self


class Formulas(Frozen):
    """All formulas of an installation, and which one ranks which platform."""

    formulas: tuple[Formula, ...]
    platforms: Mapping[str, str] = Field(default_factory=dict)

    def find(self, index: str, version: str | None = None) -> Formula:
        """By id and version ("14.2", "V14.2", a name under `also`); without a version the first of that id.

        Raises FormulaError, naming what there is.
        """
        versions = [formula for formula in self.formulas if formula.id == index.strip().lower()]
        if not versions:
            known = "、".join(dict.fromkeys(formula.id for formula in self.formulas))
            raise FormulaError(f"没有名为“{index}”的指数，现有：{known}。")
        if version is None:
            return versions[0]
        wanted = _plain(version)
        for formula in versions:
            if wanted in {_plain(name) for name in (formula.version, *formula.also)}:
                return formula
        known = "、".join(formula.version for formula in versions)
        raise FormulaError(f"指数 {index} 没有版本“{version}”，现有：{known}。")

    def of_platform(self, platform: str) -> Formula | None:
        """None where no public formula exists: the accounts are then listed by reads."""
        key = self.platforms.get(platform)
        if key is None:
            return None
        index, _, version = key.partition("/")
        return self.find(index, version)


def _plain(version: str) -> str:
    return version.strip().lower().removeprefix("v")


def read_formulas(data: Mapping[str, Any]) -> Formulas:
    """From the content of config/indices.toml. Raises FormulaError for the first formula that is not sound."""
    entries, platforms = _tables(data)
    found = []
    for number, entry in enumerate(entries, start=1):
        label = f"{entry.get('id', '?')}/{entry.get('version', '?')}" if isinstance(entry, Mapping) else "?"
        try:
            found.append(Formula.model_validate(entry))
        except ValidationError as error:
            raise FormulaError(f"第 {number} 个指数公式（{label}）不能用：{_first_reason(error)}。") from error
    _no_two_alike(found)
    formulas = Formulas(formulas=tuple(found), platforms=platforms)
    for platform in formulas.platforms:
        formulas.of_platform(platform)
    return formulas


def _tables(data: Mapping[str, Any]) -> tuple[list[Any], dict[str, str]]:
    """The [[formula]] entries and the [platforms] table; whatever else stands there is a slip nobody would notice."""
    strange = sorted(data.keys() - {"formula", "platforms"})
    if strange:
        raise FormulaError(f"没有“{strange[0]}”这一项，只能写 [[formula]] 和 [platforms]，请删去或检查拼写。")
    entries, platforms = data.get("formula", []), data.get("platforms", {})
    if not isinstance(entries, list) or not entries:
        raise FormulaError("没有指数公式，请至少写一个 [[formula]]（双方括号）。")
    if not isinstance(platforms, dict) or not all(isinstance(key, str) for key in platforms.values()):
        raise FormulaError('[platforms] 应写成 平台 = "指数/版本"，如 wechat = "wci/14.2"。')
    return entries, platforms


def _no_two_alike(formulas: Iterable[Formula]) -> None:
    seen: set[tuple[str, str]] = set()
    for formula in formulas:
        for version in {_plain(name) for name in (formula.version, *formula.also)}:
            if (formula.id, version) in seen:
                raise FormulaError(f"指数 {formula.id} 的版本“{version}”写了两次，请删去一个。")
            seen.add((formula.id, version))


def _first_reason(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(step) for step in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"{where} {message}".strip()
