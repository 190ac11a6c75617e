"""Two rounds over the same feeds, by kepu or by `reader`, in a process of its own: `python -m benchmarks.feed_rounds WHO FOLDER`.

Addresses come on standard input; one line of JSON tells seconds (wall and CPU) of both rounds and the peak memory.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

Round = Callable[[], int]
"""Asks every feed once; how many entries are stored then."""


def kepu(folder: Path, urls: list[str]) -> Round:
    from config.settings import Settings
    from content_store import sources
    from content_store.counts import articles_stored
    from content_store.migrate import migrate
    from flows.opening import open_newsroom
    from steps.collect import collect_each
    from steps.newsroom import utcnow

    newsroom = open_newsroom(Settings(home=folder, allow_loopback=True))
    migrate(newsroom.store)
    keys = [f"feed-{number}" for number in range(len(urls))]
    with newsroom.store.session() as session:
        for key, url in zip(keys, urls, strict=True):
            sources.put(session, key, {"kind": "rss", "url": url}, now=utcnow())

    def once() -> int:
        failed = [visit for visit in collect_each(newsroom, utcnow(), keys) if visit.error]
        assert not failed, failed[0]
        with newsroom.store.reading() as session:
            return articles_stored(session)

    return once


def reader(folder: Path, urls: list[str]) -> Round:
    import reader as library

    from steps.collect import AT_ONCE

    opened = library.make_reader(str(folder / "reader.sqlite"))
    for url in urls:
        opened.add_feed(url)

    def once() -> int:
        opened.update_feeds(scheduled=False, workers=AT_ONCE)
        return opened.get_entry_counts().total or 0

    return once


def main() -> None:
    who, folder = sys.argv[1], Path(sys.argv[2])
    once = {"kepu": kepu, "reader": reader}[who](folder, sys.stdin.read().split())
    told: dict[str, object] = {"rounds": []}
    rounds = []
    for _ in range(2):
        wall, cpu = time.perf_counter(), time.process_time()
        entries = once()
        rounds.append({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "entries": entries})
    told = {"rounds": rounds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
