"""A progress bar where a person waits over two seconds at a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import Callable, Iterator

DELAY = 2  # seconds before a bar is shown at all
Tell = Callable[..., None]  # of words, and how many steps they are: 1, or 0


def silently(words: str, steps: int = 1) -> None:
    """Tell nobody."""


@contextmanager
def bar(steps: int) -> Iterator[Tell]:
    """A function that says which of so many steps begins; a bar on a terminal."""
    if not sys.stderr.isatty():
        yield silently
        return
    from tqdm import tqdm

    form = "{percentage:3.0f}%|{bar:30}| {elapsed} {desc}"
    with tqdm(total=steps, delay=DELAY, leave=False, bar_format=form) as shown:

        def tell(words: str, steps: int = 1) -> None:
            shown.set_description_str(words)
            shown.update(steps)

        yield tell
