"""The 科普号 package: what is in it, that it never changes, and what a person is told."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import UTC, date, datetime
from typing import Any
from zipfile import ZipFile

import docx
import openpyxl
import pytest
from channel_parts import Notebook, Shelf, picture, post_picture
from PIL import Image

from connectors.base import Channel, ErrorClass, Packs, Post
from connectors.channels.kepuchina import KepuChina
from connectors.dossier import Dossier, PictureRights, Reviewer
from connectors.errors import NeedsPerson
from connectors.http import HttpClient

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
BODY = (
    "<h2>出行</h2><p>减速慢行，<strong>保持车距</strong>。</p>"
    '<figure><img src="media:snow" alt=""><figcaption>路面积雪</figcaption></figure>'
    "<blockquote><p>雪天路滑。</p></blockquote><ol><li>看路况</li><li>慢刹车</li></ol>"
    "<table><tr><th>时间</th><th>降雪</th></tr><tr><td>今夜</td><td>大雪</td></tr></table>"
    '<p>第二张：<img src="media:car" alt="慢行的汽车"></p>'
    "<h2>参考文献</h2><p>[1] 中国气象局. 降雪等级[S]. 2012.</p><p>[2] 长白山冬季气候. 长春, 2020.</p>"
)


def channel(**settings: Any) -> KepuChina:
    http = HttpClient(now=lambda: NOW)
    return KepuChina(KepuChina.Settings.model_validate(settings), KepuChina.Credentials(), http, Shelf(), lambda: NOW)


def dossier(**changes: Any) -> Dossier:
    reviewer = Reviewer(step="终审", name="孙终", institution="吉林省科协", on=date(2026, 11, 25))
    rights = tuple(
        PictureRights(key=key, source="省气象局", permission="已授权转载") for key in ("snow", "car", "cover")
    )
    values: dict[str, Any] = {"story": 7, "revision": 2, "content_sha256": "ab" * 32, "account": "科普吉林"}
    values |= {"unit": "吉林省科协", "made_on": date(2026, 11, 26), "keywords": ("暴雪", "出行"), "editors": ("李编",)}
    values |= {"reviewers": (reviewer,), "rights": rights, "planned_at": NOW, "ai_use": "未使用人工智能。"}
    return Dossier.model_validate(values | changes)


def post(**changes: Any) -> Post:
    values: dict[str, Any] = {"marker": "kpmarker01", "title": "暴雪天气出行", "digest": "先看路况。", "html": BODY}
    values |= {
        "link": "http://127.0.0.1/s/7?m=kpmarker01",
        "cover": post_picture("cover", picture("JPEG", (1600, 1200))),
    }
    values |= {"pictures": (post_picture("snow", picture("WEBP", (400, 300))), post_picture("car", picture()))}
    return Post.model_validate(values | {"dossier": dossier()} | changes)


def unpacked(given: Post) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(channel().package(given).content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_same_post_gives_the_same_bytes_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    one = channel().package(post())
    monkeypatch.setenv("TZ", "America/New_York")
    two = channel().package(
        Post.model_validate_json(json.dumps(post().model_dump(mode="json", exclude={"cover", "pictures"}))).model_copy(
            update={"cover": post().cover, "pictures": post().pictures}
        )
    )
    assert one == two
    assert one.name == "kepuchina_s7_r2_20261126.zip"
    other = channel().package(post(title="雪天出行"))
    assert other.content != one.content


def test_every_file_of_the_contract_is_there_and_the_sums_hold() -> None:
    files = unpacked(post())
    assert set(files) == {
        *("00_README.txt", "article.docx", "article.html", "article.txt", "metadata.json", "metadata.xlsx"),
        *("rights.csv", "review.json", "references.txt", "checklist.md", "SHA256SUMS"),
        *("images/01.jpg", "images/02.png", "cover/cover_16x9.jpg", "cover/cover_4x3.jpg", "cover/cover_1x1.jpg"),
    }
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    assert sums.keys() == files.keys() - {"SHA256SUMS"}
    assert all(hashlib.sha256(files[name]).hexdigest() == said for name, said in sums.items())


def test_word_reads_the_document_with_its_styles_and_pictures_in_place() -> None:
    document = docx.Document(io.BytesIO(unpacked(post())["article.docx"]))
    told = [(paragraph.style.name if paragraph.style else "", paragraph.text) for paragraph in document.paragraphs]
    assert told[:3] == [("Title", "暴雪天气出行"), ("Heading 1", "出行"), ("Normal", "减速慢行，保持车距。")]
    assert [run.text for run in document.paragraphs[2].runs if run.bold] == ["保持车距"]
    assert ("Caption", "路面积雪") in told
    assert ("Quote", "雪天路滑。") in told
    assert ("Normal", "2. 慢刹车") in told
    assert ("Normal", "今夜｜大雪") in told
    assert len(document.inline_shapes) == 2
    assert told[3] == ("Normal", ""), "the picture stands before its caption"


def test_the_page_names_pictures_by_relative_path_and_holds_no_script() -> None:
    page = unpacked(post(html=BODY + "<p>一&lt;script&gt;二</p>"))["article.html"].decode()
    assert '<img src="images/01.jpg" alt="路面积雪">' in page
    assert '<img src="images/02.png" alt="慢行的汽车">' in page
    assert "<script" not in page
    assert "media:" not in page


def test_plain_text_says_where_each_picture_goes() -> None:
    text = unpacked(post())["article.txt"].decode()
    assert "〔此处插入图片：images/01.jpg〕" in text
    assert text.startswith("暴雪天气出行\n")


def test_metadata_stands_in_json_and_in_cells() -> None:
    files = unpacked(post())
    told = json.loads(files["metadata.json"])
    assert told["package_id"] == "kpc-7-r2-kpmarker01"
    assert told["content_sha256"] == "ab" * 32
    assert told["references_count"] == 2
    assert told["image_count"] == 2
    assert told["planned_publish_at"] == "2026-11-26T12:00+08:00"
    assert told["science_reviewer"] == {"name": "孙终", "professional_title": "", "institution": "吉林省科协"}
    sheet = openpyxl.load_workbook(io.BytesIO(files["metadata.xlsx"])).active
    assert sheet is not None
    cells = {row[0].value: row[1].value for row in sheet.iter_rows()}
    assert cells["title"] == "暴雪天气出行"
    assert cells["keywords"] == "暴雪；出行"
    assert cells.keys() == told.keys()


def test_rights_reviews_and_references_are_told() -> None:
    files = unpacked(post())
    rows = list(csv.DictReader(io.StringIO(files["rights.csv"].decode("utf-8-sig"))))
    assert [(row["文件"], row["作者或来源"]) for row in rows] == [
        ("images/01.jpg", "省气象局"), ("images/02.png", "省气象局"), ("cover/", "省气象局"),
    ]  # fmt: skip
    assert json.loads(files["review.json"])["reviews"][0]["name"] == "孙终"
    assert files["references.txt"].decode().splitlines() == [
        "[1] 中国气象局. 降雪等级[S]. 2012.",
        "[2] 长白山冬季气候. 长春, 2020.",
    ]


@pytest.mark.parametrize(("name", "size"), [("16x9", (1280, 720)), ("4x3", (1200, 900)), ("1x1", (800, 800))])
def test_covers_have_their_exact_shapes(name: str, size: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(unpacked(post())[f"cover/cover_{name}.jpg"])) as cover:
        assert (cover.format, cover.size) == ("JPEG", size)


def test_a_small_picture_or_one_without_caption_is_a_hint_and_no_refusal() -> None:
    bare = post(html='<p>文</p><img src="media:snow" alt="">')
    told = unpacked(bare)["checklist.md"].decode()
    assert "图片 images/01.jpg 没有图注" in told
    assert "图片 images/01.jpg 的宽度不到 1080 像素" in told
    assert "没有专家审" in told
    assert channel().problems(bare) == []


def test_an_expert_is_the_science_reviewer_whoever_passed_it_last() -> None:
    expert = Reviewer(step="专家审", name="杜专家", title="研究员", institution="省气象台", on=date(2026, 11, 24))
    files = unpacked(post(dossier=dossier(reviewers=(expert, *dossier().reviewers))))
    told = {"name": "杜专家", "professional_title": "研究员", "institution": "省气象台"}
    assert json.loads(files["metadata.json"])["science_reviewer"] == told
    assert "没有专家审" not in files["checklist.md"].decode()


def test_a_story_without_pictures_is_packed_without_a_cover() -> None:
    files = unpacked(post(html="<p>文</p>", cover=None, pictures=()))
    assert not [name for name in files if name.startswith(("cover/", "images/"))]
    assert "封面需要自备" in files["checklist.md"].decode()


def test_it_is_handed_over_to_a_person_and_nothing_is_called() -> None:
    built, journal = channel(), Notebook(lambda: NOW)
    outcome = built.publish(post(), journal)
    assert outcome.state == "pending_user"
    assert outcome.external_ids == {"package_id": "kpc-7-r2-kpmarker01"}
    assert journal.calls == []
    assert isinstance(built, Packs)
    fits: Channel = built
    assert fits.capabilities.mode == "manual"
    assert not fits.capabilities.can_withdraw
    assert built.poll(outcome.external_ids).state == "pending_user"
    assert all(step.endswith("。") for step in built.steps)


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"title": " "}, "没有标题。"),
        ({"html": " "}, "没有正文。"),
        ({"dossier": dossier(reviewers=())}, "资料包里没有审签人。"),
        ({"dossier": dossier(rights=())}, "资料包里有图片没有登记出处。"),
        ({"dossier": None}, "资料包里没有审签人。"),
    ],
)
def test_an_incomplete_package_is_refused_before_anybody_uploads_it(changes: dict[str, Any], cause: str) -> None:
    outcome = channel().publish(post(**changes), Notebook(lambda: NOW))
    assert outcome.state == "failed"
    assert outcome.refusal is not None
    assert (outcome.refusal.kind, outcome.refusal.cause) == (ErrorClass.VALIDATION, cause)


def test_only_a_person_takes_it_down_and_is_told_how() -> None:
    outcome = channel().withdraw({}, Notebook(lambda: NOW))
    assert outcome.state == "pending_user"
    assert outcome.refusal is not None
    assert "科普号后台" in outcome.refusal.remedy


def test_a_file_that_is_no_picture_says_so() -> None:
    with pytest.raises(NeedsPerson, match="图片"):
        channel().package(post(pictures=(post_picture("snow", b"no picture"),)))
