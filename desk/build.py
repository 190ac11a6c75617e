"""Builds the browser scripts from desk/assets into desk/static/build: `python -m desk.build`.

Node and npm come from a wheel beside this Python. Nothing is done where neither the lock file nor a source changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"
BUILT = Path(__file__).parent / "static" / "build"
STAMP = Path(__file__).parent.parent / ".kepu-setup" / "desk-assets"
SCRIPTS = ("desk.js", "editor.js")


class BuildFailed(Exception):
    """The message is Chinese and says what to do."""


def build(*, force: bool = False) -> bool:
    """Builds where something changed. Returns whether it did. Raises BuildFailed."""
    wanted = _digest()
    known = STAMP.read_text().strip() if STAMP.exists() else ""
    if not force and known == wanted and all((BUILT / name).is_file() for name in SCRIPTS):
        return False
    npm = _npm()
    _run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        "下载编辑台的浏览器脚本失败，请检查网络或 npm 设置后重试",
    )
    _run([npm, "run", "build"], "编译编辑台的浏览器脚本失败，请把上面的输出交给维护人员")
    STAMP.parent.mkdir(exist_ok=True)
    STAMP.write_text(wanted + "\n")
    return True


def main() -> int:
    try:
        done = build(force="--force" in sys.argv[1:])
    except BuildFailed as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("编辑台脚本已编译。\n" if done else "编辑台脚本没有变化。\n")
    return 0


def _digest() -> str:
    digest = hashlib.sha256()
    files = [ASSETS / name for name in ("package.json", "package-lock.json", "vite.config.js")]
    for path in [*files, *sorted((ASSETS / "src").glob("*.js"))]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _npm() -> str:
    beside = Path(sys.executable).parent / "npm"
    found = str(beside) if beside.exists() else shutil.which("npm")
    if found is None:
        raise BuildFailed("找不到 npm：请先执行 make setup 安装依赖（其中带有 Node.js）。")
    return found


def _run(command: list[str], trouble: str) -> None:
    folder = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": folder + os.pathsep + os.environ.get("PATH", "")}
    result = subprocess.run(command, cwd=ASSETS, env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        said = (result.stdout + result.stderr).strip().splitlines()[-15:]
        raise BuildFailed("\n".join([*said, f"{trouble}（npm 返回 {result.returncode}）。"]))


if __name__ == "__main__":
    sys.exit(main())
