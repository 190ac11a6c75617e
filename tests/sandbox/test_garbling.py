"""What a stand-in answers when it answers wrongly: each way differs from the platform's own words, and only as it says."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from sandbox.faults import Rule
from sandbox.garbling import WAYS, garbled

SAID = {
    "errcode": 0,
    "errmsg": "ok",
    "publish_id": "100000001",
    "item": [{"article_id": "A-1", "title": "冰面能站人吗", "is_deleted": False, "idx": 1}],
}
WHOLE = json.dumps(SAID, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("list", [SAID]),
        ("nothing_named", {"errcode": 0, "item": [{"is_deleted": False, "idx": 1}]}),
        (
            "numbers",
            {
                "errcode": 0,
                "errmsg": 7,
                "publish_id": 7,
                "item": [{"article_id": 7, "title": 7, "is_deleted": False, "idx": 1}],
            },
        ),
        (
            "texts",
            SAID
            | {
                "errcode": "0",
                "item": [{"article_id": "A-1", "title": "冰面能站人吗", "is_deleted": False, "idx": "1"}],
            },
        ),
    ],
)
def test_an_answer_of_another_shape_is_json_all_the_same(how: str, expected: object) -> None:
    kind, body = garbled(how, WHOLE)
    assert (kind, json.loads(body)) == (b"application/json", expected)


def test_an_answer_may_be_half_of_it_or_nothing_or_a_page() -> None:
    assert garbled("half", WHOLE)[1] == WHOLE[: len(WHOLE) // 2]
    assert garbled("empty", WHOLE)[1] == b""
    assert garbled("page", WHOLE)[0] == b"text/html"


@pytest.mark.parametrize("how", sorted(set(WAYS) - {"half", "empty", "page"}))
def test_what_is_no_json_goes_out_as_it_is(how: str) -> None:
    assert garbled(how, b"\x89PNG") == (b"application/json", b"\x89PNG")


def test_a_script_that_names_no_way_of_answering_wrongly_is_refused() -> None:
    assert Rule.model_validate({"kind": "wrong_json", "value": "texts"}).value == "texts"
    with pytest.raises(ValidationError):
        Rule.model_validate({"kind": "wrong_json", "value": "nonsense"})
