"""Settings and data files: what ships is right, and every mistake is one sentence that says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import entries
from config.addresses import address_trouble
from config.entries import JobEntry, SourceEntry
from config.files import FOLDER, ConfigError, lexicon_files, read_toml
from config.settings import load
from flows.plain import ROUNDS


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KEPU_HOME", "KEPU_PORT", "KEPU_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


def test_a_home_without_settings_uses_sqlite_in_itself(tmp_path: Path) -> None:
    settings = load(tmp_path / "wohnung")
    assert settings.store_url == f"sqlite:///{tmp_path / 'wohnung' / 'kepu.db'}"


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kepu.toml").write_text('port = 9000\nsite_url = "https://kepu.example.cn/"\n')
    assert load(tmp_path).port == 9000
    assert load(tmp_path).public_site == "https://kepu.example.cn"
    monkeypatch.setenv("KEPU_PORT", "9100")
    assert load(tmp_path).port == 9100


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("port = ", "kepu.toml"),
        ('port = "acht"', "port"),
        ("prot = 8800", "prot"),
        ("port = 99999", "port"),
    ],
)
def test_a_mistake_in_the_settings_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "kepu.toml").write_text(text)
    with pytest.raises(ConfigError, match=said):
        load(tmp_path)


def test_a_setting_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "kepu.toml").write_bytes('site_url = "科普"'.encode("gb18030"))
    with pytest.raises(ConfigError, match="UTF-8"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[source]]\nkey = "a"\nkind = "rss"', "第 1 个.*url"),
        ('[source]\nkey = "a"', "双方括号"),
        ('[[source]]\nkey = "a"\nkind = "rss"\nurl = "http://a.cn"\nfarbe = 1', "farbe"),
        ('[[source]]\nkey = "A"\nkind="rss"\nurl="http://a.cn"', "key"),
        ('[[source]]\nkey = "a"\nkind="rss"\nurl="ftp://a.cn/x"', "http://"),
        (
            '[[source]]\nkey = "a"\nkind="rss"\nurl="http://a.cn"\n[[source]]\nkey = "a"\nkind="rss"\nurl="http://b.cn"',
            "两次",
        ),
    ],
)
def test_a_mistake_in_a_source_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=said):
        entries.sources(path)


def test_settings_nested_without_end_are_named(tmp_path: Path) -> None:
    path = tmp_path / "deep.toml"
    path.write_text("x = " + "[" * 20_000)
    with pytest.raises(ConfigError, match=r"deep\.toml.*嵌套"):
        read_toml(path)


def test_the_base_address_is_put_into_entries(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text('[[source]]\nkey = "a"\nkind = "rss"\nurl = "{base}/feed"\nsettings = { page = ["{base}/x"] }')
    [source] = entries.sources(path, "http://127.0.0.1:8802")
    assert isinstance(source, SourceEntry)
    assert source.url == "http://127.0.0.1:8802/feed"
    assert source.settings == {"page": ["http://127.0.0.1:8802/x"]}


@pytest.mark.parametrize(
    "url",
    [
        "not a url",
        "ftp://a.cn/x",
        "file:///etc/hosts",
        "http://",
        "http://[::1",
        "http://[zz]/",
        "http://a..b/",
        "http://127.0.0.1:99999/x",
        "http://a.cn:0/",
        "http://a.cn:x/",
        "http://a.cn/天 池",
    ],
)
def test_an_address_that_nobody_could_ask_is_refused(url: str) -> None:
    assert address_trouble(url)


@pytest.mark.parametrize(
    "url", ["http://a.cn", "https://吉林.中国/天池?x=1", "http://[::1]:80/x", "http://127.0.0.1:8802/"]
)
def test_an_address_that_can_be_asked_is_taken(url: str) -> None:
    assert address_trouble(url) == ""


def test_the_schedule_that_ships_is_right() -> None:
    jobs = entries.schedule(FOLDER / "schedule.toml")
    assert {job.flow for job in jobs} == set(ROUNDS)
    assert all(job.by == "plain" for job in jobs if job.flow in ("publish", "warnings"))


def test_a_job_has_exactly_one_rhythm(tmp_path: Path) -> None:
    path = tmp_path / "schedule.toml"
    path.write_text('[[job]]\nflow = "tag"\n')
    with pytest.raises(ConfigError, match="只要写一个"):
        entries.schedule(path)
    assert JobEntry(flow="tag", every_seconds=5).by == "prefect"


def test_every_toml_file_that_ships_can_be_read() -> None:
    found = list(FOLDER.rglob("*.toml"))
    assert len(found) > 5
    for path in found:
        read_toml(path)


def test_the_lexicons_are_found() -> None:
    names = lexicon_files()
    assert "areas.csv" in names
    assert any(name.startswith("lexicons/") for name in names)
