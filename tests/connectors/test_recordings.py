"""Every recording in tests/recordings, parsed and compared with what was understood when it was looked at by a person.

`python tests/connectors/test_recordings.py` writes the expected.json of new recordings; read it before committing it.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors import registry
from connectors.base import RawPage
from connectors.errors import ConnectorError
from connectors.http import HttpClient

FOLDER = Path(__file__).parent.parent / "recordings"
CASES = sorted(path.parent for path in FOLDER.glob("*/*/answer.json"))
AT = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def page_of(case: Path, answer: dict[str, Any]) -> RawPage:
    parts = [page_of(case, part | {"link": part["url"]}) for part in answer.get("parts", [])]
    return RawPage(
        url=answer["url"],
        status=200,
        body=(case / answer["body"]).read_bytes(),
        headers=answer.get("headers", {}),
        fetched_at=AT,
        cursor={"link": answer["link"]} if "link" in answer else {},
        parts=tuple(parts),
    )


def understood(case: Path) -> dict[str, Any]:
    answer = json.loads((case / "answer.json").read_text("utf-8"))
    kind = registry.source_class(case.parent.name)
    settings = kind.Settings.model_validate({"url": answer["url"]} | answer["settings"])
    try:
        parsed = kind(settings, HttpClient(now=lambda: AT)).parse(page_of(case, answer))
    except ConnectorError as error:
        return {"error": error.message}
    read: dict[str, Any] = parsed.model_dump(mode="json")
    return read


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_recording_is_understood_as_before(case: Path) -> None:
    assert understood(case) == json.loads((case / "expected.json").read_text("utf-8"))


def test_every_kind_of_source_has_recordings_of_success_and_of_failure() -> None:
    for kind in registry.SOURCES:
        found = [understood(case) for case in CASES if case.parent.name == kind]
        # a folder has no page that could be of another shape: what fails there is one file
        assert {"error" in each or bool(each["bad"]) for each in found} == {True, False}, kind


if __name__ == "__main__":
    for folder in CASES:
        if not (folder / "expected.json").exists() or "--all" in sys.argv:
            text = json.dumps(understood(folder), ensure_ascii=False, indent=2)
            (folder / "expected.json").write_text(text + "\n", "utf-8")
