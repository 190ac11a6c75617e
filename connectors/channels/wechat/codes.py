"""What the WeChat platform's codes mean for us. Source: the public code list and the pages of each call."""

from connectors.base import ErrorClass, Refusal
from connectors.channels.codes import CodeTable, problem

_E = ErrorClass

CODES = CodeTable(
    "微信",
    [
        ("-1", _E.RETRYABLE, "微信系统繁忙。", "系统会自动再试，无需处理。"),
        ("40001 40014 41001 42001", _E.AUTH_REFRESH, "微信的访问凭证已失效。", "系统会自动换取新凭证再试一次。"),
        ("40013 41002", _E.AUTH_REAUTH, "AppID 不正确。", "请管理员在账号设置里重新填写 AppID。"),
        ("40125 41004", _E.AUTH_REAUTH, "AppSecret 不正确或已重置。", "请管理员在账号设置里填写新的 AppSecret。"),
        ("40243", _E.AUTH_REAUTH, "AppSecret 已被冻结。", "请管理员到公众平台解冻 AppSecret，再重新检测账号。"),
        ("40164", _E.PERMISSION, "服务器的 IP 不在白名单里。", "请到公众平台“开发接口管理”把本机出口 IP 加入白名单。"),
        ("61004", _E.PERMISSION, "服务器的 IP 未在第三方平台登记。", "请管理员在第三方平台登记本机出口 IP。"),
        (
            "89503",
            _E.AUTH_REAUTH,
            "此 IP 调用接口需要公众号管理员确认。",
            "请公众号管理员在手机上确认，再重新检测账号。",
        ),
        (
            "89506",
            _E.AUTH_REAUTH,
            "公众号管理员拒绝了此 IP，24 小时内不能再申请。",
            "请联系公众号管理员，24 小时后重新检测。",
        ),
        (
            "89507",
            _E.AUTH_REAUTH,
            "公众号管理员拒绝了此 IP，1 小时内不能再申请。",
            "请联系公众号管理员，1 小时后重新检测。",
        ),
        ("50007", _E.AUTH_REAUTH, "公众号已被冻结。", "请公众号管理员登录公众平台处理。"),
        (
            "48001",
            _E.PERMISSION,
            "这个公众号没有此接口权限。",
            "个人或未认证账号请改用“只存草稿”方式，由编辑在公众平台发表。",
        ),
        ("48004", _E.PERMISSION, "接口因违规被封禁。", "请公众号管理员登录公众平台查看封禁原因。"),
        ("50002 50004", _E.PERMISSION, "公众号的功能受到限制。", "请公众号管理员登录公众平台处理。"),
        (
            "61007",
            _E.PERMISSION,
            "公众号没有把此权限授予第三方平台。",
            "请公众号管理员重新授权并勾选发布、素材和数据权限。",
        ),
        ("88000", _E.VALIDATION, "公众号没有留言功能。", "请在账号设置里关闭“打开留言”。"),
        ("45009", _E.QUOTA, "今天的接口次数已用完。", "零点以后系统会自动再试，急用请在公众平台操作。"),
        ("45028", _E.QUOTA, "今天的群发次数已用完。", "零点以后系统会自动再试；急用请把账号改为不通知粉丝的发表。"),
        ("48006", _E.NEEDS_HUMAN, "本月的清零次数已用完。", "请等到下月，或在公众平台申请提高额度。"),
        ("45011", _E.RATE, "调用过于频繁。", "系统会在一分钟后自动再试。"),
        ("45066", _E.DUPLICATE, "这次发送一分钟内已请求过。", "系统会先核对是否已发出，无需处理。"),
        ("45065", _E.DUPLICATE, "这次发送 24 小时内已请求过。", "系统会先核对是否已发出，无需处理。"),
        ("45067", _E.VALIDATION, "发送标识过长。", "这是程序错误，请联系管理员。"),
        (
            "53503",
            _E.CONTENT_REJECTED,
            "草稿没有通过发布检查。",
            "请在公众平台打开这篇草稿查看原因，修改稿件后重新送审。",
        ),
        (
            "53504",
            _E.NEEDS_HUMAN,
            "这篇草稿须在公众平台网站上发表。",
            "请在公众平台的草稿箱里手工发表，再回来登记链接。",
        ),
        (
            "53505",
            _E.NEEDS_HUMAN,
            "这篇草稿须先在公众平台网站上手工保存。",
            "请在公众平台打开草稿并保存，再点“重新发送”。",
        ),
        ("53600 40059 40008", _E.NOT_FOUND, "微信上没有这篇内容。", "它可能已被删除，请在公众平台核对。"),
        ("40060 40065 40114", _E.VALIDATION, "内容的序号不正确。", "这是程序错误，请联系管理员。"),
        ("40002", _E.VALIDATION, "凭证请求的类型不正确。", "这是程序错误，请联系管理员。"),
        ("40003", _E.VALIDATION, "用户标识不正确。", "这是程序错误，请联系管理员。"),
        ("40004 40005 40113", _E.VALIDATION, "图片格式不被接受。", "请换成 JPG 或 PNG 图片后重新发送。"),
        ("40006 40009 45001", _E.VALIDATION, "图片太大。", "请换一张较小的图片后重新发送。"),
        ("40007", _E.VALIDATION, "素材或草稿编号无效。", "封面可能已在公众平台被删除，请重新发送。"),
        ("40033", _E.VALIDATION, "文字里有不允许的字符。", "请删去特殊字符后重新送审。"),
        ("41005 44002", _E.VALIDATION, "上传的内容为空。", "请检查图片文件是否损坏。"),
        ("41039", _E.VALIDATION, "“阅读原文”的链接不正确。", "请检查账号设置里的站点网址。"),
        ("43002", _E.VALIDATION, "调用方式不正确。", "这是程序错误，请联系管理员。"),
        ("44003", _E.VALIDATION, "图文内容为空。", "请检查稿件正文。"),
        (
            "44004 45002 45166",
            _E.VALIDATION,
            "正文过长或含有不允许的内容。",
            "请缩短正文、删去外链和特殊格式后重新送审。",
        ),
        ("64562", _E.VALIDATION, "正文含有不允许的内容。", "请删去外链和特殊格式后重新送审。"),
        ("45003", _E.VALIDATION, "标题过长。", "请把标题缩短到 32 字以内。"),
        ("45110", _E.VALIDATION, "作者名过长。", "请把作者缩短到 16 字以内。"),
        ("40097", _E.VALIDATION, "参数不正确。", "这是程序错误，请联系管理员。"),
        ("45004", _E.VALIDATION, "摘要过长。", "请把摘要缩短到 128 字以内。"),
        ("45007", _E.VALIDATION, "语音过长。", "请换一段 60 秒以内的语音。"),
        ("45008", _E.VALIDATION, "一次图文的篇数过多。", "请减少篇数后重新发送。"),
        ("47001", _E.VALIDATION, "请求格式不正确。", "这是程序错误，请联系管理员。"),
        ("53404 53405 53406", _E.VALIDATION, "商品卡片不符合要求。", "请删去商品卡片后重新送审。"),
        ("61500 61501", _E.VALIDATION, "查询的日期不正确。", "数据只能查到昨天为止，请检查日期。"),
    ],
)

_UNSAID, _LOOK = "群发失败，微信没有说明原因。", "请在公众平台的发表记录里查看，处理后再重新发送。"

PUBLISH_FAILED: dict[str, Refusal] = {
    "2": problem(_E.CONTENT_REJECTED, "原创校验没有通过。", "请在公众平台查看原因，修改稿件或声明后重新送审。"),
    "3": problem(_E.PERMANENT, "微信发表失败，没有说明原因。", "请在公众平台试着手工发表；测试号不能发表。"),
    "4": problem(_E.CONTENT_REJECTED, "没有通过平台审核。", "请在公众平台查看原因，修改稿件后重新送审。"),
    "6": problem(_E.CONTENT_REJECTED, "发表后被平台封禁。", "请在公众平台查看封禁原因，并告知审签人。"),
    "err(10001)": problem(_E.CONTENT_REJECTED, "群发被拒绝：涉嫌广告。", "请修改稿件后重新送审。"),
    "err(20001)": problem(_E.CONTENT_REJECTED, "群发被拒绝：涉嫌政治内容。", "请修改稿件后重新送审。"),
    "err(20002)": problem(_E.CONTENT_REJECTED, "群发被拒绝：涉嫌色情。", "请修改稿件后重新送审。"),
    "err(20004)": problem(_E.CONTENT_REJECTED, "群发被拒绝：涉嫌社会问题。", "请修改稿件后重新送审。"),
    "err(20006)": problem(_E.CONTENT_REJECTED, "群发被拒绝：涉嫌违法犯罪。", "请修改稿件后重新送审。"),
    "err(20008)": problem(_E.CONTENT_REJECTED, "群发被拒绝：涉嫌欺诈。", "请修改稿件后重新送审。"),
    "err(20013)": problem(
        _E.CONTENT_REJECTED, "群发被拒绝：涉嫌侵犯版权。", "请核对图文的来源和授权，修改后重新送审。"
    ),
    "err(21000)": problem(
        _E.CONTENT_REJECTED, "群发被拒绝：涉嫌其他违规。", "请在公众平台查看原因，修改稿件后重新送审。"
    ),
    "err(22000)": problem(_E.CONTENT_REJECTED, "群发被拒绝：涉嫌互推。", "请删去互相推荐的内容后重新送审。"),
    "err(30001)": problem(
        _E.CONTENT_REJECTED, "原创校验出错，群发已停止。", "请在公众平台查看，稍后编辑出新版本再发。"
    ),
    "err(30002)": problem(_E.CONTENT_REJECTED, "原创校验判定不能群发。", "请在公众平台查看原因，修改稿件后重新送审。"),
    "err(30003)": problem(
        _E.CONTENT_REJECTED, "原创校验判定为转载，群发已停止。", "请取得原作者授权，或修改稿件后重新送审。"
    ),
    "err(40001)": problem(_E.NEEDS_HUMAN, "公众号管理员拒绝了这次群发。", "请与管理员商定，同意后点“重新发送”。"),
    "err(40002)": problem(
        _E.NEEDS_HUMAN, "公众号管理员 30 分钟内没有确认这次群发。", "请管理员留意手机上的确认，再点“重新发送”。"
    ),
    "send fail": problem(_E.PERMANENT, _UNSAID, _LOOK),
    "SEND_FAIL": problem(_E.PERMANENT, _UNSAID, _LOOK),
}
"""How a job ended badly: publish_status (5, all deleted by the account, is no failure but a withdrawal), or `Status` of a mass
send's call-back, whose N are no codes of the interface though some numbers are the same, or its msg_status."""


def mass_failed(status: str) -> Refusal:
    """Why a mass send failed, from the `Status` of its call-back ("err(20001)", "send fail", or nothing)."""
    if status in PUBLISH_FAILED:
        return PUBLISH_FAILED[status]
    number = status.removeprefix("err(").removesuffix(")")
    if status.startswith("err(") and number[:1] in ("1", "2", "3"):
        remedy = "请在公众平台查看原因，修改稿件后重新送审。"
        return problem(_E.CONTENT_REJECTED, f"群发没有通过平台审核（{number}）。", remedy)
    return PUBLISH_FAILED["send fail"]
