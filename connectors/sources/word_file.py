"""One Word file (.docx) as an article: title, by-lines, body with headings, tables, lists and captions, pictures.

Mammoth reads the file; before it does, whatever could do harm is refused: archives that unpack into too much, DTDs and
entities, more elements than an article has.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

import mammoth
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from lxml import html as lxml_html
from mammoth.docx.files import InvalidFileReferenceError

from connectors.base import PictureRef
from connectors.extraction import language_of
from connectors.extraction.blocks import Element, cut_out, text_of, visible_text
from connectors.extraction.dates import parse_date
from connectors.extraction.names import author_in, source_in
from connectors.sources.entries import content_of

MAX_UNPACKED = 150 * 1024 * 1024
MAX_XML = 12 * 1024 * 1024
MAX_PARTS = 3000
MAX_ELEMENTS = 300_000
MAX_DEPTH = 200
_PLACE = "https://picture.invalid/"
"""Stands before a picture's SHA-256 while the HTML is made clean; .invalid is nobody's (RFC 2606)."""
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='标题'] => h1:fresh
p[style-name='Subtitle'] => p.centred:fresh
p[style-name='caption'] => p.caption:fresh
p[style-name='Caption'] => p.caption:fresh
p[style-name='题注'] => p.caption:fresh
p[style-name='kepu centred'] => p.centred:fresh
u => u
"""
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LONGEST_TITLE, _LONGEST_BYLINE, _LONGEST_CAPTION = 80, 60, 100
_BYLINE = re.compile(
    r"^[\s（(【\[]*(?:作\s*者|撰\s*文|撰\s*稿|供\s*稿|来\s*源|稿\s*源|单\s*位|报\s*送\s*单\s*位|日\s*期|时\s*间|文\s*[/／|｜]|图文\s*[/／|｜:：])"
)
_SENDER = re.compile(r"(?:供\s*稿(?:\s*单\s*位)?|报\s*送\s*单\s*位|单\s*位)\s*[:：]\s*([^\s（()）:：]{2,40})")
_ONLY_DATE = re.compile(
    r"^[\s（(]*(?:日期|时间|供稿时间)?\s*[:：]?\s*[\d二〇○零一三四五六七八九十]{2,4}\s*[年./\-][\d一二三四五六七八九十年月日./\-\s]{3,12}[日）)]?\s*$"
)
_SENTENCE_END = re.compile(r"[。！？；!?;]$")
_CAPTION = re.compile(r"^\s*(?:[▲△↑◆]|图\s*\d*\s*[:：.、为是]|（?图(?:片|源)|摄影|供图)")
_NUMBERED_NAME = re.compile(r"^(?:附件)?\s*\d{0,3}\s*[.、．_\-\s]\s*|^附件\d{0,3}[:：]?\s*")
_COPY = re.compile(r"\s*(?:[-－]\s*副本|[（(](?:\d|终稿|定稿|修改稿?|最终版?|副本)[）)])+\s*$")
_NEW_LINE = re.compile(r"<br ?/?>(?=(?:\s*<(?:strong|em)>)?[\s\u3000\xa0]{2,}\S)")


class WordError(Exception):
    """A file that is no article; the message is one Chinese sentence with what to do."""


@dataclass(frozen=True)
class WordPiece:
    title: str
    author: str
    source_name: str
    published_at: datetime | None
    text: str
    html: str
    pictures: tuple[PictureRef, ...]
    language: str


def read_word(content: bytes, name: str) -> WordPiece:
    """The article in a .docx. `name`: of the file, the title where the text has none. Raises WordError."""
    _refuse_harm(content)
    pictures: dict[str, bytes] = {}
    body = lxml_html.fromstring(f"<div>{_NEW_LINE.sub('</p><p>', _converted(content, pictures))}</div>")
    _drop_empty(body)
    title = _take_title(body) or _name_as_title(name)
    lines, moment = _take_bylines(body)
    _place_captions(body)
    text, html, found = content_of(lxml_html.tostring(body, encoding="unicode"), _PLACE)
    if not text and not found:
        raise WordError("这份 Word 文件里没有文字和图片，请检查是不是放错了文件。")
    sender = next((match[1] for line in lines if (match := _SENDER.search(line))), "")
    return WordPiece(
        title=title,
        author=author_in(lines),
        source_name=source_in(lines) or sender,
        published_at=moment,
        text=text,
        html=re.sub(rf'src="{re.escape(_PLACE)}([0-9a-f]{{64}})"', r'src="media:\1"', html),
        pictures=tuple(_with_bytes(picture, pictures) for picture in found if _key(picture) in pictures),
        language=language_of(title + text),
    )


# ---------------------------------------------------------------- what is refused


def _refuse_harm(content: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_size(parts)
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    _check_xml(archive.read(part))
    except WordError:
        raise
    except Exception as error:
        # a broken archive ends in one of many errors, according to what is broken and which decompressor meets it
        raise WordError("这个文件不完整或已损坏，请在 Word 里打开后另存为 .docx。") from error


def _check_size(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & 1 for part in parts):
        raise WordError("这个文件加了密码，请另存为不加密的 .docx。")
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise WordError("这个文件解压后过大，可能有害，已拒收；如确是稿件，请压缩图片后另存为 .docx。")
    if any(part.file_size > MAX_XML and part.filename.lower().endswith((".xml", ".rels")) for part in parts):
        raise WordError("这个文件的文字部分过大，不像是一篇稿件，已拒收，请拆成几篇。")
    if not any(part.filename.lower() == "word/document.xml" for part in parts):
        raise WordError("这不是 Word 文档（可能是压缩包或表格），请放入 .docx 文件。")


def _check_xml(xml: bytes) -> None:
    depth = count = 0
    try:
        for event, element in iterparse(BytesIO(xml), events=("start", "end"), forbid_dtd=True):
            if event == "end":
                depth -= 1
                element.clear()
                continue
            depth, count = depth + 1, count + 1
            if depth > MAX_DEPTH or count > MAX_ELEMENTS:
                raise WordError("这个文件的结构过于复杂，可能有害，已拒收，请把文字粘贴到新文档后另存为 .docx。")
    except DefusedXmlException as error:
        raise WordError("这个文件带有实体声明，可能有害，已拒收，请把文字粘贴到新文档后另存为 .docx。") from error
    except ParseError as error:
        raise WordError("这个文件的内容已损坏，请在 Word 里打开后另存为 .docx。") from error


# ---------------------------------------------------------------- mammoth


def _converted(content: bytes, pictures: dict[str, bytes]) -> str:
    def kept(image: Any) -> dict[str, str]:
        try:
            with image.open() as file:
                data = bytes(file.read())
        except (KeyError, OSError, InvalidFileReferenceError):
            # linked, not embedded: nothing outside the file is opened, and the piece is of use without it
            return {}
        key = hashlib.sha256(data).hexdigest()
        pictures[key] = data
        return {"src": _PLACE + key}

    try:
        converted = mammoth.convert_to_html(
            BytesIO(content),
            style_map=_STYLES,
            include_embedded_style_map=False,
            convert_image=mammoth.images.img_element(kept),
            transform_document=mammoth.transforms.paragraph(_marked),
        )
    except RecursionError as error:
        raise WordError("这个文件的结构过于复杂，已拒收，请把文字粘贴到新文档后另存为 .docx。") from error
    except Exception as error:  # what mammoth raises on a broken file is not declared
        raise WordError("这个文件打不开，请在 Word 里打开后另存为 .docx。") from error
    return str(converted.value)


def _marked(paragraph: Any) -> Any:
    """A centred paragraph of no style of its own bears a mark: titles and captions often have nothing else."""
    plain = not paragraph.style_name or paragraph.style_name.lower() in ("normal", "正文", "body text", "normal (web)")
    if paragraph.alignment == "center" and plain and paragraph.numbering is None:
        return paragraph.copy(style_name="kepu centred", style_id=None)
    return paragraph


# ---------------------------------------------------------------- title, by-lines, captions


def _drop_empty(body: Element) -> None:
    for paragraph in list(body.iter("p")):
        if not visible_text(text_of(paragraph)) and paragraph.find(".//img") is None:
            cut_out(paragraph)


def _take_title(body: Element) -> str:
    """The first heading, else a centred or a bold line among the first three; it is taken out of the body."""
    first = [element for element in body if isinstance(element.tag, str)][:3]
    headings = [element for element in first if element.tag in _HEADINGS]
    for element in [*headings, *(each for each in first if _stands_out(each))]:
        title = visible_text(text_of(element))
        if title and element.find(".//img") is None and len(title) <= _LONGEST_TITLE and not _BYLINE.match(title):
            cut_out(element)
            return title
    return ""


def _stands_out(paragraph: Element) -> bool:
    text = visible_text(text_of(paragraph))
    if paragraph.tag != "p" or not text or _SENTENCE_END.search(text):
        return False
    bold = visible_text("".join(text_of(each) for each in paragraph.iter("strong")))
    return paragraph.get("class") == "centred" or bold == text


def _name_as_title(name: str) -> str:
    stem = _COPY.sub("", name.strip())
    return _NUMBERED_NAME.sub("", stem) or stem or "未命名稿件"


def _take_bylines(body: Element) -> tuple[list[str], datetime | None]:
    """Author, source and date lines below the title and at the very end; they are taken out of the body."""
    paragraphs = [each for each in body if each.tag == "p"]
    ends = [*paragraphs[:5], *paragraphs[5:][-3:]]
    lines: list[str] = []
    moment: datetime | None = None
    for paragraph in ends:
        text = visible_text(text_of(paragraph))
        if paragraph.find(".//img") is not None or len(text) > _LONGEST_BYLINE:
            continue
        if not (_ONLY_DATE.match(text) or _BYLINE.match(text)):
            continue
        found = parse_date(text)
        moment = moment or (found.at if found else None)
        lines.append(text.strip("（）()【】[] "))
        cut_out(paragraph)
    return lines, moment


def _place_captions(body: Element) -> None:
    """A picture alone in its paragraph and the line below it that describes it become a figure."""
    for paragraph in list(body.iter("p")):
        image, below = paragraph.find(".//img"), paragraph.getnext()
        if image is None or visible_text(text_of(paragraph)) or below is None or below.tag != "p":
            continue
        text = visible_text(text_of(below))
        styled = below.get("class") == "caption" or (below.get("class") == "centred" and len(text) <= 60)
        if (
            below.find(".//img") is None
            and text
            and (styled or (len(text) <= _LONGEST_CAPTION and _CAPTION.match(text)))
        ):
            paragraph.tag, below.tag = "figure", "figcaption"
            paragraph.append(below)


def _key(picture: PictureRef) -> str:
    return picture.url.removeprefix(_PLACE)


def _with_bytes(picture: PictureRef, pictures: dict[str, bytes]) -> PictureRef:
    key = _key(picture)
    return picture.model_copy(update={"url": f"media:{key}", "content": pictures[key]})
