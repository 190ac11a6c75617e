"""Adding an interface or a hot list at the desk: fields with explanations, what the answer is made of, faults beside fields."""

from __future__ import annotations

import json
import re

from conftest_desk import Login, World
from loopback import Site
from source_parts import every, saved

from desk.source_fields import FIELDS

TEXT = "长白山天池是松花江的源头，冬天湖面的冰可以厚达一米以上，人可以在冰上行走，科考队每年都来测量冰的厚度。"


def an_interface(outside: Site, path: str = "/api") -> str:
    pieces = [
        {
            "bt": f"天池的第{number}个故事",
            "dz": f"/a/{number}.html",
            "fb": f"2026-11-2{number} 09:00:00",
            "nr": f"<p>{TEXT}</p>",
        }
        for number in range(1, 5)
    ]
    return outside.put(path, json.dumps({"data": {"rows": pieces, "lm": [{"mc": "科普"}]}}))


def value_of(html: str, box: str) -> str:
    found = re.search(rf'name="{box}" value="([^"]*)"', html)
    assert found, box
    return found[1]


def fault_of(html: str, box: str) -> str:
    found = re.search(rf'id="fault-{box}">([^<]*)<', html)
    return found[1] if found else ""


def test_a_pasted_interface_comes_with_its_fields_filled_in_and_shown(as_person: Login, outside: Site) -> None:
    html = as_person("editor").post("/sources/new", data={"url": an_interface(outside)}).text
    assert '<option value="json_api" selected>' in html
    boxes = {box: value_of(html, box) for box in ("json_items", "json_title", "json_link", "json_date", "json_body")}
    assert boxes == {
        "json_items": "data.rows",
        "json_title": "bt",
        "json_link": "dz",
        "json_date": "fb",
        "json_body": "nr",
    }
    assert "这次看到 4 条" in html
    assert "接口里有什么" in html
    assert re.search(r'<td class="mono">bt</td><td>天池的第1个故事</td>', html)
    assert re.search(r'aria-label="其他设置"[^>]*></textarea>', html), "nothing is left that only JSON could say"
    assert outside.times("/api") == 1


def test_fields_are_tried_and_saved_as_settings(world: World, as_person: Login, outside: Site) -> None:
    client, address = as_person("editor"), an_interface(outside)
    form = saved(
        kind="json_api", url=address, json_items="data.rows", json_title="bt", json_link="dz", json_max_pages="3"
    )
    tried = client.post("/sources/new/preview", data=form).text
    assert "这次看到 4 条" in tried
    assert "接口里有什么" in tried
    client.post("/sources", data=form)
    row = next(row for row in every(world) if row.url == address)
    assert row.settings == {"items": "data.rows", "title": "bt", "link": "dz", "max_pages": 3}
    html = client.get(f"/sources/{row.key}/edit").text
    assert value_of(html, "json_link") == "dz"
    assert value_of(html, "json_max_pages") == "3"
    assert "data.rows" in client.get(f"/sources/{row.key}").text


def test_a_wrong_list_still_shows_what_there_is(as_person: Login, outside: Site) -> None:
    form = saved(kind="json_api", url=an_interface(outside), json_items="data.nothing", json_title="bt")
    html = as_person("editor").post("/sources/new/preview", data=form).text
    assert "不是列表" in html
    assert "data.rows" in html
    assert "天池的第1个故事" in html


def test_what_is_wrong_stands_beside_its_field_and_everything_typed_stays(
    world: World, as_person: Login, outside: Site
) -> None:
    client, before = as_person("editor"), len(every(world))
    form = saved(
        kind="json_api",
        url=an_interface(outside),
        name="  ",
        json_items="data..rows",
        json_title="bt",
        json_max_pages="99",
        json_page_step="很多",
        json_url_template="/detail/{id}",
        settings='{"max_opened": 7}',
    )
    answer = client.post("/sources", data=form)
    assert answer.status_code == 409
    html = answer.text
    assert "名称" in fault_of(html, "name")
    assert "路径写错了" in fault_of(html, "json_items")
    assert "最大是 50" in fault_of(html, "json_max_pages")
    assert "整数" in fault_of(html, "json_page_step")
    assert "url_template" not in fault_of(html, "json_url_template")
    assert fault_of(html, "json_url_template")
    assert fault_of(html, "json_title") == ""
    assert (value_of(html, "json_items"), value_of(html, "json_title")) == ("data..rows", "bt")
    assert (value_of(html, "json_max_pages"), value_of(html, "json_page_step")) == ("99", "很多")
    assert "max_opened&#34;: 7" in html
    assert len(every(world)) == before
    assert "路径写错了" in client.post("/sources/new/preview", data=form | {"name": "x"}).text
    assert fault_of(client.post("/sources", data=form | {"url": "ftp://a"}).text, "url")


def test_recognising_once_more_keeps_what_was_typed_about_the_source(as_person: Login, outside: Site) -> None:
    form = saved(url=an_interface(outside), page=an_interface(outside), name="我起的名字", reprint="own", rhythm="240")
    html = as_person("editor").post("/sources/new", data=form | {"as": "json_api", "json_title": "nonsense"}).text
    assert value_of(html, "name") == "我起的名字"
    assert value_of(html, "json_title") == "bt"
    assert '<option value="own" selected>' in html
    assert '<option value="240" selected>' in html


def test_the_routes_of_a_hot_list_are_typed_one_a_line(world: World, as_person: Login, outside: Site) -> None:
    client = as_person("editor")
    topics = [{"title": f"话题{number}", "url": "https://hot.example/"} for number in range(3)]
    address = outside.put("/hot", json.dumps({"status": "success", "updatedTime": 1764129600000, "items": topics}))
    html = client.post("/sources/new", data={"url": address}).text
    assert '<option value="hotlist" selected>' in html
    assert "每行一个" in html
    other = outside.put("/other", json.dumps({"name": "x", "data": topics, "title": "x", "total": 3}))
    form = saved(
        kind="hotlist", url=f"{outside.base}/gone", hot_routes=f" {address}\r\n\r\n{other} ", hot_max_topics="2"
    )
    assert "这次看到 2 个话题" in client.post("/sources/new/preview", data=form).text
    client.post("/sources", data=form)
    row = next(row for row in every(world) if row.kind == "hotlist")
    assert row.settings == {"routes": [address, other], "max_topics": 2}
    assert f">{address}\n{other}</textarea>" in client.get(f"/sources/{row.key}/edit").text
    shown = client.get(f"/sources/{row.key}").text
    assert f"{address}<br>{other}" in shown
    many = client.post("/sources", data=form | {"hot_routes": "\n".join(f"http://a.example/{n}" for n in range(11))})
    assert "最多 10 个" in fault_of(many.text, "hot_routes")


def test_every_box_has_a_name_of_its_own() -> None:
    for one, others in FIELDS.items():
        mine = {each.box for each in others}
        assert len(mine) == len(others), one
        for other, boxes in FIELDS.items():
            if other != one:
                assert mine & {each.box for each in boxes} <= {"full_text"}, (one, other)
