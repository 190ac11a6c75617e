"""What is no article although somebody offers it as one: pictures, PDF and office files, archives, hundreds of thousands of shreds."""

from __future__ import annotations

from connectors.extraction.charset import is_wide

_SIGNATURES = (
    (b"%PDF-", "PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF87a", "图片"),
    (b"GIF89a", "图片"),
    (b"PK\x03\x04", "压缩文件或 Office 文档"),
    (b"\xd0\xcf\x11\xe0", "Office 文档"),
    (b"Rar!", "压缩文件"),
    (b"7z\xbc\xaf", "压缩文件"),
    (b"\x1f\x8b", "压缩文件"),
    (b"RIFF", "图片或音视频"),
    (b"ID3", "音频"),
)
_LAYOUT = b"\t\n\r\x0b\x0c\x1b"
"""Control characters that stand in text; ESC switches characters in ISO-2022."""
_CONTROL = bytes(code for code in range(32) if code not in _LAYOUT)
_HEAD = 4096
_MOST_TAGS = 300_000
SCATTERED = "这个网页由几十万个碎片拼成，不像文章，没有读取。"


def is_scattered(page: bytes | str) -> bool:
    """Whether a page holds more tags than any article: reading it would take a processor for a minute."""
    return (page.count(b"<") if isinstance(page, bytes) else page.count("<")) > _MOST_TAGS


def kind_of_file(page: bytes | str) -> str:
    """What the bytes are if no text, as a Chinese noun; "" for a page.

    By the signatures of common files; else by control characters, which make up a tenth of random bytes, and of the text
    in no charset but UTF-16 and UTF-32 more than a slip.
    """
    head = page[:_HEAD] if isinstance(page, bytes) else page[:_HEAD].encode("latin-1", "replace")
    start = head.lstrip()
    for signature, name in _SIGNATURES:
        if start.startswith(signature):
            return name
    if start[4:8] == b"ftyp":
        return "音视频"
    if isinstance(page, bytes) and is_wide(page):
        return ""
    strange = len(head) - len(head.translate(None, _CONTROL))
    return "二进制文件" if strange * 20 > len(head) else ""
