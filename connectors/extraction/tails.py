"""What stands before and after the text of an article and is no part of it: the way to other articles, calls to follow
an account, rights, where it came from and who made it. Lines like these are taken off the ends only: in the middle of a
text the same words may be what it is about."""

from __future__ import annotations

import re

from connectors.extraction.blocks import plain
from connectors.extraction.names import is_chinese_name
from connectors.extraction.phrases import is_furniture
from connectors.extraction.threads import is_post_line

_WAY = re.compile(
    r"^[\W_]*(?:阅读)?[上下前后]一?(?:篇|条|则|期|章|集|页|张)(?:文章|新闻|内容|资讯|公告|通知)?\s*(?:[:>»→]|没有|无|$)|^[\W_]*(?:没有了|无|暂无)[\W_]*$"
)
_CALL = re.compile(
    r"^[\W_]*(?:欢迎|敬请|请|请您|快来|赶快|赶紧|立即|立刻|马上|用|使用|通过|现在)*"
    r"(?:微信)?(?:长按|扫码|扫描|扫一扫|扫下|识别|点击|点按|轻点|关注|打开|下载|搜索|订阅|添加|戳|安装|登录|转发|更多)"
)
_CALLED_TO = re.compile(
    r"公众号|客户端|APP|视频号|朋友圈|阅读原文|读者群|微信群|蓝字|在看|订阅|查看更多|精彩|关注(?:我们|本)|官方微[信博]|置顶|星标|小程序|查看全文|看全文",
    re.I,
)
_CODE = re.compile(r"二维码|扫码|扫一扫")
_WHAT_FOR = re.compile(r"关注|加入|进群|获取更多|查看更多|微信|分享")
_SHORT_CALL = 16
_TO_DO = re.compile(r"报名|参加|参与|领取|办理|登记|填写|缴费|提交|查询|预约|签到|投票|上报|求助|举报|咨询|申请|购票")
_LEAVES = re.compile(
    r"^[\W_]*(?:返回.{2,6}查看更多|举报/反馈|[\w“”\"]{2,16}(?:科技)?公众号|.{2,20}微信搜索.{2,40}|分享让更多人看到|感谢(?:您的)?阅读|喜欢(?:就|请)?点.{0,6})[\W_]*$"
)
_RIGHTS_HEAD = re.compile(
    r"^[\W_]*(?:特别|郑重|免责|版权|重要|转载|网站|本站|本网|平台|原创|风险)?(?:声明|申明|提示|说明|提醒)\s*[:】\])>]"
)
_RIGHTS_WORD = re.compile(r"转载|版权|侵权|网友|观点|立场|责任|删除|原创|授权|投资|仅供|传递更多信息|著作权|投稿")
_RIGHTS = re.compile(
    r"未经.{0,16}(?:授权|许可|允许|同意).{0,12}(?:不得|禁止|严禁|请勿|勿)|(?:禁止|谢绝|严禁|请勿|拒绝).{0,8}转载|转载.{0,8}(?:请|须|需|务必).{0,6}(?:注明|联系|标明|保留)"
    r"|(?:如|若|凡)(?:有|涉及|存在)?.{0,14}侵权.{0,24}(?:联系|删除|告知)|侵权.{0,4}(?:必究|[立即]?删)|版权(?:归|均?属)|仅为传递更多信息|不构成.{0,8}建议"
    r"|(?:本文|文章|内容|稿件|图文|图片|素材)(?:.{0,60})(?:授权(?:发布|转载|刊发)|版权所有)|^[\W_]*本文(?:系|为|由).{0,24}(?:原创|独家|首发)|^[\W_]*©|All Rights Reserved",
    re.I,
)
_ORIGIN = re.compile(
    r"^[\W_]*(?:本文|文章|资料|信息|内容|图片|图文|素材|数据|新闻|稿件|文字|视频|部分|题图|封面图?|配图|头图|主要|综合|参考|原文)*"
    r"(?:来\s*源|來\s*源|稿\s*源|出处|转自|转载自|摘自|综合自|整理自|原载|供稿|供图|原文链接|原文地址|原文网址|本文链接|本文网址|本文地址|链接|网址|标签|关键[词字]|tags?|分类|栏目"
    r"|发布于|阅读|浏览|点击|作者单位|作\s*者|撰\s*文|文字|摄影|制图|设计|作者[/|]编辑)(?:次数|量|数)?\s*[:/丨|(]",
    re.I,
)
_END = re.compile(r"^[\W_]*(?:the\s+)?(?:END|完|全文完|正文完|本文完|结束)[\W_]*$", re.I)
_SEPARATORS = re.compile(r"[\s:/|丨、,;()\[\]【】&＆·•-]+")
_ROLE = re.compile(
    r"(?:本报|本网|全媒体|融媒体|首席|见习|实习|特约|值班|执行|责任|新媒体|网络|图文|文字|视频|本期|[一二三初复终]|总)*"
    r"(?:记者|通讯员|编辑|责编|校对|校审|审校|审核|审签|编审|监审|审|编委|监制|主编|编导|摄影|摄像|撰文|撰稿|供稿|统筹|策划|出品人?|设计|制图|排版|美编|视觉|制作|剪辑|配音|海报|实习生|来源)"
)
_SHORT_ROLES = frozenset({"文", "图", "图文", "文图", "摄", "报道", "摄影报道", "文并摄", "作者"})
_LONGEST = 80
_LONGEST_RIGHTS = 400


def belongs_after(text: str) -> bool:
    """Whether a line at the very end of a text is no part of it."""
    line = plain(text)
    if len(line) <= _LONGEST_RIGHTS and _is_rights(line):
        return True
    if len(line) > _LONGEST:
        return False
    return (
        _is_call(line)
        or bool(_WAY.match(line) or _END.match(line) or _LEAVES.match(line))
        or (bool(_ORIGIN.match(line)) and "。" not in line)
        or _is_credit(line)
        or is_furniture(text)
        or is_post_line(text)
    )


def belongs_before(text: str) -> bool:
    """Whether a line at the very beginning of a text only calls upon its reader to follow somebody."""
    return len(text) <= _LONGEST and (_is_call(plain(text)) or is_furniture(text))


def _is_call(line: str) -> bool:
    if not _CALL.match(line) or _TO_DO.search(line):
        return False
    if _CALLED_TO.search(line):
        return True
    # a code may be what a text is about; a call is short, or says what for
    return bool(_CODE.search(line)) and (len(line) <= _SHORT_CALL or bool(_WHAT_FOR.search(line)))


def _is_rights(line: str) -> bool:
    return bool(_RIGHTS_HEAD.match(line) and _RIGHTS_WORD.search(line)) or (
        len(line) <= _LONGEST_RIGHTS // 2 and bool(_RIGHTS.search(line))
    )


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
