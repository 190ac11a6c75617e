"""Whether a page is a thread: a forum, a question with its answers. Then the replies belong to the text, in their order."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urlsplit

from connectors.extraction.blocks import Element, Node, plain

_SOFTWARE = re.compile(
    r"discuz|phpwind|flarum|phpbb|vbulletin|xenforo|nodebb|discourse|mybb|smf|dvbbs|startbbs|xiuno", re.I
)
_HOSTS = re.compile(r"(?:^|\.)(?:bbs|forums?|tieba|club|ask|wenda|zhidao|discuss|community)\w*\.|bbs\.", re.I)
_PATHS = re.compile(
    r"viewthread|showthread|showtopic|/thread[-/]\d|read\.php\?tid|/(?:questions?|answers?|wenda|topics?|threads?|discussions?|bbs|forum)/"
    r"|/[dt]/(?!(?:19|20)\d\d[-/])\d{2,}(?:[/?#-]|$)",
    re.I,
)
_KINDS = frozenset({"QAPage", "DiscussionForumPosting", "Question"})
_POST_ID = re.compile(r"^(?:postmessage|post|pid|floor|reply|answer)[-_]?\d+$", re.I)
_POST_CLASS = re.compile(
    r"(?:^|[\s_-])(?:comments?|repl(?:y|ies)|answers?|posts?|floor|thread)(?:$|[\s_-])|Answer|Post[A-Z-]|Comment", re.A
)
_ENOUGH_POSTS = 2
_AUTHOR_BOX = re.compile(
    r"(?:^|[\s_-])(?:pls|authi|avtm|avatar|postauthor|authorinfo|author-?info|user-?(?:info|card|panel)|userinfo|profile|sign|signature|postactions?"
    r"|toolbar|actions?|likes?|votes?)(?:$|[\s_-])|PostUser|Post-(?:header|footer|actions)|ContentItem-(?:meta|actions)",
)
_POST_LINE = re.compile(
    r"^[\W_]*(?:(?:发表于|回复于|发布于|编辑于|最后编辑|本帖最后由|只看该作者|只看楼主|只看大图|倒序浏览|正序浏览|阅读模式|复制链接|电梯直达|显示全部楼层|"
    r"使用道具|举报|回复|支持|反对|赞同|收藏|评分|点评|分享|楼主|沙发|板凳|地板|已编辑|引用|快速回复|跳转到指定楼层|来自|查看|积分|威望|帖子|注册时间|"
    r"展开全部|展开阅读|收起|更多回答|查看更多|全部回答|个回答|回答|抢首赞|已赞过|已踩过|高能答主|活跃答主|个人认证用户|认证用户|采纳数|获赞数|关于作者|文章|关注者|被浏览|"
    r"去购买|匿名用户|添加评论|条评论|写回答|关注问题|邀请回答|好问题|最佳答案|最佳回复|已采纳|推荐于|编辑|修改|删除|个赞|点赞)"
    r"[\s\d:|#()/<>年月日·,-]*)+(?:楼|天前|小时前|分钟前)?[\W_]*$"
)


def is_thread(root: Element, url: str, generator: str, kind: str) -> bool:
    """By the software that made the page, its address, its own statement or the numbered ids of its posts.

    `generator`: the meta element of that name; `kind`: the schema.org type that the page states.
    """
    if _SOFTWARE.search(generator) or kind in _KINDS:
        return True
    parts = urlsplit(url)
    called_so = _HOSTS.search(parts.netloc) or _PATHS.search(f"{parts.path}?{parts.query}")
    if called_so:
        names = (element.get("class") or "" for element in root.iter("div", "article", "li", "td", "section", "dd"))
        if sum(1 for name in names if _POST_CLASS.search(name)) >= _ENOUGH_POSTS:
            return True
    kinds = Counter(
        re.sub(r"\d+", "", element.get("id") or "")
        for element in root.iter("div", "td", "article", "li")
        if _POST_ID.match(element.get("id") or "")
    )
    return any(number >= _ENOUGH_POSTS for number in kinds.values())


def numbered_posts(nodes: list[Node]) -> list[int]:
    """The places of elements that bear the number of a post."""
    return [index for index, node in enumerate(nodes) if _POST_ID.match(node.element.get("id") or "")]


def is_beside_posts(node: Node) -> bool:
    """Whether an element holds who wrote a post, or what one can do with it, and not the post."""
    return bool(_AUTHOR_BOX.search(f"{node.element.get('class') or ''} {node.element.get('id') or ''}"))


def is_post_line(text: str) -> bool:
    """Whether a line is a post's own furniture, such as 发表于 2024-5-18 19:27 | 只看该作者."""
    return len(text) <= 60 and bool(_POST_LINE.match(plain(text)))
