"""kepu user, as an administrator would use it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from kepu_command import Command

from cli.user import first_administrator
from content_store import people
from desk.passwords import fits
from flows.opening import open_home

Kepu = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def kepu(kepu: Command) -> Kepu:
    """`kepu user …`"""
    return partial(kepu, "user")


def known(home: Path, name: str) -> people.User:
    with open_home(home).store.reading() as session:
        user = people.by_name(session, name)
    assert user is not None
    return user


def test_a_person_is_added_with_a_one_time_password_that_works(kepu: Kepu, home: Path) -> None:
    code, out, _ = kepu("add", "li", "--roles", "editor，reviewer1", "--display", "李编")
    assert code == 0
    user = known(home, "li")
    assert user.roles == ["editor", "reviewer1"]
    assert user.must_change_password
    password = out.partition("：")[2].partition("（")[0]
    assert fits(user.password_hash, password)


def test_adding_twice_or_an_unknown_role_is_refused_in_a_sentence(kepu: Kepu) -> None:
    kepu("add", "li", "--roles", "editor")
    code, _, said = kepu("add", "li", "--roles", "editor")
    assert (code, "已有人使用" in said) == (1, True)
    code, _, said = kepu("add", "wang", "--roles", "boss")
    assert (code, "没有权限 boss" in said) == (1, True)
    code, _, said = kepu("unlock", "nobody")
    assert (code, "没有用户 nobody" in said) == (1, True)


def test_a_password_from_stdin_must_be_strong_and_is_never_printed(kepu: Kepu, home: Path) -> None:
    kepu("add", "li", "--roles", "editor")
    code, _, said = kepu("password", "li", "--password-stdin", stdin="short\n")
    assert (code, "至少" in said) == (1, True)
    code, out, said = kepu("password", "li", "--password-stdin", stdin="songhuajiang-7788\n")
    assert code == 0
    assert "songhuajiang" not in out + said
    assert fits(known(home, "li").password_hash, "songhuajiang-7788")
    assert not known(home, "li").must_change_password


def test_nobody_is_listed_as_an_empty_list(kepu: Kepu) -> None:
    assert json.loads(kepu("list", "--json")[1]) == []


def test_roles_and_leave_are_changed_and_listed(kepu: Kepu) -> None:
    kepu("add", "li", "--roles", "editor")
    kepu("roles", "li", "--roles", "duty")
    kepu("disable", "li")
    _, out, _ = kepu("list", "--json")
    assert json.loads(out) == [{"name": "li", "display_name": "li", "roles": ["duty"], "active": False}]
    kepu("enable", "li")
    assert "应急值班" in kepu("list")[1]


def test_the_first_administrator_gets_new_passwords_until_he_has_logged_in(kepu: Kepu, home: Path) -> None:
    kepu("list")
    opened = open_home(home)
    lost, password = first_administrator(opened), first_administrator(opened)
    assert password
    assert fits(known(home, "admin").password_hash, password)
    assert not fits(known(home, "admin").password_hash, lost or "")
    with opened.store.session() as session:
        people.note_login(session, "admin", opened.now())
    assert first_administrator(opened) is None
