"""What users read: full-width punctuation in every Chinese sentence, on pages, in the command line, in messages."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
HALF_WIDTH = re.compile(
    r"[\u4e00-\u9fff”》）][,;:!?](?=[\u4e00-\u9fff“《{])"  # 管理员,请  ”:{error}
    r"|[\u4e00-\u9fff]\((?=[\u4e00-\u9fff])"  # 科普包(新)
    r"|(?<=[\u4e00-\u9fff\s}])\([\u4e00-\u9fff][^()\"'\n]*\{[{%]"  # (截至 {{ … }})
    r"|\}\}[?!](?=[\"<])"  # 停用 {{ name }}?
)
# patterns that read other people's texts, where either width occurs
READERS = {"hazards.py", "places.py", "kinds.py"}


def user_texts() -> list[Path]:
    folders = (
        "cli",
        "desk/pages",
        "desk/templates",
        "steps",
        "flows",
        "config",
        "connectors/channels",
        "content_store",
    )
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".html"}]
    return [*found, *(ROOT / "desk").glob("*.py"), ROOT / "desk/static/desk.css"]


def test_chinese_sentences_have_full_width_punctuation() -> None:
    texts = [path for path in user_texts() if path.name not in READERS]
    assert len(texts) > 150
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in texts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if HALF_WIDTH.search(line)
    ]
    assert wrong == []


def test_the_name_of_a_folded_cell_is_followed_by_a_full_width_colon() -> None:
    assert 'attr(data-name) "："' in (ROOT / "desk/static/desk.css").read_text(encoding="utf-8")
