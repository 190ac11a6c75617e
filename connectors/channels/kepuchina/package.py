"""The 科普号 package: text in three forms, pictures, covers, metadata, rights, reviews, references, a checklist. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter
from PIL import Image

from connectors.base import Package, Post
from connectors.channels.codes import BEIJING
from connectors.channels.packing.archive import summed, zipped
from connectors.channels.packing.body import Block, alts, blocks, page, plain, references
from connectors.channels.packing.pictures import cover_of, cut_to, insets, names
from connectors.channels.packing.word import Inset, docx
from connectors.dossier import Dossier
from connectors.errors import NeedsPerson

COVERS = {"cover_16x9.jpg": (1280, 720), "cover_4x3.jpg": (1200, 900), "cover_1x1.jpg": (800, 800)}
_ADVISED_WIDTH = 1080
EXPERT = "专家审"
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The date inside the workbook: any, as long as it is always the same."""
_README = """{title}（第 {revision} 版）
1. 打开 checklist.md，按顺序做；做完一步勾一步。
2. 正文用 article.docx 粘贴；只能粘贴纯文字时用 article.txt，图片按文中编号插入。
3. 标题、摘要、关键词等从 metadata.xlsx 逐格复制；图片在 images，封面在 cover（没有 cover 时请自备）。
4. 科学审核人和审签记录在 review.json，图片出处在 rights.csv，参考文献在 references.txt。
5. 发布以后带回三样东西：文章的公开链接、平台编号、发布时间；登记在编辑台的这一条投递里。
6. 资料包编号：{package}；怀疑文件不完整时，用 SHA256SUMS 核对。
"""


def package_id(dossier: Dossier, marker: str) -> str:
    """The same for the same story, revision and account, however often it is exported."""
    return f"kpc-{dossier.story}-r{dossier.revision}-{marker}"


def packed(post: Post) -> Package:
    """Raises NeedsPerson where the post has no dossier, or a picture cannot be read."""
    if post.dossier is None:
        raise NeedsPerson("这一条排期时还不能生成资料包，请放弃它，再重新排期。")
    told = post.dossier
    body = blocks(post.html)
    said = alts(post.html)
    pictures = insets(post, body, said)
    files = _texts(post, told, body, pictures) | {names(pictures)[key]: each.content for key, each in pictures.items()}
    cover = cover_of(post, pictures)
    if cover is not None:
        files |= {f"cover/{name}": cut_to(cover, size) for name, size in COVERS.items()}
    name = f"kepuchina_s{told.story}_r{told.revision}_{told.made_on:%Y%m%d}.zip"
    return Package(name=name, content=zipped(summed(files)))


def _texts(post: Post, told: Dossier, body: Sequence[Block], pictures: Mapping[str, Inset]) -> dict[str, bytes]:
    paths, said = names(pictures), alts(post.html)
    sources = list(told.references) or references(body)
    metadata = _metadata(post, told, body, len(pictures), len(sources))
    readme = _README.format(title=post.title, revision=told.revision, package=metadata["package_id"])
    texts = {
        "00_README.txt": readme,
        "article.html": page(post.title, body, paths, said),
        "article.txt": f"{post.title}\n\n{plain(body, paths)}",
        "metadata.json": _json(metadata),
        "rights.csv": _rights(told, paths, post),
        "review.json": _json(_review(told)),
        "references.txt": "".join(f"[{place}] {line}\n" for place, line in enumerate(sources, 1))
        or "（稿件没有列出参考文献）\n",
        "checklist.md": _checklist(post, told, pictures, sources),
    }
    files = {name: text.encode() for name, text in texts.items()}
    # Excel reads UTF-8 only after a mark
    files["rights.csv"] = b"\xef\xbb\xbf" + files["rights.csv"]
    return files | {"article.docx": docx(post.title, body, pictures), "metadata.xlsx": _sheet(metadata)}


def _metadata(post: Post, told: Dossier, body: Sequence[Block], images: int, sources: int) -> dict[str, Any]:
    words = sum(len("".join(block.text.split())) for block in body)
    planned = told.planned_at.astimezone(BEIJING).isoformat(timespec="minutes") if told.planned_at else ""
    return {
        "package_id": package_id(told, post.marker),
        "article_id": told.story,
        "revision": told.revision,
        "content_sha256": told.content_sha256,
        "title": post.title,
        "alt_titles": list(told.alternative_titles),
        "subtitle": "",
        "digest": post.digest,
        "keywords": list(told.keywords),
        "category": told.category,
        "audience": "、".join(told.audience) or "公众",
        "author": {"name": post.author or told.unit, "institution": told.unit},
        "science_reviewer": _science_reviewer(told),
        "editor": "、".join(told.editors),
        "original_or_reprint": "转载" if told.reprinted else "原创",
        "first_publish_url": told.source_url if told.reprinted else post.link,
        "copyright_statement": f"转载自{told.source}。"
        if told.reprinted
        else f"版权归{told.unit or told.account}所有。",
        "references_count": sources,
        "word_count": words,
        "image_count": images,
        "ai_usage_statement": told.ai_use,
        "planned_publish_at": planned,
        "contact": told.contact,
    }


def _science_reviewer(told: Dossier) -> dict[str, str]:
    """The expert, else who passed it last."""
    expert = next((row for row in told.reviewers if row.step == EXPERT), told.reviewers[-1] if told.reviewers else None)
    if expert is None:
        return {"name": "", "professional_title": "", "institution": ""}
    return {
        "name": expert.name,
        "professional_title": expert.title,
        "institution": expert.institution or told.unit,
    }


def _review(told: Dossier) -> dict[str, Any]:
    rows = [row.model_dump(mode="json") for row in told.reviewers]
    return {"revision_sha256": told.content_sha256, "editors": list(told.editors), "reviews": rows}


def _rights(told: Dossier, paths: Mapping[str, str], post: Post) -> str:
    target = io.StringIO()
    out = csv.writer(target, lineterminator="\r\n")
    out.writerow(["文件", "作者或来源", "许可", "署名", "是否 AI 生成"])
    rows = {row.key: row for row in told.rights}
    cover = {post.cover.key: "cover/"} if post.cover is not None and post.cover.key not in paths else {}
    for key, path in {**paths, **cover}.items():
        row = rows.get(key)
        if row is not None:
            out.writerow([path, row.source, row.permission, row.credit, "是" if row.ai_generated else "否"])
    return target.getvalue()


def _checklist(post: Post, told: Dossier, pictures: Mapping[str, Inset], sources: Sequence[str]) -> str:
    small = [names(pictures)[key] for key, each in pictures.items() if _width(each) < _ADVISED_WIDTH]
    lines = [
        f"# 上传《{post.title}》到科普号（{told.account}）",
        "",
        "- [ ] 登录的是本单位的科普号，不是个人账号",
        "- [ ] 标题、摘要、关键词已从 metadata.xlsx 复制",
        "- [ ] 正文已粘贴，小标题、引用、图注没有走样",
        f"- [ ] {len(pictures)} 张图片已按编号插入，图注齐全",
        "- [ ] 封面已上传，裁切后主体完整",
        "- [ ] 作者、科学审核人（姓名、职称、单位）已填写",
        f"- [ ] 原创或转载声明已选择：{'转载，并注明来源' if told.reprinted else '原创'}",
        f"- [ ] 人工智能使用情况已声明：{told.ai_use or '未使用人工智能'}",
        "- [ ] 在平台上预览过，再提交",
        "- [ ] 发布后把链接登记到编辑台",
        "",
    ]
    hints = [f"图片 {name} 的宽度不到 {_ADVISED_WIDTH} 像素，有更大的请换上。" for name in small]
    hints += [
        f"图片 {names(pictures)[key]} 没有图注，请补写一句图片内容。" for key, each in pictures.items() if not each.alt
    ]
    if not any(row.step == EXPERT for row in told.reviewers):
        hints.append("没有专家审：科学审核人填的是最后一位审签人，请核对姓名、职称和单位。")
    hints += [] if sources else ["稿件没有列出参考文献，平台可能会要求补充。"]
    hints += [] if post.cover is not None or pictures else ["稿件没有图片，封面需要自备。"]
    return "\n".join(lines + [f"提醒：{hint}" for hint in hints]) + "\n"


def _width(inset: Inset) -> int:
    with Image.open(io.BytesIO(inset.content)) as picture:
        return picture.width


def _sheet(metadata: Mapping[str, Any]) -> bytes:
    """One field a row, so that each can be copied by itself."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"created": _MADE})
    sheet = book.add_worksheet("metadata")
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    for place, (name, value) in enumerate(metadata.items()):
        sheet.write_string(place, 0, name)
        sheet.write_string(place, 1, _cell(value))
    book.close()
    return target.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "；".join(map(str, value))
    if isinstance(value, dict):
        return "；".join(str(each) for each in value.values() if each)
    return str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
