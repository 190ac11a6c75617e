"""`python -m sandbox.newsroom export DIR`: write every sample warning as a CAP file with current times, and name the files."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from sandbox.newsroom.alerts import AlertBoard


def export(folder: Path, now: datetime) -> list[Path]:
    """Each template once, `<name>.xml`, in the order in which the messages would arrive. Older files are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for alert in AlertBoard(now).put_all(now):
        path = folder / f"{alert.name}.xml"
        path.write_text(alert.xml(), encoding="utf-8")
        written.append(path)
    return written


def main(arguments: list[str]) -> int:
    if len(arguments) != 2 or arguments[0] != "export":
        sys.stderr.write("用法：python -m sandbox.newsroom export 目录\n")
        return 2
    for path in export(Path(arguments[1]), datetime.now(UTC)):
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
