"""What stands before and after the text of an article and is no part of it: the way to other articles, calls to follow
an account, rights, where it came from and who made it. Lines like these are taken off the ends only: in the middle of a
text the same words may be what it is about."""

from __future__ import annotations

import re

from connectors.extraction.blocks import plain
from connectors.extraction.names import is_chinese_name
from connectors.extraction.phrases import bare, is_disclaimer, is_editor_line, is_furniture, opens_annex
from connectors.extraction.threads import is_post_line

_WAY = re.compile(
    r"^[\W_]*(?:阅读)?[上下前后]一?(?:篇|条|则|期|章|集|页|张)(?:文章|新闻|内容|资讯|公告|通知)?\s*(?:[:>»→]|没有|无|$)"
)
_NONE_THERE = re.compile(r"^[\W_]*(?:没有了|无|暂无)[\W_]*$")
_CALL = re.compile(
    r"^[\W_]*(?:欢迎|敬请|请|请您|快来|赶快|赶紧|立即|立刻|马上|用|使用|通过|现在)*"
    r"(?:微信)?(?:长按|扫码|扫描|扫一扫|扫下|识别|点击|点按|轻点|关注|打开|下载|搜索|订阅|添加|戳|转发|更多)"
)
_CALLED_TO = re.compile(
    r"我们|关注本(?!地)|(?:长按|识别).*二维码|二维码.*(?:关注|分享)|在手机(?:上)?打开|关注.*(?:公众号|视频号)|蓝字|阅读原文|订阅公众号|查看更多|设为星标|(?:查看|看)全文|击[上下左右].{0,24}(?:订阅|关注|收听)",
    re.I,
)
_ADVICE = re.compile(
    r"不要|不可|勿|(?<!识)别|陌生|谨[慎防]|小心|当心|警惕|即可|就能|报名|参加|参与|领取|办理|登记|填写|缴费|提交|查询|预约|签到|投票|上报|求助|举报|咨询|申请|购票"
)
_COUNTS = re.compile(
    r"^[\W_]*(?:(?:阅读|浏览|点击|播放|评论|留言|赞|点赞|在看|好看|喜欢|推荐|转发|收藏|分享)(?:次?数|量)?[\s:(]*\d[\d,.]*\s*[万wk]?\+?\s*次?[\s)|·、,]*|(?:发布|发表|更新)(?:时间|日期)\s*:?\s*(?:19|20)\d\d[-年/.]\d{1,2}[-月/.]\d{1,2}日?(?:\s*\d\d:\d\d(?::\d\d)?)?\s*)+$|^\+\d{1,3}$",
    re.I,
)
_NEWSROOM = re.compile(
    r"^[\W_]*(?:(?:责任编辑|责编|编辑|校对|审核)\s*[:/丨|]\s*\w{2,4}\s+)*(?:本报|本网|新闻|爆料|报料|投稿|采编|编辑部|广告|商务合作)+(?:热线|电话|邮箱|邮件)\s*[:(]?(?=[^@\d]*[@\d]|\w+@)"
    r"[\d\-—~\s():、,/;@A-Za-z.]+(?:(?:投稿|联系)?(?:热线|电话|邮箱|邮件)[\d\-—~\s():、,/;@A-Za-z.]+)*$"
)
_APP = re.compile(r"(?:[点點]我|按我).{0,4}下[载載].{0,8}(?:APP|客户端|用戶端)", re.I)
_MAKER = re.compile(
    r"^[\W_]*(?:(?:作者|撰文|撰稿|策划|总策划|插画|绘图|配图|编译|翻译|统筹|供稿|单位|支持单位)+\s*[:/丨|]\s*[\w\s·、&()《》“”\"]{2,30}|策划制作|创作团队)[\W_]*$"
)
_SURE_MAKER = re.compile(
    r"^[\W_]*(?:审核专家|审稿专家|科学审核|科学顾问|科学性审核|签发|出品人?|出品方|联合出品|总?监制)\s*[:/丨|]\s*(?![不别要请应可])[^。]{2,60}$"
    r"|^本文(?:为|系|由).{2,30}(?:扶持|支持|资助|签约)(?:作品|项目|创作)[\W_]*$|^本文.{2,40}科学性(?:把关|审核)[\W_]*$"
    r"|^[\W_]*(?:本文|文中|部分|以上|所有|封面)*(?:图片|配图|封面图?|题图|头图)(?:均|全部)?(?:来自|来源于|源自|由|为)\s*(?:网络|(?:版权)?图库|视觉中国|图虫创意|AI)(?:生成|制作|绘制|绘图)?(?:,转载.{0,24})?[\W_]*$"
)
_LIKES = re.compile(
    r"^[\W_]*(?:如果|觉得|喜欢|欢迎|请|别忘|记得|点|赞|在看|转发|收藏|分享|星标|设为)"
    r"(?:.{0,20}点(?:个|一个)?(?:赞|在看).{0,3}(?:再走|支持一下)|.{0,20}(?:记得|别忘了?).{0,6}点(?:个|一个)?(?:赞|在看)|.{2,20}(?:推文|不错过|不迷路)"
    r"|.{0,12}点(?:个|一个|下)?[“\"「]?(?:在看|好看)[”\"」]?[\W_]*$|.{0,12}点(?:个|一个|下)?[“\"「]赞[”\"」][\W_]*$"
    r"|.{0,12}点(?:个|一个)(?:赞|在看)[吧呗哦啊呀][\W_]*$|.{0,14}(?:点赞|在看|转发|收藏)[、,+/ 和]+(?:点赞|在看|转发|收藏|分享|关注).{0,6}$)"
)
_TAPS = re.compile(
    r"^[\W_]*(?:快来|请)?点(?:亮|个|一下|击)?\W*(?:在看|好看|小心心|大拇指|赞(?![的扬美誉同助赏叹])).{0,12}$|^[\W_]*我就?知道你在看"
)
_HEADING = 4
_LONGEST_CALL = 40
_LEAVES = re.compile(
    r"^[\W_]*(?:返回.{2,6}查看更多|举报/反馈|(?:点击|请)?(?:阅读|查看|浏览)(?:原文|全文)|[\w“”\"]{2,16}(?:科技)?公众号|分享让更多人看到|喜欢(?:就|请)?点.{0,6})[\W_]*$"
)
_RIGHTS_HEAD = re.compile(r"^[\W_]*(?:特别|郑重|免责|版权|重要|转载|网站|本站|本网|平台|原创)?声明\s*[:】\])>]")
_RIGHTS_WORD = re.compile(r"转载|版权|侵权|本网|本站|本文")
_RIGHTS = re.compile(
    r"^[\W_]*未经\w{0,8}(?:授权|许可|允许|同意),?(?:不得|禁止|严禁|请勿|谢绝)\w{0,6}(?:转载|使用)?[\W_]*$|^[\W_]*(?:禁止|谢绝|严禁|请勿|拒绝)\w{0,4}转载[\W_]*$"
    r"|^[\W_]*转载(?:请|须|需|务必)\w{0,4}(?:注明|联系|标明|保留)\w{0,8}[\W_]*$"
    r"|侵权,?(?:敬?请|烦请)?(?:及时|立即|尽快|第一时间)?(?:与我们|联系|告知)[^,。可以]{0,8}删除?|^[\W_]*©|All Rights Reserved",
    re.I,
)
_OWN_RIGHTS = re.compile(
    r"本(?:文|网|站|号|公众号|平台).{0,60}(?:授权(?:发布|转载|刊发)|转载(?:自|此|请|须|需|时|文章)|不得转载|版权(?:归|所有|均?属)|原创|首发|不代表|仅代表)"
    r"|(?:转载|不代表|版权(?:归|均?属)).{0,30}本(?:文|网|站|号|公众号|平台)"
)
_SURE_ORIGIN = re.compile(
    r"^[\W_]*(?:(?:图片|图文|题图|封面图?|配图|头图|素材)+来\s*源|(?:原文|本文)(?:链接|地址|网址)|作者单位|发布于)\s*[:/丨|]"
    r"|^[\W_]*(?:阅读|浏览|点击)(?:次数|量|数)?\s*[:(]?\s*\d+[\W_]*$"
    r"|^[\W_]*(?:本文|文章|资料|信息|内容|综合)*(?:来\s*源|转自|转载自|摘自|综合自)\s*[:/丨|][^。]{1,40}(?:报|网|社|台|客户端|公众号|科普中国)[\W_]*$"
)
_ORIGIN = re.compile(
    r"^[\W_]*(?:本文|文章|资料|信息|内容|图片|图文|素材|数据|新闻|稿件|文字|视频|部分|题图|封面图?|配图|头图|主要|综合|参考|原文)*"
    r"(?:来\s*源|來\s*源|稿\s*源|出处|转自|转载自|摘自|综合自|整理自|原载|供稿|供图|链接|网址|标签|关键[词字]|tags?|分类|栏目"
    r"|作\s*者|撰\s*文|文字|摄影|制图|设计|作者[/|]编辑)(?:次数|量|数)?\s*[:/丨|(]",
    re.I,
)
_END = re.compile(r"^[\W_]*(?:the\s+)?(?:END|全文完|正文完|本文完)[\W_]*$|^[(\[【]完[)\]】]$", re.I)
_EDITS = re.compile(r"责编|责任编辑|校对|校审|审校|审核|审签|编审|监审|编委|监制")
_SEPARATORS = re.compile(r"[\s:/|丨、,;()\[\]【】&＆·•-]+")
_ROLE = re.compile(
    r"(?:本报|本网|全媒体|融媒体|首席|见习|实习|特约|值班|执行|责任|新媒体|网络|图文|文字|视频|本期|[一二三初复终]|总)*"
    r"(?:记者|通讯员|编辑|责编|校对|校审|审校|审核|审签|编审|监审|审|编委|监制|主编|编导|摄影|摄像|撰文|撰稿|供稿|统筹|策划|出品人?|设计|制图|排版|美编|视觉|制作|剪辑|配音|海报|实习生|来源)"
)
_SHORT_ROLES = frozenset({"文", "图", "图文", "文图", "摄", "报道", "摄影报道", "文并摄", "作者"})
_LONGEST = 80
_LONGEST_RIGHTS = 400
_MOST_LINES = 6
_MOST_LOOSE = 16
_LOOSE = 20
_MOST_OF_TEXT = 0.25
_STOP = re.compile(r"[。!?][\W_]*$")
_AFTER_END = 30
_HELPS = re.compile(r"注意|预防|谨记|牢记|请|保护|安全|热线|电话|拨打|\d{3}")


def text_ends(lines: list[tuple[str, bool]]) -> int:
    """How many of the lines, each with whether it is linked, stand before what is no part of the text; never none.

    A label such as 来源 or a list of names may be what a text is about: it goes only where a line that can be nothing
    but the page's own stands among those at the end, and only as far as little of the text goes with them.
    """
    end = _said(lines)
    lines = lines[:end]
    whole = end = _before_forms(lines)
    while end > 1 and (_is_sure(*lines[end - 1]) or _is_label(lines[end - 1][0])):
        end -= 1
    if end == whole:
        return end
    tail = lines[end:]
    labels = [text for text, linked in tail if not _is_sure(text, linked)]
    little = sum(map(len, labels)) <= _MOST_OF_TEXT * sum(len(text) for text, _ in lines)
    if little and len(labels) <= min(_MOST_LINES, len(tail) - 1):
        return end
    end = whole
    while end > 1 and _is_sure(*lines[end - 1]):
        end -= 1
    return end


def _said(lines: list[tuple[str, bool]]) -> int:
    """Where a text says itself that it ends, such as with END, and only few short lines follow that help nobody."""
    if not any(_END.match(plain(text)) for text, _ in lines[-_MOST_LOOSE:]):
        return len(lines)
    for place in range(len(lines) - 1, max(len(lines) - _MOST_LOOSE, 1), -1):
        text, linked = lines[place]
        line = plain(text)
        if _END.match(line):
            return place
        if _is_sure(text, linked) or _is_label(text):
            continue
        if len(line) > _AFTER_END or line.endswith("。") or _ADVICE.search(line) or _HELPS.search(line):
            break
    return len(lines)


def _before_forms(lines: list[tuple[str, bool]]) -> int:
    """Where the loose words begin that stand below the line of source and editor, such as the labels of a form."""
    for place in range(len(lines) - 1, max(len(lines) - _MOST_LOOSE, 1), -1):
        line = plain(lines[place][0])
        if _ORIGIN.match(line) and _EDITS.search(line) and _is_sure(*lines[place]):
            return place + 1
        if len(line) > _LOOSE or _STOP.search(line):
            break
    return len(lines)


def belongs_before(text: str) -> bool:
    """Whether a line at the very beginning of a text only calls upon its reader to follow somebody."""
    return len(text) <= _LONGEST and (_is_call(plain(text)) or is_furniture(text))


def _is_sure(text: str, linked: bool) -> bool:
    """Whether a line at the very end can be nothing but the page's own."""
    line = plain(text)
    if len(line) <= _LONGEST_RIGHTS and (_is_rights(line) or is_disclaimer(text)):
        return True
    if len(line) > _LONGEST:
        return False
    if is_furniture(text) or is_post_line(text) or _is_call(line) or _is_own(line):
        return True
    if is_editor_line(text) or (len(bare(text)) >= _HEADING and opens_annex(text)):
        return True
    if _STOP.search(line):
        return False
    if _WAY.match(line):
        return linked or len(line) <= _LONGEST_CALL
    return bool(_SURE_ORIGIN.match(line)) or (bool(_EDITS.search(line)) and (_is_credit(line) or _tells_all(line)))


def _is_own(line: str) -> bool:
    """Whether a line is the page's end, a way back, counts of readers, or how to reach the newsroom."""
    return bool(
        _END.match(line)
        or _LEAVES.match(line)
        or _COUNTS.match(line)
        or _NEWSROOM.match(line)
        or _SURE_MAKER.match(line)
        or (len(line) <= _LONGEST_CALL and not line.endswith("。") and (_LIKES.match(line) or _TAPS.match(line)))
    ) or (bool(_APP.search(line)) and not _STOP.search(line))


def _tells_all(line: str) -> bool:
    """Whether one line says where a text came from and who edited it: 本文来源：某报 作者：张三 责任编辑：李四_NN1."""
    return bool(_ORIGIN.match(line))


def _is_label(text: str) -> bool:
    """Whether a line may tell where the text came from and who made it."""
    line = plain(text)
    if len(line) > _LONGEST or _STOP.search(line):
        return False
    return bool(_NONE_THERE.match(line) or _ORIGIN.match(line) or _MAKER.match(line)) or _is_credit(line)


def _is_call(line: str) -> bool:
    if len(line) > _LONGEST_CALL or line.endswith("。"):
        return False
    # a code or an account may be what a text is about, and advice on them the best of it
    return bool(_CALL.match(line) and _CALLED_TO.search(line)) and not _ADVICE.search(line)


def _is_rights(line: str) -> bool:
    if _RIGHTS_HEAD.match(line) and _RIGHTS_WORD.search(line):
        return True
    return len(line) <= _LONGEST_RIGHTS // 2 and bool(_RIGHTS.search(line) or _OWN_RIGHTS.search(line))


def _is_credit(line: str) -> bool:
    """Whether a line names only people and what they did, such as 责编 张三 校对 李四."""
    parts = [part for part in _SEPARATORS.split(line.strip("。 ")) if part]
    if not parts or not _is_role(parts[0]):
        return False
    return all(_is_role(part) or is_chinese_name(part, 4) for part in parts)


def _is_role(part: str) -> bool:
    """A role, alone or with the name that follows it at once: 记者, 记者王五."""
    if part in _SHORT_ROLES:
        return True
    role = _ROLE.match(part)
    return role is not None and (role.end() == len(part) or is_chinese_name(part[role.end() :]))
