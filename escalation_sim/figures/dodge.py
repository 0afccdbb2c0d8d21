"""Labels beside ends of lines: as near to them as can be, in their order, one below the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def dodged(
    wanted: Sequence[float], heights: Sequence[float], top: float, bottom: float
) -> list[float]:
    """Return the middles of labels of some heights so that none overlaps the next.

    Pool-adjacent-violators: labels that would meet become one block, centred on what they want.
    Everything in inches from the top; `wanted` need not be sorted. What does not fit between top
    and bottom is pushed down.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    blocks: list[tuple[list[int], float, float]] = []  # members, wished top, height
    for i in order:
        members, wish, height = [i], wanted[i] - heights[i] / 2, heights[i]
        while blocks and blocks[-1][1] + blocks[-1][2] > wish:
            before, other, above = blocks.pop()
            # the top that suits all members best, each weighing the same
            count, more = len(before), len(members)
            wish = (other * count + (wish - above) * more) / (count + more)
            members, height = before + members, above + height
        blocks.append((members, wish, height))
    found = [0.0] * len(wanted)
    tops = [min(max(wish, top), bottom - height) for _, wish, height in blocks]
    at = top
    room = [height for *_, height in blocks]
    for k in reversed(range(len(blocks) - 1)):
        tops[k] = min(tops[k], tops[k + 1] - room[k])
    for (members, _, _), wish in zip(blocks, tops, strict=True):
        at = max(at, wish)
        for i in members:
            found[i] = at + heights[i] / 2
            at += heights[i]
    return found
