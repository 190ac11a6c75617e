"""Days that a line tells of, which are none of publishing: of an event, of a deadline, of what a sentence is about."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from connectors.extraction.blocks import plain

_YEAR = timedelta(days=366)
_SENTENCE = re.compile(r"[，。；？！…]")
_ENDS = re.compile(r"[。；？！…][”’」』)）]*$")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LONG = 15
_HAPPENED = re.compile(r"^\W*(?:19|20)\d\d\s*[-/.年]\s*\d\d?\s*[-/.月]\s*\d\d?日?\W*[\u4e00-\u9fff]{5}")
_SAYS_PUBLISHED = re.compile(
    r"(?:发布|发表|更新|發佈|编辑)(?:日期|时间|于|於|:)|posted|[贴帖]由|来源|來源|(?:日期|时间)\s*:|日\s?[电電讯訊]"
    r"|(?:发[表布出]|發[表佈]|印发|签发|公布|刊[登发载])\W*$",
    re.I,
)
_NUMBER = r"\W*(?:[一二三四五六七八九十\d]{1,3}\s?[、.．)）]\W*)?"
_OF_SOMETHING_ELSE = re.compile(
    r"^\W*(?:re\s*:|回复|原标题|最[后近新](?:登录|回[复帖]|发表|评论|活跃)|注册|\S{0,4}截[至止]|上一篇|下一篇|附件|附\s?[:：])|^.{0,12}(?:今天|今日|现在|現在|当前)(?:是|时间|日期|時間)"
    rf"|^{_NUMBER}(?:报名|截止|活动|会议|讲座|开[始课展馆幕讲]|结束|举[办行]|召开|演出|展[览出]|培训|考试|比赛|开放|征集|申报|申请|投稿|公示|直播|放映|观测|有效|生效|施行|实施|执行|停[水电气])\S{{0,8}}?(?:时间|日期|期限?|至)",
    re.I,
)
_LABEL = re.compile(r"(?:时间|日期|期限)\W*$")
_WHEN = re.compile(rf"^{_NUMBER}(?:时\s{{0,4}}间|日\s{{0,4}}期)\s?[:：]")
_WHERE = re.compile(r"(?:^|\s|[、.．)）])(?:地\s{0,4}[点址]|会\s{0,4}场)\s?[:：]")
_DATE = r"(?<![\d./-])(?:(?:19|20)\d\d\s?[-/.年]\s?)?\d\d?\s?[-/.月]\s?\d\d?\s?日?"
_CLOCK = r"(?:\s?[上下]午|\s?晚上?)?(?:\s?\d{1,2}[:：时]\d{0,2}分?)?"
_TERM = re.compile(
    rf"(?:(?<![来摘选转引录])自|从|截至|截止|有效期)[\s:：为到至]{{0,3}}{_DATE}"
    rf"|{_DATE}(?:\s?[(（]?(?:周|星期).[)）]?)?{_CLOCK}\s?(?:[至到—–~～]+|\s-\s|-(?=\d+[./月]))\s?(?:\d{{4}}\s?[-/.年]\s?)?\d{{1,2}}(?:\s?[-/.月]\s?\d{{1,2}}日?|日)"
    rf"|{_DATE}{_CLOCK}\s?(?:起|为?止|截止)"
    rf"|{_DATE}(?<=日)(?:(?:之|以)?前(?![沿方线])|(?:之|以)?后(?![台方])|以来|至今)"
)
_EVENT = re.compile(
    rf"(?<![刊载写表布发撰作稿记改印])[于在]\s?{_DATE}"
    rf"|{_DATE}[^，。；]{{0,24}}(?:举[行办]|召开|开[始幕播展放馆课学]|启动|施行|实施|生效|结束|闭幕|进行|出现|发生|成立)"
)
_BYLINE = re.compile(rf"^\W*{_DATE}{_CLOCK}[\s·|/(（][^，。；！？]{{2,20}}$")
_SIGNED = re.compile(rf"[(（]([^，。；！？()（）…自从至起止于摄见]{{0,20}}{_DATE})[)）]\W*$")


def is_told(text: str) -> bool:
    """Whether a line is a sentence, whose dates are those of what it tells of, and not the line of publishing."""
    if _SAYS_PUBLISHED.search(plain(text)):
        return False
    if _HAPPENED.match(text) or is_event(text):
        return True
    return bool(_SENTENCE.search(text)) and (bool(_ENDS.search(text)) or len(_CHINESE.findall(text)) >= _LONG)


def is_event(text: str) -> bool:
    """Whether something happens on the day that a line names: 讲座将于11月25日举行."""
    return bool(_EVENT.search(text))


def may_be_byline(text: str) -> bool:
    """Whether a line that may tell of something is as likely a day with who publishes: 2026年11月20日 江城晚报新闻中心."""
    return bool(_BYLINE.match(text)) and not is_event(text)


def may_be_today(at: datetime, now: datetime | None) -> bool:
    """Whether a sentence may name the day of publishing: not what is long past, nor what will be."""
    return now is None or now - _YEAR <= at <= now


def tells_of_another_day(text: str) -> bool:
    """Whether a line names the day of something else than publishing: a deadline, a meeting, a lecture, a cut in the supply."""
    return bool(_OF_SOMETHING_ELSE.match(text))


def own_lines(texts: list[str]) -> list[str]:
    """Lines in their order, those empty that name the day of something else, be it by a label that stands above alone or a
    place that stands below; without the days that something holds from, until or before."""
    near = zip(["", *texts], texts, [*texts[1:], ""], strict=False)
    return ["" if _is_of_something_else(*lines) else _TERM.sub(" ", lines[1]) for lines in near]


def _is_of_something_else(above: str, text: str, below: str) -> bool:
    if tells_of_another_day(text) or (_LABEL.search(above) and tells_of_another_day(above)):
        return True
    return bool(_WHEN.match(text)) and any(map(_WHERE.search, (above, text, below)))


def signature_in(text: str) -> str:
    """Of a last line what the brackets at its end hold if that is who signs and the day; else the whole line."""
    match = _SIGNED.search(text)
    return match[1] if match else text
