"""The package of a hand-over, and the platforms' codes, by commands alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zipfile import ZipFile

from kepu_command import Command
from test_publishing_commands import queued

from config.settings import load
from connectors.dossier import Dossier, Reviewer
from connectors.registry import CHANNELS
from content_store.tables import Delivery, Post
from flows.opening import open_newsroom


def handed_over(kepu: Command) -> int:
    assert kepu("account", "add", "kpc", "--platform", "kepuchina", "--mode", "manual")[0] == 0
    assert kepu.json("account", "check", "kpc")["ok"]
    delivery = queued(kepu.home, "kpc")
    reviewer = Reviewer(step="终审", name="孙终", on=date(2026, 11, 25))
    values = {"story": 1, "revision": 1, "content_sha256": "a" * 64, "account": "kpc", "made_on": date(2026, 11, 26)}
    told = Dossier.model_validate(values | {"reviewers": (reviewer,)})
    with open_newsroom(load(kepu.home)).store.session() as session:
        post = session.get_one(Post, session.get_one(Delivery, delivery).post_id)
        post.form = {**post.form, "dossier": told.model_dump(mode="json")}
    assert kepu.json("publish", "--once")["handed_over"] == 1
    return delivery


def test_a_package_is_written_to_a_file_the_same_each_time(kepu: Command, tmp_path: Path) -> None:
    delivery, file = handed_over(kepu), tmp_path / "one.zip"
    assert kepu("deliveries", "--package", str(delivery), "-o", str(file))[0] == 0
    assert kepu("deliveries", "--package", str(delivery), "-o", str(tmp_path))[0] == 0
    (named,) = tmp_path.glob("kepuchina_*.zip")
    assert named.read_bytes() == file.read_bytes()
    with ZipFile(file) as archive:
        assert "article.docx" in archive.namelist()


def test_what_cannot_be_packed_is_one_sentence(kepu: Command, tmp_path: Path) -> None:
    for words, said in (
        (["--package", "7", "-o", "x.zip"], "已不存在"),
        (["--package", "7"], "请用 -o"),
    ):
        code, out, err = kepu("deliveries", *words)
        assert (code, out) == (1, "")
        assert said in err
    delivery = handed_over(kepu)
    code, _, err = kepu("deliveries", "--package", str(delivery), "-o", str(tmp_path / "no" / "x.zip"))
    assert code == 1
    assert "写不进" in err


def test_the_codes_of_all_platforms_are_listed_with_class_cause_and_remedy(kepu: Command) -> None:
    told = kepu.json("account", "codes")
    assert {row["platform"] for row in told["codes"]} == CHANNELS.keys() - {"kepuchina"}
    assert all(row["kind"] and row["cause"] and row["remedy"] for row in told["codes"])
    assert told["unlisted"] == []
    only = kepu.json("account", "codes", "toutiao")["codes"]
    assert {row["platform"] for row in only} == {"toutiao"}
    code, _, err = kepu("account", "codes", "x")
    assert code == 1
    assert "没有名为“x”的平台" in err
