"""How well and how fast articles are read out of Chinese pages, beside trafilatura, readability-lxml and
GeneralNewsExtractor on the same pages in the same run."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from statistics import mean, median
from typing import Any

from benchmarks.extraction_pages import Page, f1, has_day, pages, same_date, same_people, title_hash
from benchmarks.figures import Figure, PeerMissing, Setting
from config.files import FOLDER, entries
from connectors.extraction import BEIJING, SiteRule, extract

_ARTICLES = ("cwced", "magic_html_article")
_NAMES = {"cwced": "2003–2022 年旧网页", "magic_html_article": "2024 年网页", "magic_html_forum": "论坛与问答"}


@dataclass(frozen=True)
class Answer:
    """What one tool says about one page; "" where it says nothing."""

    text: str = ""
    title: str = ""
    date: str = ""
    author: str = ""


Reader = Callable[[Page], Answer]


def run(setting: Setting) -> Iterator[Figure]:
    """The table. Raises PeerMissing where the pages or a peer are absent."""
    known = list(pages(setting.data))
    if not known:
        raise PeerMissing("没有找到真实网页（data/extraction），请用 --data 指明它们所在的文件夹。")
    readers = _peers()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    try:
        rules = tuple(entries(FOLDER / "extraction_rules.toml", "rule", SiteRule))
        everybody = {"kepu": kepu(rules), **readers}
        answers = {name: [reader(page) for page in known] for name, reader in everybody.items()}
        yield from _texts(known, answers)
        yield from _facts(known, answers)
        yield from _halves(known, answers["kepu"])
        yield from _speed(known, rules)
    finally:
        logging.disable(logging.NOTSET)


# ---------------------------------------------------------------- quality

Answers = dict[str, list[Answer]]


def _texts(known: list[Page], answers: Answers) -> Iterator[Figure]:
    def scores(name: str, sets: tuple[str, ...]) -> list[float]:
        both = zip(known, answers[name], strict=True)
        return [f1(answer.text, page.text) for page, answer in both if page.set in sets and page.text is not None]

    for sets in (_ARTICLES, *((name,) for name in _NAMES)):
        label = _NAMES[sets[0]] if len(sets) == 1 else "全部文章"
        forum = sets == ("magic_html_forum",)
        for what, measure in (("正文 F1 平均", mean), ("正文 F1 中位", median), ("正文 F1 低于 0.5 的比例", _bad)):
            figures = {name: measure(scores(name, sets)) for name in answers}
            ours, peer, theirs = _beside(figures, least=measure is _bad)
            wanted, reached = "", None
            if len(sets) > 1 and measure is mean:
                wanted, reached = "≥ 0.940，且比最好的高 0.03", ours >= 0.94 and ours >= theirs + 0.03
            elif measure is _bad and not forum:
                wanted, reached = "≤ 1/30", ours <= 1 / 30
            yield Figure(f"{label}：{what}", ours, "", peer, theirs, wanted, reached)


def _bad(scores: list[float]) -> float:
    return mean(score < 0.5 for score in scores)


def _beside(figures: dict[str, float], *, least: bool = False) -> tuple[float, str, float]:
    """Our figure, the best peer's name and its figure."""
    theirs = {name: figure for name, figure in figures.items() if name != "kepu"}
    best = (min if least else max)(theirs, key=lambda name: theirs[name])
    return figures["kepu"], best, theirs[best]


def right(page: Page, answer: Answer) -> dict[str, bool]:
    """Which facts of a page are right, of those that are known."""
    found = {}
    if page.title_hash:
        found["标题"] = title_hash(answer.title) == page.title_hash
    if page.date:
        found["时间（与答案同样精确）"] = same_date(answer.date, page.date, to_the_day=False)
    if has_day(page.date):
        found["时间（到日）"] = same_date(answer.date, page.date, to_the_day=True)
    if page.author:
        found["作者"] = same_people(answer.author, page.author)
    return found


_WANTED = {"标题": 0.95, "时间（到日）": 0.95, "时间（与答案同样精确）": 0.85, "作者": 0.80}


def _share(known: list[Page], found: list[Answer], fact: str, sets: tuple[str, ...] = ()) -> float:
    both = [(page, answer) for page, answer in zip(known, found, strict=True) if not sets or page.set in sets]
    results = [known_facts[fact] for page, answer in both if fact in (known_facts := right(page, answer))]
    return mean(results) if results else 0.0


def _facts(known: list[Page], answers: Answers) -> Iterator[Figure]:
    for fact, bar in _WANTED.items():
        for label, sets in (("有人工答案的网页", ()), (_NAMES["cwced"], ("cwced",))):
            ours, peer, theirs = _beside({name: _share(known, found, fact, sets) for name, found in answers.items()})
            yield Figure(f"{fact}正确，{label}", ours, "", peer, theirs, f"≥ {bar:.2f}", ours >= bar)


def _halves(known: list[Page], found: list[Answer]) -> Iterator[Figure]:
    """The pages in two halves at random; both were seen while rules were made, so this says how much chance there is in it."""
    for second, name in ((False, "随机的一半"), (True, "另一半")):
        both = [(p, a) for p, a in zip(known, found, strict=True) if p.second_half is second]
        texts = [f1(a.text, p.text) for p, a in both if p.text is not None and p.set in _ARTICLES]
        yield Figure(f"{name}：正文 F1 平均", mean(texts) if texts else 0.0)
        for fact in _WANTED:
            yield Figure(f"{name}：{fact}正确", _share([p for p, _ in both], [a for _, a in both], fact))


# ---------------------------------------------------------------- speed


def _speed(known: list[Page], rules: tuple[SiteRule, ...]) -> Iterator[Figure]:
    """Pages in a second of processor time, the charset already known; trafilatura without its metadata, which is faster."""
    trafilatura, readability, gne = (import_module(name) for name in ("trafilatura", "readability", "gne"))
    tools: dict[str, Callable[[Page], Any]] = {
        "trafilatura": lambda page: trafilatura.extract(page.html),
        "readability-lxml": lambda page: readability.Document(page.html).summary(),
        "GNE": lambda page: gne.GeneralNewsExtractor().extract(page.html),
    }
    chosen = [page for page in known if page.text is not None]
    ours = _pages_per_second(lambda page: extract(page.html, page.url, rules=rules), chosen)
    for name, tool in tools.items():
        theirs = _pages_per_second(tool, chosen)
        wanted, reached = ("≥ trafilatura", ours >= theirs) if name == "trafilatura" else ("", None)
        yield Figure("速度", ours, "页/秒", name, theirs, wanted, reached)


def _pages_per_second(tool: Callable[[Page], Any], chosen: list[Page]) -> float:
    started = time.process_time()
    for page in chosen:
        try:
            tool(page)
        except Exception:  # a peer may fail on a page; that costs it time and quality, not the run
            continue
    return len(chosen) / (time.process_time() - started)


# ---------------------------------------------------------------- the tools


def kepu(rules: tuple[SiteRule, ...]) -> Reader:
    """With the rules that ship, as the command reads pages."""

    def read(page: Page) -> Answer:
        found = extract(page.body, page.url, rules=rules)
        at = found.published_at and found.published_at.astimezone(BEIJING)
        date = at.strftime("%Y-%m-%d %H:%M:%S" if found.exact else "%Y-%m-%d") if at else ""
        return Answer(found.text, found.title, date, found.author)

    return read


def _peers() -> dict[str, Reader]:
    try:
        trafilatura, readability, gne = (import_module(name) for name in ("trafilatura", "readability", "gne"))
        lxml_html = import_module("lxml.html")
    except ImportError as error:
        raise PeerMissing("没有安装对比用的工具，请先运行 make peers。") from error

    def by_trafilatura(page: Page) -> Answer:
        found = trafilatura.bare_extraction(page.html, url=page.url or None, with_metadata=True)
        return Answer(found.text or "", found.title or "", found.date or "", found.author or "") if found else Answer()

    def by_readability(page: Page) -> Answer:
        document = readability.Document(page.html)
        return Answer(lxml_html.fromstring(document.summary()).text_content(), document.short_title() or "")

    def by_gne(page: Page) -> Answer:
        found = gne.GeneralNewsExtractor().extract(page.html)
        return Answer(found["content"], found["title"], found["publish_time"], found["author"])

    return {
        "trafilatura": _safely(by_trafilatura),
        "readability-lxml": _safely(by_readability),
        "GNE": _safely(by_gne),
    }


def _safely(reader: Reader) -> Reader:
    def read(page: Page) -> Answer:
        try:
            return reader(page)
        except Exception:  # a peer's failure is its answer
            return Answer()

    return read
