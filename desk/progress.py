"""A progress bar where a person waits over two seconds at a terminal."""

from __future__ import annotations

import sys
from typing import Iterator, Sequence

DELAY = 2  # seconds before a bar is shown at all


def over(things: Sequence, words: str) -> Iterator:
    """The things one by one, with a bar on stderr when it is a terminal."""
    if len(things) < 2 or not sys.stderr.isatty():
        return iter(things)
    from tqdm import tqdm

    return iter(tqdm(things, desc=words, unit="个", delay=DELAY, leave=False))
