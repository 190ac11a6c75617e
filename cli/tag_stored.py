"""`kepu tag --stored` and `kepu tag --try`: tagging what was collected, and what changed word lists would do to it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.opening import newsroom, say
from cli.stopping import stops_between
from cli.streams import Record, write_json
from cli.tag import build_tagger
from config.files import changed_lexicon_files
from steps.hot_lists import take_hot_list
from steps.tag import tag_due
from steps.tag_trial import Change, Example, Trial, try_lexicons
from tagging import HotTopic

_THEMES = {
    "emergency": "突发",
    "hot": "热点",
    "local": "本地",
    "audience": "受众",
    "day": "主题日",
    "kind": "形式",
    "level": "级别",
    "action": "动作",
    "phase": "阶段",
}


def tag_stored(ctx: typer.Context, list_key: str, topics: Iterable[HotTopic]) -> Record:
    """Tags everything that is due; returns counts. Stopped by Ctrl-C, what is done stays done and the rest stays due."""
    room = newsroom(ctx)
    taken = take_hot_list(room, list_key, topics, room.now()) if list_key else 0
    done = 0
    with _bar("正在打标签") as show, stops_between() as may_stop:

        def progress(number: int, total: int) -> None:
            nonlocal done
            done = number
            show(number, total)
            may_stop()

        try:
            return {**tag_due(room, room.now(), limit=None, progress=progress), "topics": taken}
        except KeyboardInterrupt as stopped:
            say(f"已停下：{done} 篇的标签已存好，再运行一次会接着打剩下的。")
            raise typer.Exit(1) from stopped


def tell_trial(ctx: typer.Context, folder: Path, *, as_json: bool) -> None:
    """What the changed lists would do, label by label. Raises ConfigError for lists that cannot be used."""
    tried = build_tagger(changed_lexicon_files(folder))
    room = newsroom(ctx)
    trial = Trial(0, 0, [])
    stopped = False
    with _bar("正在试词表") as show, stops_between() as may_stop:
        try:
            for trial in try_lexicons(room, tried, room.now()):
                show(trial.articles, trial.of)
                may_stop()
        except KeyboardInterrupt:
            stopped = True
    _tell(trial, as_json=as_json)
    if stopped:
        say(f"已停下：从最新的试起，试了 {trial.articles} 篇，还有 {trial.of - trial.articles} 篇没有试。")
        raise typer.Exit(1)


def _tell(trial: Trial, *, as_json: bool) -> None:
    if as_json:
        for change in trial.changes:
            write_json(asdict(change))
        return
    sys.stdout.writelines(f"{line}\n" for line in _told(trial))


def _told(trial: Trial) -> Iterator[str]:
    for change in trial.changes:
        yield f"{_label(change)}：{change.gains} 篇得到，{change.losses} 篇失去"
        yield from (f"  ＋ {_example(each)}" for each in change.gained)
        yield from (f"  － {_example(each)}" for each in change.lost)
    yield f"试了 {trial.articles} 篇库存素材，{len(trial.changes)} 个标签有变化；没有写入任何东西。"
    if trial.older:
        yield f"库里还有 {trial.older} 篇的标签出自更早的词表，重新打时可能另有变化。"


def _label(change: Change) -> str:
    named = change.name if change.name == change.key else f"{change.name}（{change.key}）"
    return f"{_THEMES[change.theme]}·{named}"


def _example(example: Example) -> str:
    words = f"：{'、'.join(example.words)}" if example.words else ""
    return f"{example.article_id} 《{example.title[:40]}》{words}"


@contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal, nothing in a pipe."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
