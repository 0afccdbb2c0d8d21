"""Rewrite every output, timeline and record on the pages from real runs: `python docs/refresh.py`.

Run it after a change that is meant; what it changes is what readers will see. Whatever else is
wrong with a page is printed, and left to `pytest tests/docs`.
"""

# ruff: noqa: INP001, T201 - a script

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Rewrite the pages; return 1 if something is wrong that rewriting does not mend."""
    sys.path.insert(0, str(ROOT))
    from tests.docs.snippets import pages, play  # noqa: PLC0415 - needs the path above

    wrong = 0
    for page in pages():
        with tempfile.TemporaryDirectory() as folder:
            played = play(page, Path(folder))
        text = page.read_text("utf-8")
        changed = 0
        for found in reversed(played):
            block = found.block
            for fault in found.faults:
                wrong += 1
                print(f"{block}: {fault}")
            if found.fresh is not None and found.fresh != block.text:
                text = text[: block.start] + found.fresh + text[block.end :]
                changed += 1
        if changed:
            page.write_text(text, "utf-8", newline="\n")
            print(f"{page.relative_to(ROOT)}: {changed} rewritten")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
