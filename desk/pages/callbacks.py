"""Where platforms call back. A call-back proves itself by its signature; it has no log-in and no form token."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from starlette.concurrency import run_in_threadpool

from desk.access import public
from desk.parts import NewsroomDep
from steps.callbacks import receive_event

router = APIRouter()
LARGEST = 1024 * 1024


@router.api_route("/callback/{account_key}", methods=["GET", "POST"])
@public(own_check=True)
async def receive(request: Request, newsroom: NewsroomDep, account_key: str) -> Response:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            return PlainTextResponse("too large", status_code=413)
    query, headers = dict(request.query_params), {name.lower(): value for name, value in request.headers.items()}
    answer = await run_in_threadpool(receive_event, newsroom, account_key, query, headers, body, newsroom.now())
    if answer is None:
        return PlainTextResponse("forbidden", status_code=403)
    return PlainTextResponse(answer)
