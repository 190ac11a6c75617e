"""CAP messages: what is read, what is forgiven, what is refused and with which words."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.cap import MAX_BYTES, MSG_TYPES, CapError, Reference, parse

INFO = (
    "<info><category>Met</category><event>道路冰雪</event><urgency>Expected</urgency><severity>Severe</severity>"
    "<certainty>Likely</certainty><area><areaDesc>长春市</areaDesc><geocode><valueName>GB/T 2260</valueName>"
    "<value>220100</value></geocode></area></info>"
)
BASE = {
    "identifier": "22000041600000_20261125161000",
    "sender": "22000041600000",
    "sent": "2026-11-25T16:10:00+08:00",
    "status": "Actual",
    "msgType": "Alert",
    "scope": "Public",
}


def alert(extra: str = INFO, version: str = "urn:oasis:names:tc:emergency:cap:1.2", **changes: str | None) -> bytes:
    fields = {name: value for name, value in (BASE | changes).items() if value is not None}
    body = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f'<alert xmlns="{version}">{body}{extra}</alert>'.encode()


def test_a_message_is_read_with_its_times_in_utc() -> None:
    message = parse(alert())
    assert message.sent == datetime(2026, 11, 25, 8, 10, tzinfo=UTC)
    assert message.may_be_published
    (info,) = message.infos
    assert (info.event, info.severity, info.categories) == ("道路冰雪", "Severe", ("Met",))
    assert info.areas[0].geocodes[0].value == "220100"
    assert parse(message.raw_xml.encode()).model_dump(exclude={"raw_xml"}) == message.model_dump(exclude={"raw_xml"})


@pytest.mark.parametrize("version", ["urn:oasis:names:tc:emergency:cap:1.1", "http://www.incident.com/cap/1.0", ""])
def test_older_versions_are_read(version: str) -> None:
    old = INFO.replace("Likely", "Very Likely") if "1.0" in version else INFO
    assert parse(alert(old, version)).infos[0].certainty == "Likely"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-25T08:10:00Z", datetime(2026, 11, 25, 8, 10, tzinfo=UTC)),
        ("2026-11-25T08:10:00-00:00", datetime(2026, 11, 25, 8, 10, tzinfo=UTC)),
        ("2026-11-25T03:10:00.000-05:00", datetime(2026, 11, 25, 8, 10, tzinfo=UTC)),
        ("2026-11-25T16:10:00", datetime(2026, 11, 25, 8, 10, tzinfo=UTC)),
    ],
)
def test_times_are_understood_in_every_spelling(written: str, meant: datetime) -> None:
    assert parse(alert(sent=written)).sent == meant


def test_references_may_be_broken_over_lines() -> None:
    text = "a@b,ID1,2026-11-25T16:10:00+08:00\n\t  a@b, ID2 ,2026-11-25T12:00:00+08:00"
    message = parse(alert(f"<references>{text}</references>", msgType="Update"))
    assert message.references == (
        Reference(sender="a@b", identifier="ID1", sent=datetime(2026, 11, 25, 8, 10, tzinfo=UTC)),
        Reference(sender="a@b", identifier="ID2", sent=datetime(2026, 11, 25, 4, 0, tzinfo=UTC)),
    )


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        (alert(scope=None), "scope"),
        (alert(identifier="有 空格"), "identifier"),
        (alert(sender="a,b"), "sender"),
        (alert(status="Real"), "Real"),
        (alert(sent="昨天"), "sent"),
        (alert(sent="2026-11-25"), "sent"),
        (alert(msgType="Update"), "references"),
        (alert("<references>a@b</references>", msgType="Cancel"), "references"),
        (alert(INFO.replace("Severe", "严重")), "severity"),
        (alert(INFO.replace("<urgency>Expected</urgency>", "<urgency/>")), "urgency"),
        (b"", "XML"),
        (b"<alert", "XML"),
        (b"<html></html>", "alert"),
        (b'<!DOCTYPE alert [<!ENTITY a "b">]><alert/>', "DTD"),
        (b"<a>" * 200 + b"</a>" * 200, "嵌套"),
        (b"<alert>" + b" " * MAX_BYTES + b"</alert>", "MB"),
        (b"<feed>" + alert() * 2 + b"</feed>", "2 条"),
    ],
)
def test_what_could_mislead_is_refused_by_name(xml: bytes, said: str) -> None:
    with pytest.raises(CapError) as caught:
        parse(xml)
    assert said in caught.value.message


@pytest.mark.parametrize(("status", "scope"), [("Test", "Public"), ("Exercise", "Public"), ("Actual", "Restricted")])
def test_only_actual_public_messages_may_be_published(status: str, scope: str) -> None:
    assert not parse(alert(status=status, scope=scope)).may_be_published


@settings(max_examples=150)
@given(st.one_of(st.binary(max_size=200), st.integers(0, len(alert()) - 1).map(lambda cut: alert()[:cut])))
def test_no_input_crashes_it(xml: bytes) -> None:
    with pytest.raises(CapError):
        parse(xml)


@settings(max_examples=100)
@given(st.integers(0, len(alert()) - 1), st.binary(min_size=1, max_size=3))
def test_a_damaged_message_is_read_or_refused(place: int, junk: bytes) -> None:
    xml = alert()
    damaged = xml[:place] + junk + xml[place + len(junk) :]
    with suppress(CapError):
        assert parse(damaged).msg_type in MSG_TYPES


def test_real_messages_of_eight_countries(shared_data: Path) -> None:
    files = [path for path in (shared_data / "emergency" / "cap").rglob("*.*") if path.suffix in (".cap", ".xml")]
    outcomes: dict[str, str] = {}
    for path in files:
        try:
            parse(path.read_bytes())
            outcomes[path.name] = ""
        except CapError as error:
            outcomes[path.name] = error.message
    refused = {name for name, reason in outcomes.items() if reason}
    assert refused == {"invalid.cap", "canada_errors.cap", "noaa_errors.cap", "au-bom-en.rss.xml"}
    assert len(outcomes) > 20
