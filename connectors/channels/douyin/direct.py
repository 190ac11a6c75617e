"""Publishing without a phone, for the few apps that were granted it: upload, create, find again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from connectors.base import Journal, Post
from connectors.channels.answers import entries, text_at, texts
from connectors.channels.captions import by_mark, caption_of
from connectors.channels.codes import fingerprint, number
from connectors.channels.douyin.api import DouyinApi
from connectors.channels.douyin.consent import Consent
from connectors.channels.douyin.settings import DouyinSettings
from connectors.channels.pictures import Fitted, fit
from connectors.channels.videos import fetched
from connectors.errors import OutcomeUnknown
from connectors.http import HttpClient

_VIDEO = "/api/douyin/v1/video"
_WHOLE_BYTES = 50 * 1024 * 1024
"""Above it the platform recommends parts."""
_PART_BYTES = 20 * 1024 * 1024
_PAGE, _PAGES_MAX = 20, 10
_SLACK = timedelta(minutes=11)  # clocks differ, ours perhaps by ten minutes


class Direct:
    """Raises ConnectorError. What an upload gives back serves one create call, so it is never kept."""

    def __init__(
        self, settings: DouyinSettings, api: DouyinApi, consent: Consent, http: HttpClient, open_id: str
    ) -> None:
        self._settings = settings
        self._api = api
        self._consent = consent
        self._http = http
        self._open_id = open_id

    def publish(self, post: Post, journal: Journal) -> None:
        body = self._video(post, journal) if post.video_url else self._note(post, journal)
        path = f"{_VIDEO}/{'create_video' if post.video_url else 'create_image_text'}/"
        work = "video" if post.video_url else "note"
        journal.call(
            "publish", fingerprint(post), lambda: {**self._made(path, body), "work": work, "marker": post.marker}
        )

    def _video(self, post: Post, journal: Journal) -> dict[str, Any]:
        ours = (self._settings.media_url, self._settings.base_url)
        most = self._settings.limit("video_bytes")
        content = fetched(self._http, post.video_url, bytes_max=most, ours=ours, platform="douyin")
        upload = self._whole(content, journal) if len(content) <= _WHOLE_BYTES else self._parts(content, journal)
        body = {"video_id": upload, "text": caption_of(post)}
        cover = self._picture(post.cover.content, journal) if post.cover else ""
        return {**body, "custom_cover_image_url": cover} if cover else body

    def _note(self, post: Post, journal: Journal) -> dict[str, Any]:
        ids = [self._picture(picture.content, journal) for picture in post.pictures]
        return {"image_list": ids, "text": caption_of(post)}

    def _made(self, path: str, body: Mapping[str, Any]) -> dict[str, str]:
        made = self._consent.using(lambda token: self._api.create(path, body, token=token, params=self._owner()))
        ids = texts(made, "item_id", "video_id")
        if not ids:
            raise OutcomeUnknown("抖音没有给出作品编号，不能确定是否已发布，需要先核对。", connector="douyin")
        return {**ids, "made_at": self._http.now().isoformat()}

    # ------------------------------------------------------------ uploads, which show nothing to anybody

    def _whole(self, content: bytes, journal: Journal) -> str:
        made = self._written(journal, "upload", f"{_VIDEO}/upload_video/", {}, ("video", _file(content)))
        return _text_at(made, "video", "video_id")

    def _parts(self, content: bytes, journal: Journal) -> str:
        """Each part is written down, so that the row stays ours while a long video goes up."""
        begun = self._sent(f"{_VIDEO}/init_video_part_upload/", {}, None)
        upload_id = _text_at(begun, "upload_id")
        for place, start in enumerate(range(0, len(content), _PART_BYTES), 1):
            params = {"upload_id": upload_id, "part_number": str(place)}
            part = _file(content[start : start + _PART_BYTES])
            self._written(journal, "upload", f"{_VIDEO}/upload_video_part/", params, ("video", part))
        made = self._sent(f"{_VIDEO}/complete_video_part_upload/", {"upload_id": upload_id}, None)
        return _text_at(made, "video", "video_id")

    def _picture(self, content: bytes, journal: Journal) -> str:
        fitted = fit(content, bytes_max=self._settings.limit("picture_bytes"), formats=("JPEG", "PNG"))
        made = self._written(journal, "upload_picture", f"{_VIDEO}/upload_image/", {}, ("image", fitted))
        return _text_at(made, "image", "image_id")

    def _written(
        self, journal: Journal, call: str, path: str, params: Mapping[str, str], file: tuple[str, Fitted]
    ) -> dict[str, Any]:
        answers: list[dict[str, Any]] = []
        journal.call(call, params.get("part_number", "1"), partial(self._into, answers, path, params, file))
        return answers[0]

    def _into(
        self, answers: list[dict[str, Any]], path: str, params: Mapping[str, str], file: tuple[str, Fitted]
    ) -> dict[str, str]:
        answers.append(self._sent(path, params, file))
        return {}

    def _sent(self, path: str, params: Mapping[str, str], file: tuple[str, Fitted] | None) -> dict[str, Any]:
        asked = {**self._owner(), **params}
        return self._consent.using(lambda token: self._api.upload(path, token=token, params=asked, file=file))

    def _owner(self) -> dict[str, str]:
        return {"open_id": self._open_id}

    # ------------------------------------------------------------ after a lost answer

    def found(self, marker: str, *, since: datetime) -> Mapping[str, Any] | None:
        """Our work by its mark among the account's own, as far back as `since`."""
        for works in self._pages():
            work = by_mark(works, marker, name="title")
            if work is not None:
                return work
            # a private work tells no time, and a pinned one may be of any age: the last that tells one counts
            told = next(filter(None, (number(work.get("create_time")) for work in reversed(works))), None)
            if told is not None and datetime.fromtimestamp(told, UTC) < since - _SLACK:
                return None
        return None

    def _pages(self) -> Iterator[list[dict[str, Any]]]:
        cursor = "0"
        for _ in range(_PAGES_MAX):
            asked = {**self._owner(), "cursor": cursor, "count": str(_PAGE)}
            said = self._consent.using(partial(self._listed, asked))
            listed, told_by, perhaps = said.get("list"), ("item_id",), ("title",)
            yield entries(listed, told_by=told_by, perhaps=perhaps, platform="抖音", connector="douyin")
            if not said.get("has_more"):
                return
            cursor = str(said.get("cursor"))

    def _listed(self, asked: Mapping[str, str], token: str) -> dict[str, Any]:
        return self._api.get(f"{_VIDEO}/video_list/", asked, token)


_text_at = partial(text_at, platform="抖音", connector="douyin")


def _file(content: bytes) -> Fitted:
    return Fitted("video.mp4", "video/mp4", content)
