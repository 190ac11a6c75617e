"""What Weibo's codes mean for us. Source: the platform's public error table and the pages of each call."""

from connectors.base import ErrorClass
from connectors.channels.codes import CodeTable

_E = ErrorClass

CODES = CodeTable(
    "微博",
    [
        ("10001 10002 10003 10009 10010 10011", _E.RETRYABLE, "微博系统繁忙。", "系统会自动再试，无需处理。"),
        ("10022", _E.RATE, "本机 IP 这一小时的请求次数已用完。", "下一小时系统会自动再试。"),
        ("10023 10024", _E.RATE, "账号的微博接口次数已用完。", "系统会每小时再试，急用请在微博上手工发布。"),
        ("20016 11001", _E.RATE, "发布过于频繁。", "系统会稍后自动再试。"),
        ("21301 21314 21315 21316 21317 21319", _E.AUTH_REAUTH, "微博授权已失效。", "请在账号页重新授权。"),
        ("21327", _E.AUTH_REAUTH, "微博授权已到期。", "请在账号页重新授权。"),
        ("21332", _E.AUTH_REAUTH, "微博的访问凭证无效。", "请在账号页重新授权。"),
        ("21324", _E.AUTH_REAUTH, "App Key 或 App Secret 不正确。", "请管理员在账号设置里重新填写。"),
        ("21325", _E.AUTH_REAUTH, "授权码无效或已过期。", "请在账号页重新授权。"),
        ("21330", _E.AUTH_REAUTH, "授权被拒绝。", "请用该微博账号登录后同意授权。"),
        ("10004", _E.PERMISSION, "本机 IP 不允许调用微博接口。", "请管理员到微博开放平台检查 IP 限制。"),
        ("10005 10014", _E.PERMISSION, "微博应用没有此接口权限。", "请管理员到微博开放平台申请权限。"),
        ("10006 10018", _E.PERMISSION, "微博应用信息不正确。", "请管理员检查 App Key。"),
        (
            "10017",
            _E.PERMISSION,
            "微博里没有安全域名下的链接，或参数不对。",
            "请管理员核对微博应用的安全域名与站点网址。",
        ),
        ("21321", _E.PERMISSION, "微博应用未过审，只能用测试账号。", "请管理员完成应用审核，或把账号加为测试账号。"),
        ("21322", _E.PERMISSION, "授权回调地址与登记的不一致。", "请管理员到微博开放平台核对回调地址。"),
        ("10008 10016 10020 10021", _E.VALIDATION, "请求参数不正确。", "这是程序错误，请联系管理员。"),
        ("20005", _E.VALIDATION, "图片格式不被接受。", "请换成 JPG、PNG 或 GIF 图片。"),
        ("20006", _E.VALIDATION, "图片太大。", "请换一张 5 MB 以内的图片。"),
        ("20007", _E.VALIDATION, "图片没有按要求上传。", "这是程序错误，请联系管理员。"),
        ("20008", _E.VALIDATION, "微博正文为空。", "请填写短文。"),
        ("20012 20013", _E.VALIDATION, "微博正文过长。", "请缩短短文。"),
        ("20014 20015", _E.VALIDATION, "微博里的链接或内容不合规则。", "请检查短文里的链接。"),
        ("20018", _E.CONTENT_REJECTED, "微博认为文中的链接不合规。", "请检查站点网址是否被微博拦截，修改后重新送审。"),
        ("20020", _E.CONTENT_REJECTED, "微博认为内容含广告。", "请修改短文后重新送审。"),
        ("20021", _E.CONTENT_REJECTED, "微博认为内容不合规。", "请修改短文后重新送审。"),
        ("20022", _E.CONTENT_REJECTED, "微博限制了此 IP 的发布。", "请在微博上核对账号状态，不要原样重发。"),
        ("20017 20019 20111", _E.DUPLICATE, "微博说已有相同的内容。", "系统会先核对那一条是否就是本条。"),
        ("20031", _E.NEEDS_HUMAN, "微博要求输入验证码。", "请用该账号登录微博完成验证，再点“重新发送”。"),
        (
            "11002",
            _E.NEEDS_HUMAN,
            "微博说随文的短微博没有发出，文章可能已经发出。",
            "请在微博“我的文章”里核对：文章在就登记链接，或删掉后再点“重新发送”。",
        ),
        (
            "11003",
            _E.NEEDS_HUMAN,
            "微博说文章与微博没有绑定成功，两者可能都已发出。",
            "请在微博上核对：都在就登记链接，只有一半就删掉后再点“重新发送”。",
        ),
        ("20101", _E.NOT_FOUND, "微博上没有这一条。", "它可能已被删除，请在微博核对。"),
        ("20102", _E.PERMISSION, "这条微博不属于此账号，无权操作。", "请核对账号，并在微博上手工处理。"),
        ("20003", _E.PERMISSION, "微博上没有这个用户。", "请管理员检查账号设置。"),
    ],
)
ARTICLE_DONE = "100000"
"""The article interface's word for success; a string."""
PENDING = "20032"
"""Taken, visible after one or two minutes: a success without an id."""
SAME_TEXT = {"20019", "20111"}
"""The text is the same to the letter; 20017 says only that it is much alike."""
