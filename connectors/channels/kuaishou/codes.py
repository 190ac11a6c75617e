"""What Kuaishou's codes mean for us. Source: the platform's public error pages; success is `result` 1, not 0."""

from connectors.base import ErrorClass
from connectors.channels.codes import CodeTable

_E = ErrorClass

CODES = CodeTable(
    "快手",
    [
        ("100200500 10000500", _E.RETRYABLE, "快手系统繁忙。", "系统会自动再试，无需处理。"),
        ("100200102 100200108", _E.AUTH_REFRESH, "快手的访问凭证已失效。", "系统会自动换取新凭证再试一次。"),
        ("100200109", _E.AUTH_REAUTH, "账号主人取消了快手授权。", "请在账号页重新授权。"),
        ("100200110", _E.AUTH_REAUTH, "快手授权已到期。", "请在账号页重新授权。"),
        ("100200111", _E.AUTH_REAUTH, "账号没有授予这项权限。", "请在账号页重新授权，并勾选全部权限。"),
        ("100200113", _E.AUTH_REAUTH, "快手的刷新凭证已作废。", "请在账号页重新授权。"),
        ("100200101", _E.PERMISSION, "快手的 App ID 或 App Secret 不正确。", "请管理员在账号设置里重新填写。"),
        (
            "100200103 100200104 100200105 100200106 100200107",
            _E.PERMISSION,
            "快手不接受授权请求里的授权码、权限范围或回调地址。",
            "请在账号页重新授权，仍不行就请管理员到快手开放平台核对应用设置。",
        ),
        ("10000302", _E.RATE, "调用快手过于频繁。", "系统会在一分钟后自动再试。"),
        ("10000303", _E.RATE, "快手的防刷限制挡住了请求。", "系统会在半小时后自动再试，急用请在快手上手工发布。"),
        (
            "100100402",
            _E.QUOTA,
            "今天的快手接口次数已用完，或账号被禁止发布。",
            "零点以后系统会自动再试，急用请登录快手查看账号状态。",
        ),
        (
            "100200100 10000200 100400 100100400 1026",
            _E.VALIDATION,
            "请求参数不正确。",
            "请核对标题、话题、封面和视频，仍不行请联系管理员。",
        ),
        ("120001 100120001", _E.NOT_FOUND, "快手上没有这个作品。", "它可能没有通过审核或已被删除，请在快手上核对。"),
        ("120002 100120002", _E.PERMANENT, "快手没有收到视频文件。", "请点“重新发送”，系统会重新上传。"),
        ("120003 100120003", _E.PERMANENT, "快手处理视频失败。", "请换成 MP4（H.264）视频后重新送审。"),
    ],
)
OVER_LIMIT = "100100402"
"""Over the day's limit, or banned from publishing: the platform does not tell which."""
ANTI_SPAM = "10000303"
NEVER_PUBLIC = frozenset({"120002", "100120002", "120003", "100120003"})
"""Asked for a work: the video did not arrive, or could not be processed. Nothing else says that a work came to nothing."""
