"""Kept pictures: showing them, and taking new ones from the editor."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import FileResponse, JSONResponse, Response

from connectors.channels.pictures import cleaned
from content_store.media import NotAPicture
from content_store.tables import Media
from desk.access import needs, public
from desk.answers import refusal
from desk.parts import NewsroomDep, ReadingDep
from steps.errors import Missing

router = APIRouter()
SHA256 = re.compile(r"[0-9a-f]{64}")
LARGEST = 15 * 1024 * 1024


@router.get("/media/{sha256}")
@public()
def show(newsroom: NewsroomDep, session: ReadingDep, sha256: str) -> Response:
    """A picture by its SHA-256. Public: readers' pages show them, and nobody can guess an address."""
    row = session.get(Media, sha256) if SHA256.fullmatch(sha256) else None
    if row is None or not newsroom.media.path(sha256).is_file():
        raise Missing("没有这张图片。")
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return FileResponse(newsroom.media.path(sha256), media_type=row.mime, headers=headers)


@router.post("/media")
@needs("editor", "duty")
def keep(request: Request, newsroom: NewsroomDep, file: Annotated[UploadFile, File()]) -> Response:
    """Keeps a picture; answers {"sha256", "url"}."""
    content = file.file.read(LARGEST + 1)
    if len(content) > LARGEST:
        return refusal(request, "图片超过 15 MB，请压缩后再上传。", status=413)
    try:
        with newsroom.store.session() as session:
            origin = f"上传：{file.filename or ''}"
            # readers see it, and some platforms fetch it from here: where a photo was taken is nobody's business
            row = newsroom.media.keep_picture(session, cleaned(content), origin=origin, now=newsroom.now())
            kept = row.sha256
    except NotAPicture as error:
        return refusal(request, str(error), status=422)
    return JSONResponse({"sha256": kept, "url": f"/media/{kept}"}, status_code=201)
