"""Reading what can be set: TOML and CSV files, with one clear sentence for every mistake in them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

FOLDER = Path(__file__).parent
_BESIDE = ("areas.csv", "theme_days.toml")
"""Lists of the tagger that lie beside the folder of the others, because others read them too."""
Entry = TypeVar("Entry", bound=BaseModel)


class ConfigError(Exception):
    """A setting is missing or wrong; the message is Chinese and says where and what to do."""


def read_toml(path: Path) -> dict[str, Any]:
    """The file's tables. Raises ConfigError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(f"找不到设置文件 {path}，请检查路径。") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"设置文件 {path} 不是 UTF-8 编码，请另存为 UTF-8 后再试。") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"设置文件 {path} 写错了（{error}），请改正这一处后再试。") from error
    except RecursionError as error:
        raise ConfigError(f"设置文件 {path} 里的括号嵌套得太深，请改正后再试。") from error
    except OSError as error:
        raise ConfigError(f"读不了设置文件 {path}（{error.strerror}），请检查权限。") from error


def entries(path: Path, table: str, shape: type[Entry], places: Mapping[str, str] | None = None) -> list[Entry]:
    """The [[table]] entries of a file, checked. Raises ConfigError naming file, entry and field.

    `places` are put in before the check: each of its names, wherever it stands in a text, becomes its value.
    """
    rows = _placed(read_toml(path).get(table, []), places or {})
    if not isinstance(rows, list):
        raise ConfigError(f"设置文件 {path} 中应写 [[{table}]]（双方括号），请改正。")
    return [checked(shape, row, f"{path} 第 {number} 个 [[{table}]]") for number, row in enumerate(rows, 1)]


def _placed(value: Any, places: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for name, own in places.items():
            value = value.replace(name, own)
        return value
    if isinstance(value, dict):
        return {key: _placed(item, places) for key, item in value.items()}
    return [_placed(item, places) for item in value] if isinstance(value, list) else value


def checked(shape: type[Entry], values: Any, where: str) -> Entry:
    """The values in their shape. Raises ConfigError with the first mistake."""
    try:
        return shape.model_validate(values)
    except ValidationError as error:
        raise ConfigError(f"{where}：{mistake(error)}") from error


def mistake(error: ValidationError) -> str:
    """The first mistake of a pydantic check, in Chinese, without the value (it may be a secret)."""
    first = error.errors(include_input=False, include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "内容"
    said = {
        "missing": f"缺少 {field}，请补上。",
        "extra_forbidden": f"没有 {field} 这一项，请删去或检查拼写。",
    }
    reason = first["msg"].removeprefix("Value error, ")
    return said.get(first["type"], f"{field} 的值不对（{reason}），请改正。")


def texts(folder: Path, suffixes: Iterable[str] = (".toml", ".csv")) -> dict[str, str]:
    """Name → text of the files in a folder, by name. Raises ConfigError for one that is not UTF-8."""
    found = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.suffix in set(suffixes):
            try:
                found[path.name] = path.read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(f"读不了词表文件 {path}，请确认它是 UTF-8 编码且有读取权限。") from error
    return found


def lexicon_files(folder: Path = FOLDER) -> dict[str, str]:
    """What the tagger is made of: "lexicons/<name>" → text, and the tables beside them."""
    found = {f"lexicons/{name}": text for name, text in texts(folder / "lexicons").items()}
    tables = texts(folder)
    return found | {name: tables[name] for name in _BESIDE if name in tables}


def changed_lexicon_files(folder: Path) -> dict[str, str]:
    """Our own lists with those of a folder in their place; the folder may hold some only, with or without "lexicons/".

    Raises ConfigError where nothing in it is a list of ours, and where a name is nearly one, since that would not be tried.
    """
    own = lexicon_files()
    loose = {name if name in _BESIDE else f"lexicons/{name}": text for name, text in texts(folder).items()}
    given = loose | lexicon_files(folder)
    found = {name: text for name, text in given.items() if name in own}
    stems = {Path(name).stem: Path(name).name for name in own}
    for name in given.keys() - own.keys() - {f"lexicons/{path.name}" for path in FOLDER.iterdir()}:
        if meant := get_close_matches(Path(name).stem, stems, 1, 0.8):
            raise ConfigError(f"{Path(name).name} 不是词表的名字，是不是 {stems[meant[0]]}？请改正文件名后再试。")
    if not found:
        raise ConfigError(f"{folder} 里没有词表，请指明放着改过的词表（如 emergency.toml）的文件夹。")
    return own | found
