"""Ctrl-C and SIGTERM, let through at any moment but while something finished is being kept."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """While entered, both signals raise KeyboardInterrupt, but never under `held()`.

    Does nothing outside the main thread, where no signal arrives.
    """

    def __init__(self) -> None:
        self.holding = False
        self.wanted = False
        self.before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self.before = {s: signal.signal(s, self._arrived) for s in _SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep both signals waiting until the end of the block."""
        self.holding = True
        try:
            yield
        finally:
            self.holding = False
        if self.wanted:
            raise KeyboardInterrupt

    def _arrived(self, *_: object) -> None:
        self.wanted = True
        if not self.holding:
            raise KeyboardInterrupt
