"""What Chinese pages write around an article: headings of annexes, tool bars, the line with date and source."""

from __future__ import annotations

import re

from connectors.extraction.blocks import plain
from connectors.extraction.names import is_chinese_name

_NOT_WORD = re.compile(r"[\W_]+")

_ANNEX = re.compile(
    r"^[\W_]*(?!(?:留言|回复)内容[\W_]*$)(?:(?:更多|最新|热门|热点|精彩|全部|网友|用户|读者|发表|文章|我要|我来|查看)*"
    r"(?:评论|跟帖|留言|回复|回帖)(?:列表|区|内容|专区)?(?:\(\d*条?\)|\d*条?)?|"
    r"(?:相关|推荐|延伸|扩展|拓展|热门|精彩|关联|更多|今日|本周|热点|最新|图片|編輯|编辑|大家|为您|为你)+(?:阅读|閱讀|新闻|新聞|文章|推荐|推薦|链接|連結|资讯|内容|"
    r"报道|報導|热点|焦点|专题|排行榜?|头条|看点|话题)(?:推荐|推薦|列表|排行榜?)?|"
    r"(?:猜你|你可能|您可能|其他人|大家|网友|网友们|人们)(?:也|都|还|還)?(?:在|想|会)?(?:喜欢|感兴趣|喜歡|看|关注|搜)(?:的)?(?:内容|文章)?|"
    r"(?:你|您)(?:可能|也许)(?:还|還|也|會|会|感)*(?:想看|喜欢|喜歡|感兴趣|兴趣)的?(?:内容|文章)?|"
    r"更多精彩(?:内容|文章|推送)?|喜欢此内容的人还(?:喜欢|看了?)|往期(?:精彩|推荐|回顾|文章|内容|链接|阅读)+|(?:相關|推薦|延伸|熱門|熱點|編輯部?|最新|更多)+(?:閱讀|新聞|文章|推薦|點閱|報導|連結|影音|話題)+|"
    r"(?:阅读|閱讀)?(?:排行榜?|推荐|推薦)|免责声明|版权声明|网站声明|特别声明|留下评论|发表回复|上一篇|下一篇|热词|为你推荐|为您推荐)[\W_]*$"
)
# no word of these may be made of others: a line would be read in as many ways as it is long
_FURNITURE = re.compile(
    r"^[\W_]*(?:(?:字号|字体|选择字号|选择字体|发[Ee]-?mail给?|发邮件|打印|关闭|关闭窗口|关闭本页|收藏|收藏本文|分享|分享到|分享至|举报|纠错|复制链接|返回|返回顶部|返回列表|"
    r"上一页|下一页|首页|尾页|末页|大|中|小|赞|点赞|扫一扫|展开|收起|展开全文|阅读全文|查看更多|更多|我要评论|发表评论|评论|推荐|下载|广告|关注|"
    r"微信|微博|朋友圈|空间|好友|登录|注册|加载中|播放|暂停|发送给好友|添加到收藏夹|打印本页|打印本文|推荐给好友|新浪微博|腾讯微博|[Qq]{2}|豆瓣|人人网|在看|转发|点分享|点收藏|点在看|点点赞|关注我们|图集|进入论坛|播报文章|播报|编辑)[\W_\d]*)+$"
)
_HEAD_LABEL = re.compile(
    r"^[\W_]*(?:(?:来源|來源|稿源|文章来源|作者|发布时间|发布日期|发表时间|当前位置|您的位置|您所在的位置|您现在的位置|字号|字体|责任编辑|原标题|"
    r"关键词|关键字|更新时间|发布者|发布人|信息来源|摘自)(?:次?数|量)?(?:\s*[:\d(\[]|\s|$)"
    r"|(?:编辑|时间|日期|点击|浏览|阅读|位置|所属|分类|标签)(?:次?数|量)?(?:\s*[:\d(\[]|\s*$))"
)
_MAY_DESCRIBE = re.compile(r"^[\W_]*(?:位置|所属|分类|标签)\s*:(?![^:]*(?:>|»|首页|:))")
"""What may be said of a page, and of a forest."""
_CLOCK = re.compile(
    r"(?:上午|下午|晚上|凌晨)?\d{1,2}\s?[:时点]\s?(?:\d\d)?分?(?::\d\d(?:\.\d+)?)?|(?:星期|周)[一二三四五六日天]"
)
_LABELS_AFTER = re.compile(
    r"(?:来\s*源|來\s*源|稿\s*源|作\s*者|编辑|編輯|记者|責任編輯|责编|浏览|阅读|点击|评论|字号|字体|出处|文章|访问|人气|供稿|单位|部门|审核|信息|更新|发布者|发布人|发布时间|分享|打印|点赞)"
    r"(?:次?数|量)?\s*(?:[:(\[|/丨\d]|$)"
    r"|^[\W_]*(?:来源|來源|稿源|作者|编辑|记者|责编|浏览|阅读|点击|评论|字号|字体|出处)(?:次?数|量)?[\s]"
)
_OUTLET = re.compile(
    r"(?:网|網|报|報|社|台|客户端|公众号|频道|在线|网站|博客|论坛|新闻|局|委|厅|处|科|办公室|中心|协会|学会|研究所|大学|医院|编辑部|小编|管理员|科普中国|[a-z.]+)$",
    re.I,
)
_NAMED_AFTER = 12
_DAY_OF = re.compile(r"^[\W_]*(?:19|20)\d\d\s?[-年./]\s?\d{1,2}\s?[-月./]\s?\d{1,2}(?!\d)日?(.*)$")
_WORDS = re.compile(r"[\u4e00-\u9fff]")
_SAID_WORDS = 4
_PART = re.compile(r"[\s|/丨,、;·()\[\]【】]+")
_HEAD_DATE = re.compile(
    r"^(?:[^\d,:]{0,24}(?<!时间)(?<!日期)(?<!截止)[\s|/(\[【])?[\W_]*(?:19|20)\d\d\s?[-年./]\s?\d{1,2}\s?[-月./]\s?\d{1,2}(?!\d)日?(?![\u4e00-\u9fff])"
)
_LONGEST_HEAD = 100
_ADDRESS = re.compile(r"https?://[^\s\u4e00-\u9fff]*+")
_ORIGINAL = re.compile(r"^[\W_]*(?:原标题|关键词|关键字)\s*:")
_IN_SENTENCE = re.compile(r"[。!?;…]|,(?!\d)")
_SPAN = re.compile(r"(?:\d|[日时分点)])\s*[—–~至]+\s*\d|:\d\d\s*-+\s*\d{1,2}:")
_WHEN = re.compile(r"^[\W_]*(?:时间|日期)\s*:")
_STAMPED = re.compile(r"^[\W_]*(?:时间|日期)\s*:\s*(?:(?:19|20)\d\d|\d{1,2}\s*[-/.]\s*\d)")
_EVENT = re.compile(
    r"^[\W_]*(?:\d+[.、]\s*|[一二三四五六七八九][、.])?(?:活动|讲座|会议|培训|举办|授课|报名|参加|观测)*"
    r"(?:地点|地址|主讲人?|主讲嘉宾|主题|对象|嘉宾|方式|电话|范围|内容)\s*:"
)

_DISCLAIMER = re.compile(
    r"^[\W_]*(?:(?:特别|免责|平台|版权|重要|郑重)?声明|以上|(?:本|该|此)[文平内网站号作]|文章|文中|作者|观点|图文|原文|内容|转载|注|搜狐|网易|头条).{0,80}"
    r"(?:[仅只]提供信息(?:存储|发布)|不代表(?:本|我|其|平台|作者|所在|[\w“”\"]{0,6}[网号报站社]).{0,12}(?:观点|立场)|(?:仅|只)代表(?:作者|其|发布者).{0,6}(?:观点|本人)|(?:用户|作者|网易号|自媒体)\S{0,8}上传并发布)"
    r"|^[\W_]*减少或屏蔽此类|^[\W_]*[^。,]{0,20}[仅只]提供信息(?:存储|发布)(?:空间)?(?:服务)?[\W_]*$"
)
_ASKS = re.compile(r"[?!][\W_]*$|[。][\W_]*$")
_TOOL = re.compile(r"[(\[【]\s*(?:纠错|打印|关闭|分享|收藏|返回顶部)\s*[)\]】]")
_SURELY_EDITS = re.compile(r"责|校|审|监制|编委|美编|排版|统筹")
_SAYS_MORE = re.compile(r"[\u4e00-\u9fff]{6,}(?<!部)(?<!组)(?<!室)(?<!网)(?<!报)(?<!社)(?<!中心)(?![\u4e00-\u9fff])")
_AUTHOR_OF_TEXT = re.compile(r"^[\W_]*作者\s*:\s*(?=[\u4e00-\u9fff]{5,}[\W_]*$)(?:[一这那]|[\u4e00-\u9fff]*的)")
"""A heading about an author, such as 作者：鲁迅的科学观. Some pen names look like it; a line too many is the lesser evil."""
_BY_NAME = re.compile(r"^By(?: [A-Z][A-Za-z.'-]{0,20}){1,4}$")
_EDITED = re.compile(r"^[\W_]*编辑\s*:[^:]*$")
_EDITOR_LINE = re.compile(
    r"^[\W_]*(?:(?:本文|值班|网络|执行|图文|视频|新媒体|见习|实习|本期)?(?:责任?\s*编\s*辑?|责任编审|编\s*辑|責任?編輯|編輯|校\s*对|审\s*校|审\s*核|审\s*签|初\s*审|"
    r"复\s*审|终\s*审|[一二三]审|总?监\s*制|编\s*审|编\s*委|美编|排版|统筹|主编|总编)\s*[:/丨|]\s*[\w·.\-]{0,14}(?:[\s、,，/;&()\[\]【】|_]+(?![^:]{0,6}:)[\w·.]{1,10}){0,5}[\W_]*)+$"
)
_STAMP = re.compile(
    r"^[\W_]*(?:(?:发表于|发布于|posted\b|本[贴帖]由)[^。]*(?:19|20)\d\d"
    r"|(?:发布|发表)时间[^。]*(?:19|20)\d\d[^。]*(?:来源|來源|作者|编辑|浏览|阅读|点击|字号|字体|分享|打印))",
    re.I,
)
_BY_LINE = re.compile(r"(?:作\s*者|来\s*源|稿\s*源|出自|记\s*者|发表于|浏览|阅读|点击|积分|能力值|楼主)\s*[:\[(\d]?")

_ABOVE_LINKS = re.compile(r"阅读|閱讀|新闻|新聞|推荐|推薦|文章|报道|報導|资讯|点阅|點閱|话题|話題|看点|热点|焦点")


def bare(text: str) -> str:
    """Letters, digits and characters only: what two spellings of one title share."""
    return _NOT_WORD.sub("", text).lower()


def same_words(one: str, other: str) -> bool:
    """Whether two lines are the same but for punctuation and blanks."""
    left, right = bare(one), bare(other)
    return bool(left) and left == right


def opens_annex(text: str) -> bool:
    """Whether a line heads what no longer belongs to the article, such as 相关阅读."""
    return len(text) <= 20 and bool(_ANNEX.match(plain(text)))


def heads_links(text: str) -> bool:
    """Whether what a heading of an annex promises are links to other articles, and not comments."""
    return bool(_ABOVE_LINKS.search(text))


def is_furniture(text: str) -> bool:
    """Whether a line is a tool of the page and not text, such as 【打印】【关闭】."""
    return len(text) <= 60 and bool(_FURNITURE.match(plain(text)))


def is_head_line(text: str) -> bool:
    """Whether a line is wholly what stands between title and text: date, source, author, font size.

    A sentence that begins with such a word, and the hours of what will take place, are text.
    """
    line = _ADDRESS.sub("", plain(text)) if len(text) <= _LONGEST_HEAD else ""
    if not line:
        return False
    if _ORIGINAL.match(line):
        return "。" not in line
    if _IN_SENTENCE.search(line) or _SPAN.search(line) or (_WHEN.match(line) and not _STAMPED.match(line)):
        return False
    if _BY_NAME.match(line):
        return True
    if _HEAD_LABEL.match(line):
        return not (_EDITED.match(line) and _SAYS_MORE.search(line)) and not _AUTHOR_OF_TEXT.match(line)
    dated = _HEAD_DATE.match(line)
    return dated is not None and _is_about_page(line[dated.end() :])


def _is_about_page(after: str) -> bool:
    """Whether nothing but a clock, labels or the names of outlets and people stands behind a day."""
    rest = _CLOCK.sub(" ", after)
    if _LABELS_AFTER.search(rest):
        return True
    parts = [part for part in _PART.split(rest.strip(" :-—")) if bare(part)]
    return all(
        not _WORDS.search(part)
        or (len(part) <= _NAMED_AFTER and (_OUTLET.search(part) or is_chinese_name(part, 4) or _FURNITURE.match(part)))
        for part in parts
    )


def may_describe(text: str) -> bool:
    """Whether a line that may be the page's own says just as well what a text is about: 分类：针阔混交林."""
    return bool(_MAY_DESCRIBE.match(plain(text)))


def tells_day(text: str) -> bool:
    """Whether a line says what happened on a day, as those of a chronology do."""
    found = _DAY_OF.match(plain(text))
    return bool(found and len(_WORDS.findall(found[1])) >= _SAID_WORDS and not _LABELS_AFTER.search(found[1]))


def says_when(text: str) -> bool:
    """Whether a line gives a time that may be that of an event: 时间：2026年11月28日."""
    return bool(_WHEN.match(plain(text)))


def tells_of_event(text: str) -> bool:
    """Whether a line says where something takes place, who speaks or for whom: 地点：一楼报告厅."""
    return bool(_EVENT.match(plain(text)))


def is_by_line(text: str) -> bool:
    """Whether a line names an author or a source anywhere in it."""
    return len(text) <= 100 and bool(_BY_LINE.search(plain(text)))


def is_disclaimer(text: str) -> bool:
    """Whether a platform says in the whole of a line that it is not responsible for what its users wrote."""
    return len(text) <= 160 and bool(_DISCLAIMER.match(plain(text)))


def is_editor_line(text: str) -> bool:
    """Whether a line names only who edited, checked or released it, such as （责任编辑：张三）."""
    line = plain(text)
    if len(line) > 80 or not _EDITOR_LINE.match(_TOOL.sub("", line)):
        return False
    # an interviewer may be an editor: 编辑：需要吃药吗？, and a heading may speak of editing: 编辑：用基因剪刀改写生命
    return bool(_SURELY_EDITS.search(line)) or not (_ASKS.search(line) or _SAYS_MORE.search(line))


def is_stamp(text: str) -> bool:
    """Whether a line says only when something was published, such as 发表于 2004年12月27日 12:40 - (阅读:37)."""
    return len(text) <= 80 and bool(_STAMP.match(plain(text)))
