"""The desk's Chinese words for what the store calls by keys, and times as people read them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from content_store.tables import Delivery
from steps.delivery_rules import CALLED_OFF, STATE_NAMES, is_cancelled

LOCAL = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"

PLATFORMS = {
    "wechat": "微信公众号",
    "weibo": "微博",
    "douyin": "抖音",
    "kuaishou": "快手",
    "toutiao": "今日头条",
    "kepuchina": "科普号",
}
STORY_STATES = {
    "editing": "编辑中",
    "in_review": "审签中",
    "rejected": "已退回",
    "approved": "已终审",
    "released": "应急签发",
    "dropped": "已作废",
}
STORY_KINDS = {"story": "稿件", "pack": "应急包", "emergency": "应急稿"}
DELIVERY_STATES = {str(state): name for state, name in STATE_NAMES.items()}


def delivery_state(row: Delivery) -> str:
    """What was called off before it was sent was never withdrawn from anywhere."""
    if is_cancelled(row) or (row.state == "withdrawn" and row.reason == CALLED_OFF):
        return "已取消"
    return DELIVERY_STATES[row.state]


DELIVERY_TONES = {
    "live": "good",
    "accepted": "calm",
    "sending": "calm",
    "queued": "plain",
    "held": "plain",
    "failed": "bad",
    "unknown": "warn",
    "needs_person": "bad",
    "handed_over": "warn",
    "withdrawing": "warn",
    "withdrawn": "plain",
}
LANES = {0: "应急", 1: "普通", 2: "批量"}
AI_USE = {"": "未填写", "none": "未使用", "assist": "辅助写作", "generated": "AI 生成"}
THEMES = {"emergency": "应急", "hot": "热点", "local": "本地", "audience": "人群", "day": "主题日"}
ARTICLE_KINDS = {"alert": "预警", "news": "新闻", "science": "科普", "debunk": "辟谣", "other": "其他", "": "未分类"}
REPRINT = {"own": "自有内容", "allowed": "已授权转载", "ask": "需先征得同意", "forbidden": "不允许转载"}
TRUST = {5: "5 官方权威", 4: "4 专业可靠", 3: "3 一般媒体", 2: "2 需要核实", 1: "1 来历不明"}
STEPS = {"first": "初审", "second": "复审", "final": "终审", "expert": "专家审"}
VERDICTS = {"passed": "通过", "rejected": "退回"}
MODES = {"direct": "直接发布", "draft_only": "只存草稿", "handoff": "扫码交接", "manual": "人工发布"}
LEVELS = {"blue": "蓝色", "yellow": "黄色", "orange": "橙色", "red": "红色", "": "未分级"}
ACTIONS = {"continue": "继续", "upgrade": "升级", "downgrade": "降级", "cancel": "已解除", "test": "测试"}
"""What became of a warning; that it was issued goes without saying."""
PHASES = {"before": "灾前", "during": "灾中", "after": "灾后"}
FLOWS = {
    "collect": "采集",
    "warnings": "采集预警",
    "tag": "打标签",
    "publish": "发布",
    "send": "准时发布",
    "emergency": "应急发布",
    "measure": "取数",
    "rank": "榜单",
    "remind": "提醒",
}
COUNTS = {
    "new": "新增",
    "revised": "更新",
    "same": "未变",
    "bad": "读不懂",
    "sources": "来源",
    "failed": "失败",
    "pictures": "图片",
    "pictures_failed": "图片失败",
    "tagged": "打标签",
    "emergency": "应急",
    "local": "本地",
    "hot": "热点",
    "compared": "比对",
    "joined": "并入同一事件",
    "kept_up": "应急照看",
    "accounts": "账号",
    "posts": "内容",
    "readings": "读数",
    "week": "周",
    "report": "榜单编号",
    "consents": "授权到期",
    "packages": "资料包无回音",
    **DELIVERY_STATES,
    **{f"polled_{state}": f"核对后{name}" for state, name in DELIVERY_STATES.items()},
}
"""What the rounds count, by the key in their record."""
FIGURES = {
    "reads": "阅读/播放",
    "likes": "点赞",
    "looks": "在看",
    "shares": "转发",
    "comments": "评论",
    "favourites": "收藏",
    "followers": "粉丝",
    "new_followers": "新增粉丝",
}
INPUT_KINDS = {"public_count": "公开计数", "api_persons": "接口（人数）", "hand_entry": "人工填报"}
CALLS = {
    "draft_add": "存入草稿箱",
    "submit": "提交发布",
    "uploadimg": "上传正文图片",
    "add_material": "上传封面",
    "delete": "删除文章",
    "draft_delete": "删除草稿",
    "share": "发微博",
    "destroy": "删除微博",
    "share_id": "取分享编号",
    "toutiao_upload": "上传视频",
    "toutiao_create": "发布视频",
    "upload": "上传视频",
    "upload_picture": "上传图片",
    "publish": "发布作品",
    "photo_delete": "删除作品",
    "article": "发头条文章",
}
"""What each call at a platform does, by the name in its attempt."""
ATTEMPTS = {
    "open": ("warn", "未收到答复"),
    "done": ("good", "成功"),
    "failed": ("bad", "失败"),
    "unknown": ("warn", "结果不明"),
    "absent": ("soft", "核对：未生效"),
    "forgotten": ("soft", "已失效"),
}
"""Tone and words for what became of a call."""
SOURCE_KINDS = {
    "rss": "订阅",
    "webpage": "网页",
    "cap": "预警",
    "sitemap": "站点地图",
    "json_api": "数据接口",
    "hotlist": "热榜",
    "wechat_article": "公众号文章",
    "word": "Word 来稿",
}
TRENDS = {
    "up": ("bad-text", "↑ 上升"),
    "down": ("soft", "↓ 下降"),
    "same": ("soft", "持平"),
    "new": ("warn-text", "新上榜"),
    "off": ("soft", "已离榜"),
}
"""Tone and words for where a hot topic is going."""
FILE_KINDS = {"pdf": "PDF", "doc": "文档", "xls": "表格", "ppt": "幻灯片", "zip": "压缩包"}
SOURCE_SETTINGS = {
    "item": "列表中的文章",
    "link_pattern": "文章网址样式",
    "title": "标题位置",
    "author": "作者位置",
    "source": "来源位置",
    "date": "时间位置",
    "body": "正文位置",
    "max_items": "一次最多",
    "full_text": "抓取全文",
    "max_pages": "一次最多打开",
    "max_messages": "一次最多",
    "max_rereads": "一次最多重读",
    "max_opened": "一次最多打开",
    "newest": "只看最新的",
    "items": "文章列表的字段",
    "link": "网址字段",
    "id": "编号字段",
    "summary": "摘要字段",
    "pictures": "图片字段",
    "url_template": "网址样式",
    "page_param": "翻页参数",
    "first_page": "第一页",
    "page_step": "每页递增",
    "next": "下一页字段",
    "routes": "备用线路",
    "max_topics": "最多话题",
    "folder": "文件夹",
    "include": "只要网址",
    "exclude": "不要网址",
    "days": "最近几天",
}
"""What a kind of source can be set to, by the key of its setting; an unknown one is shown by its key."""
ACTORS = {"callback": "平台通知", "queue": "系统", "system": "系统"}
_WORKER = re.compile(r"\S*:\d+(/\w+)?|\S+/[0-9a-f]{8}", re.ASCII)
ACTS = {
    "submitted": "送审",
    "first:passed": "初审通过",
    "second:passed": "复审通过",
    "final:passed": "终审通过",
    "first:rejected": "初审退回",
    "second:rejected": "复审退回",
    "final:rejected": "终审退回",
    "dropped": "作废",
    "filled": "按应急包备稿",
    "release:1": "第一人签发",
    "release:2": "第二人签发",
}


def actor(name: str) -> str:
    """Who did it, as people say it: a worker's own name (host, process, lease) is the system."""
    return "系统" if _WORKER.fullmatch(name) else ACTORS.get(name, name)


def local(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(LOCAL)


def when(moment: datetime | None, now: datetime) -> str:
    """今天 14:03, 昨天 09:12, 11-24 08:30, 2025-12-31 08:30."""
    if moment is None:
        return "—"
    there, here = moment.astimezone(LOCAL), now.astimezone(LOCAL)
    days = (there.date() - here.date()).days
    near = {0: "今天", -1: "昨天", 1: "明天"}
    if days in near:
        return f"{near[days]} {there:%H:%M}"
    return f"{there:%m-%d %H:%M}" if there.year == here.year else f"{there:%Y-%m-%d %H:%M}"


def full_time(moment: datetime | None) -> str:
    """2026-11-26（周四）14:03:20."""
    if moment is None:
        return ""
    there = moment.astimezone(LOCAL)
    return f"{there:%Y-%m-%d}（周{WEEKDAYS[there.weekday()]}）{there:%H:%M:%S}"


def short_time(moment: datetime | None) -> str:
    """11-26 14:03."""
    return "" if moment is None else f"{moment.astimezone(LOCAL):%m-%d %H:%M}"


def clock(moment: datetime) -> str:
    """14:03."""
    return f"{moment.astimezone(LOCAL):%H:%M}"


def heat(number: float) -> str:
    """What a hot list says of a topic's heat: 342 万, 1.2 亿, 8600."""
    for size, name in ((1e8, "亿"), (1e4, "万")):
        if number >= size:
            return f"{number / size:.{0 if number >= 100 * size else 1}f}".removesuffix(".0") + f" {name}"
    return f"{number:.0f}"


def span(length: timedelta | None) -> str:
    """3 天, 2 小时, 15 分钟, 40 秒."""
    if length is None:
        return "—"
    seconds = max(0, int(length.total_seconds()))
    for size, name in ((86400, "天"), (3600, "小时"), (60, "分钟")):
        if seconds >= size:
            return f"{seconds // size} {name}"
    return f"{seconds} 秒"


def form_time(moment: datetime) -> str:
    """The value of a datetime-local field, in Beijing time."""
    return f"{moment.astimezone(LOCAL):%Y-%m-%dT%H:%M}"


def from_form_time(text: str) -> datetime | None:
    """What a datetime-local field holds, taken as Beijing time unless it names another; None where it is no time."""
    try:
        said = datetime.fromisoformat(text.strip())
        moment = said.replace(tzinfo=LOCAL) if said.tzinfo is None else said
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
