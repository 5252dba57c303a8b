"""Files that a command is asked to write beside its answer: --xlsx, --print."""

from __future__ import annotations

from pathlib import Path

from ledger.errors import BookError
from ledger.files import why, write_whole


def save(path: Path, content: bytes) -> None:
    """Write a file whole; BookError where it cannot be written."""
    try:
        write_whole(path, content)
    except OSError as error:
        raise BookError(f"写不了文件{path}：{why(error)}；请换一个路径") from error
