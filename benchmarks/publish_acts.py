"""What an editor may do with one delivery on the platform's own site, and what is pressed on the desk next."""

from __future__ import annotations

PUBLISHES, MASS_SENDS, DELETES, UPLOADS = "编辑发表草稿", "编辑群发草稿", "编辑删除草稿", "编辑上传资料包"
WAITS, REGISTERS, GIVES_UP, TAKES_BACK = "等系统核对", "登记链接", "放弃", "撤回"
ACTS: dict[str, tuple[tuple[str, str], ...]] = {
    "console": (
        (PUBLISHES, WAITS),
        (PUBLISHES, WAITS),
        (PUBLISHES, REGISTERS),
        (PUBLISHES, GIVES_UP),
        (PUBLISHES, TAKES_BACK),
        (MASS_SENDS, REGISTERS),
        (MASS_SENDS, GIVES_UP),
        (MASS_SENDS, TAKES_BACK),
        (DELETES, GIVES_UP),
        (DELETES, TAKES_BACK),
    ),
    "upload": ((UPLOADS, REGISTERS), (UPLOADS, REGISTERS), (UPLOADS, TAKES_BACK)),
}
"""What is done there, and what is pressed on the desk next. Nobody gives up on the desk what was uploaded by hand: no machine could
know better."""
