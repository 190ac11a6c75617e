"""What Toutiao's codes mean for us (video mode only). Source: probes of the open platform; the rest as at Douyin."""

from connectors.base import ErrorClass
from connectors.channels.codes import CodeTable

_E = ErrorClass

CODES = CodeTable(
    "今日头条",
    [
        ("2100004", _E.RETRYABLE, "头条系统繁忙。", "系统会自动再试，无需处理。"),
        # the account holds an access token alone: nothing of ours can renew it
        ("2190002 2190008 10008 10010", _E.AUTH_REAUTH, "头条授权已失效。", "请取得新的 access_token，填到账号里。"),
        ("16 2100007", _E.PERMISSION, "头条应用没有发布视频的权限。", "请管理员到开放平台申请，或关闭账号的视频接口。"),
        ("2190001", _E.QUOTA, "今天的头条接口次数已用完。", "零点以后系统会自动再试。"),
        ("10002 10005 2100005", _E.VALIDATION, "请求参数不正确。", "这是程序错误，请联系管理员。"),
        ("7115", _E.VALIDATION, "正文里的图片不是头条的图片。", "请在头条编辑器里从资料包逐张上传图片。"),
    ],
)
