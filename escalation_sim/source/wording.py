"""How the author's own words stand in a message."""

from __future__ import annotations

from escalation_sim.source import limits


def shown(text: str) -> str:
    """Return `text` in backticks, on one line and cut to a readable length.

    Backticks within it become apostrophes.
    """
    line = " ".join(text.split()).replace("`", "'")
    if len(line) > limits.SHOWN_LENGTH:
        line = line[: limits.SHOWN_LENGTH - 1] + "…"
    return f"`{line}`"
