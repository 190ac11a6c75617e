"""Two rounds over the sources that come on standard input, in a process of their own: `python -m benchmarks.round_visits DATA FOLDER`.

One line of JSON per visit ({"round", "key", "of", "new", …, "error", "remark"}), and one per round with seconds, CPU and
memory. Nobody but this machine is asked: what real files link to is not there.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import sys
import time
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from benchmarks.round_sources import word_texts
from config.settings import Settings
from content_store import sources
from content_store.migrate import migrate
from flows.opening import open_newsroom
from steps.collect import collect_each
from steps.newsroom import Newsroom, utcnow

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def only_this_machine() -> None:
    """From here on no other machine is found by this process."""
    found = socket.getaddrinfo

    def asked(host: Any, *arguments: Any, **options: Any) -> Any:
        if str(host).startswith("127.") or host == "localhost":
            return found(host, *arguments, **options)
        raise socket.gaierror(socket.EAI_NONAME, "not on this machine")

    socket.getaddrinfo = asked


def drop(data: Path, folder: Path) -> dict[str, Any]:
    """Writes the texts as Word files, with one of the old format and one that is cut; the source that reads them."""
    changed = time.time() - 3600
    for sent in word_texts(data):
        path = folder / sent.name
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, sent.title, sent.text)
        _settled(path, changed)
    whole = next(folder.rglob("*.docx")).read_bytes()
    for name, body in (("旧格式.doc", b"\xd0\xcf\x11\xe0" * 200), ("断了的.docx", whole[: len(whole) // 2])):
        (folder / name).write_bytes(body)
        _settled(folder / name, changed)
    url = folder.as_uri()
    return {
        "of": "（Word 投稿：emergency/cec）",
        "key": "word",
        "kind": "word",
        "url": url,
        "settings": {"max_files": 500},
    }


def _settled(path: Path, at: float) -> None:
    os.utime(path, (at, at))


def _write(path: Path, title: str, text: str) -> None:
    lines = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in text.splitlines())
    head = f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>{escape(title)}</w:t></w:r></w:p>'
    document = f'<?xml version="1.0"?><w:document xmlns:w="{_WORD}"><w:body>{head}{lines}</w:body></w:document>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", _TYPES)
        packed.writestr("_rels/.rels", _RELATIONS)
        packed.writestr("word/document.xml", document)


def round_of(newsroom: Newsroom, number: int, told: dict[str, dict[str, Any]]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    visits = list(collect_each(newsroom, utcnow(), list(told)))
    spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    with newsroom.store.reading() as session:
        remarks = {row.key: row.last_error for row in sources.listed(session)}
    for visit in visits:
        _say(
            {"round": number, "key": visit.key, "of": told[visit.key]["of"], "error": visit.error}
            | {"remark": "" if visit.error else remarks[visit.key]}
            | visit.counts
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say({"round": number, "sources": len(told), "peak_mb": peak} | spent)


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


def main() -> None:
    data, folder = Path(sys.argv[1]), Path(sys.argv[2])
    only_this_machine()
    newsroom = open_newsroom(Settings(home=folder / "home", allow_loopback=True))
    migrate(newsroom.store)
    rows = [json.loads(line) for line in sys.stdin.read().splitlines()]
    rows.append(drop(data, folder / "word"))
    with newsroom.store.session() as session:
        for row in rows:
            sources.put(session, row["key"], {name: row[name] for name in ("kind", "url", "settings")}, now=utcnow())
    told = {row["key"]: row for row in rows}
    for number in (1, 2):
        round_of(newsroom, number, told)


if __name__ == "__main__":
    main()
