"""The 头条号 package: text in three forms, pictures, covers, metadata, a checklist. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from connectors.base import Package, Post
from connectors.channels.packing.archive import summed, zipped
from connectors.channels.packing.body import alts, blocks, page, plain
from connectors.channels.packing.pictures import cover_of, cut_to, insets, names
from connectors.channels.packing.word import Inset, docx
from connectors.dossier import Dossier
from connectors.errors import NeedsPerson

WIDE, SMALL = (1280, 720), (900, 600)
_SMALL_COVERS = 3


def package_id(dossier: Dossier, marker: str) -> str:
    """The same for the same story, revision and account, however often it is exported."""
    return f"tt-{dossier.story}-r{dossier.revision}-{marker}"


def packed(post: Post) -> Package:
    """Raises NeedsPerson where the post has no dossier, or a picture cannot be read."""
    if post.dossier is None:
        raise NeedsPerson("这一条排期时还不能生成资料包，请放弃它，再重新排期。")
    told, body, said = post.dossier, blocks(post.html), alts(post.html)
    pictures = insets(post, body, said)
    paths = names(pictures)
    texts = {
        "article.html": page(post.title, body, paths, said),
        "plain.txt": f"{post.title}\n\n{plain(body, paths)}",
        "meta.json": json.dumps(_metadata(post, told), ensure_ascii=False, indent=1) + "\n",
        "checklist.md": _checklist(post, told, len(pictures)),
    }
    files = {name: text.encode() for name, text in texts.items()}
    files["article.docx"] = docx(post.title, body, pictures)
    files |= {paths[key]: each.content for key, each in pictures.items()} | _covers(post, pictures)
    name = f"toutiao_s{told.story}_r{told.revision}_{told.made_on:%Y%m%d}.zip"
    return Package(name=name, content=zipped(summed(files)))


def _covers(post: Post, pictures: Mapping[str, Inset]) -> dict[str, bytes]:
    """One wide cover, and up to three small ones from different pictures."""
    first = cover_of(post, pictures)
    if first is None:
        return {}
    several = list(dict.fromkeys([first, *(each.content for each in pictures.values())]))[:_SMALL_COVERS]
    small = {f"cover/cover_3x2_{place}.jpg": cut_to(each, SMALL) for place, each in enumerate(several, 1)}
    return {"cover/cover_16x9.jpg": cut_to(first, WIDE), **small}


def _metadata(post: Post, told: Dossier) -> dict[str, Any]:
    return {
        "package_id": package_id(told, post.marker),
        "content_sha256": told.content_sha256,
        "title": post.title,
        "alt_titles": list(told.alternative_titles),
        "abstract": post.digest,
        "tags": list(told.keywords),
        "source": told.source or told.unit,
        "author": post.author or told.unit,
        "original_statement": "转载" if told.reprinted else "原创",
        "ai_usage_statement": told.ai_use,
        "first_publish_link": told.source_url if told.reprinted else post.link,
    }


def _checklist(post: Post, told: Dossier, pictures: int) -> str:
    lines = [
        f"# 发布《{post.title}》到头条号（{told.account}）",
        "",
        "- [ ] 标题 2 到 30 字，已粘贴",
        "- [ ] 正文从 article.docx 粘贴，小标题和加粗没有走样",
        f"- [ ] {pictures} 张图片在编辑器里按编号上传（不能粘贴别处的图片）",
        "- [ ] 封面已选：单图用 cover_16x9，三图用 cover_3x2_1 到 3",
        f"- [ ] 声明已选：{'转载，并注明来源' if told.reprinted else '原创'}",
        f"- [ ] 人工智能使用情况已声明：{told.ai_use or '未使用人工智能'}",
        "- [ ] 头条号没有开启公众号自动同步，不会重复发文",
        "- [ ] 审核通过后把链接登记到编辑台",
        "",
    ]
    return "\n".join(lines)
