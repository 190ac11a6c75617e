"""`kepu bench tag`: what full tagging costs beside `jieba.analyse.extract_tags` alone, on the same texts in the same run.

Processor time of one core. The two take turns three times, and of each the best turn counts.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import Figure, PeerMissing, Setting
from benchmarks.tagging_texts import real_texts
from config.files import lexicon_files
from content_store import sources
from content_store.database import Store
from content_store.media import MediaFolder
from content_store.migrate import migrate
from content_store.tables import Article
from content_store.vault import Vault, key_from
from steps.newsroom import Newsroom
from steps.tag import tag_due
from tagging import TaggedText, Tagger, load_lexicons
from tagging.cutting import JiebaCutter

TIMES = 10.0
SAME = 0.99
LOADED_IN = 1.0
MEMORY = 250.0
STORED = 4_000
WHOLE = 100_000
"""So many stored articles are reckoned with; fewer are tagged, and the time is multiplied."""
_TURNS = 3
_CLASSES = {"标题": 0, "短文": 40, "长文": 400, "文章": 2000}
"""Name → from how many characters on."""
_SETS = {"weibo21": 1, "cec": 1, "dxy_news": 1, "articles": 1, "warnings": 1, "titles": 9}
"""Set → every how many texts of it: without that the titles would be two thirds of all."""
_CHILD = """
import json, re, time
from pathlib import Path
# not getrusage: its highest mark is inherited from the process that started this one
def top(): return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
bare, began = top(), time.process_time()
from config.files import lexicon_files
from tagging import Tagger, load_lexicons
tagger = Tagger(load_lexicons(lexicon_files()))
print(json.dumps([time.process_time() - began, top() - bare]))
"""


def run(setting: Setting) -> Iterator[Figure]:
    """The table. Raises PeerMissing where the texts are absent."""
    texts = list(_texts(setting.data))
    if not texts:
        raise PeerMissing("没有找到真实文本（data/emergency、data/local……），请用 --data 指明它们所在的文件夹。")
    lexicon = load_lexicons(lexicon_files())
    tagger = Tagger(lexicon)
    extract = _extract_tags()
    for name, own in (("完整打标签", texts), *_by_length(texts)):
        if own:
            yield _speed(name, own, tagger, extract)
    yield _alone(texts, tagger)
    yield _keywords(texts, tagger, Tagger(lexicon, JiebaCutter()))
    yield from _loading()
    yield from _stored(texts, setting.seed)


def _texts(data: Path) -> Iterator[TaggedText]:
    if (data / "emergency").is_dir():
        for name, every in _SETS.items():
            yield from list(real_texts(data, name))[::every]
        for path in sorted((data / "extraction/cwced/cleaned").glob("*.txt")):
            title, _, text = path.read_text(encoding="utf-8").strip().partition("\n")
            yield TaggedText(path.stem, title, text)


def _extract_tags() -> Callable[[str], object]:
    import jieba
    import jieba.analyse

    jieba.setLogLevel(60)
    jieba.initialize()
    jieba.analyse.extract_tags("词典和词频表要先读好")
    extract: Callable[[str], object] = jieba.analyse.extract_tags
    return extract


def _by_length(texts: list[TaggedText]) -> Iterator[tuple[str, list[TaggedText]]]:
    edges = [*_CLASSES.values(), 10**9]
    for name, low, high in zip(_CLASSES, edges, edges[1:], strict=False):
        yield name, [text for text in texts if low <= len(text.title) + len(text.text) < high]


def _speed(name: str, texts: list[TaggedText], tagger: Tagger, extract: Callable[[str], object]) -> Figure:
    plain = [f"{text.title}\n{text.text}" for text in texts]
    characters = sum(map(len, plain))
    turns = [(_seconds(lambda: tagger.tag_all(texts)), _seconds(lambda: map(extract, plain))) for _ in range(_TURNS)]
    ours, theirs = (characters / min(column) for column in zip(*turns, strict=True))
    return Figure(
        what=f"{name}（{len(texts)} 篇，平均 {characters // len(texts)} 字）",
        ours=ours,
        unit="字/秒",
        peer="extract_tags",
        theirs=theirs,
        wanted=f"{TIMES:g} 倍" if name == "完整打标签" else "",
        reached=ours >= TIMES * theirs if name == "完整打标签" else None,
    )


def _alone(texts: list[TaggedText], tagger: Tagger) -> Figure:
    """Asked text by text, as the desk does; everything else tags many texts at once."""
    seconds = min(_seconds(lambda: map(tagger.tag, texts)) for _ in range(_TURNS))
    return Figure("一篇一篇地问", seconds / len(texts) * 1e6, "微秒/篇")


def _seconds(work: Callable[[], Iterable[object]]) -> float:
    began = time.process_time()
    for _ in work():
        pass
    return time.process_time() - began


def _keywords(texts: list[TaggedText], ours: Tagger, reference: Tagger) -> Figure:
    pairs = zip(ours.tag_all(texts), reference.tag_all(texts), strict=True)
    same = sum(own.keywords == other.keywords for own, other in pairs) / len(texts)
    return Figure(what="关键词与用 jieba 切词时一样的文本", ours=same, wanted=f"≥ {SAME}", reached=same >= SAME)


def _loading() -> Iterator[Figure]:
    """In processes of their own, so that nothing is loaded already; what bare Python takes is left out.

    Compiled code is kept from the first to the others, as it is wherever kepu runs a second time.
    """
    command = [sys.executable, "-c", _CHILD]
    with tempfile.TemporaryDirectory(prefix="kepu-bench-") as folder:
        around = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        around["PYTHONPYCACHEPREFIX"] = folder
        runs = [subprocess.run(command, env=around, check=True, capture_output=True) for _ in range(_TURNS + 1)]
    found = [json.loads(run.stdout) for run in runs]
    seconds, memory = min(each[0] for each in found), max(each[1] for each in found)
    yield Figure("载入全部词表", seconds, "秒", wanted=f"< {LOADED_IN:g}", reached=seconds < LOADED_IN)
    yield Figure("内存，除去 Python 本身", memory, "MB", wanted=f"< {MEMORY:g}", reached=memory < MEMORY)


def _stored(texts: list[TaggedText], seed: int) -> Iterator[Figure]:
    """Tagging articles in a store, SQLite in a file, reading and writing included."""
    now = datetime.now(UTC)
    chosen = random.Random(seed).sample([text for text in texts if text.text], STORED)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        store = Store(f"sqlite:///{home / 'kepu.db'}")
        migrate(store)
        with store.session() as session:
            source = sources.put(session, "s", {"kind": "rss", "name": "源", "url": "http://127.0.0.1/"}, now=now)
            assert source.id is not None
            session.add_all(_article(text, number, source.id, now) for number, text in enumerate(chosen))
        vault = Vault(key_from(home / "secret.key"))
        room = Newsroom(store, MediaFolder(home / "media"), vault, lexicon_files(), "http://127.0.0.1")
        room.tagger.tag(chosen[0])  # loaded before the clock starts
        began = time.monotonic()
        tag_due(room, now, limit=None)
        seconds = time.monotonic() - began
        store.close()
    yield Figure(f"给库存素材打标签（{len(chosen)} 篇）", len(chosen) / seconds, "篇/秒")
    yield Figure(f"照此给 {WHOLE} 篇重打（推算）", WHOLE / len(chosen) * seconds / 60, "分钟")


def _article(text: TaggedText, number: int, source_id: int, now: datetime) -> Article:
    return Article(
        source_id=source_id,
        external_id=str(number),
        title=text.title or text.text[:30],
        text=text.text,
        content_hash="h",
        collected_at=now,
    )
