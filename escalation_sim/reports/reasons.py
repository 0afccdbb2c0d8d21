"""Why each rung was reached, and why the highest was not: read from the records of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.reports.happened import MOST_TIMES, hours
from escalation_sim.reports.html import Html, join, table, tag
from escalation_sim.reports.page import blocks, note
from escalation_sim.reports.register import basis, claim_links
from escalation_sim.trace.why import why

if TYPE_CHECKING:
    from collections.abc import Sequence

    from escalation_sim.model.model import Variable
    from escalation_sim.trace.explanation import Explanation, Link, Missing
    from escalation_sim.trace.run import Run, Stay

MOST_STAYS = 24
"""Stays on rungs that are told for one ladder."""

MOST_LINKS = 40
"""Links of a chain that are told, the last ones."""


def of_ladders(run: Run) -> Html:
    """Return for each ladder its stays with their causes, the way up, and what was missing."""
    ladders = [ladder for _, ladder in run.model.ladders]
    if not ladders:
        return tag("p", "The scenario has no ladder.")
    return join(_ladder(run, ladder) for ladder in ladders)


def _ladder(run: Run, ladder: Variable) -> Html:
    stays = [s for s in run.stays if s.ladder == ladder.id]
    moves = stays[1:]
    highest = ladder.levels[-1]
    top = max(stays, key=lambda s: (ladder.levels.index(s.rung), -s.entered))
    parts: list[Html | None] = [tag("h3", ladder.label)]
    if moves:
        parts.append(_moves(run, ladder, moves))
    else:
        parts.append(tag("p", f"Stayed at {_label(ladder, stays[0].rung)} all the time."))
    if top in moves:
        reached = why(run, f"{ladder.id}.{top.rung}", top.entered)
        parts.append(_chain(run, f"What led to {_label(ladder, top.rung)}", reached.chain))
    if all(s.rung != highest for s in stays):
        found = why(run, f"{ladder.id}.{highest}")
        parts.append(_missing(f"Why not {_label(ladder, highest)}", found))
    return blocks(*parts)


def _label(ladder: Variable, rung: str) -> str:
    return ladder.level_labels[ladder.levels.index(rung)]


def _moves(run: Run, ladder: Variable, moves: Sequence[Stay]) -> Html:
    """Return each rung that was entered, with what moved the ladder there."""
    rows = [_move(run, ladder, stay) for stay in moves[:MOST_STAYS]]
    heads = (">entered", ">left", "rung", "because", "basis")
    more = len(moves) - len(rows)
    return blocks(table(heads, rows), note(f"{more} later moves are left out.") if more else None)


def _move(run: Run, ladder: Variable, stay: Stay) -> list[str]:
    chain = why(run, f"{ladder.id}.{stay.rung}", stay.entered).chain
    last = chain[-1] if chain else None
    left = "" if stay.left is None else hours(run, stay.left)
    because = "" if last is None else _told(last)
    rests = "" if last is None else basis(last.basis, last.claims)
    return [hours(run, stay.entered), left, tag("b", _label(ladder, stay.rung)), because, rests]


def _told(link: Link) -> Html:
    return join([link.text, *(tag("small", detail) for detail in link.details)])


def _chain(run: Run, heading: str, chain: Sequence[Link]) -> Html | None:
    """Return the links of a chain, numbered, each with the numbers of its causes."""
    if len(chain) < 2:
        return None
    shown = chain[-MOST_LINKS:]
    items = []
    for link in shown:
        because = f"because of {', '.join(map(str, link.because))}" if link.because else ""
        rests = [link.basis, *([claim_links(link.claims)] if link.claims else [])]
        told = [p for p in (because, join(rests, ": ")) if p]
        items.append(
            tag("li", f"{hours(run, link.tick)}: {link.text} ", tag("small", join(told, " · ")))
        )
    first = shown[0].number
    start = {"start": str(first)} if first > 1 else {}
    return join([tag("h4", heading), tag("ol", *items, class_="chain", **start)])


def _missing(heading: str, found: Explanation) -> Html:
    if not found.missing:
        return join([tag("h4", heading), tag("p", found.headline)])
    told = tag("ul", *(_item(m) for m in found.missing), class_="missing")
    return join([tag("h4", heading), told])


def _item(missing: Missing) -> Html:
    """Return one thing that did not happen, with the reasons and what was behind them."""
    rests: list[str] = [missing.basis] if missing.basis else []
    if missing.claims:
        rests.append(claim_links(missing.claims))
    told = [tag("small", " ", join(rests, ": "))] if rests else []
    reasons = missing.reasons[:MOST_TIMES]
    inner = [tag("li", reason) for reason in reasons] + [_item(m) for m in missing.inside]
    below = [tag("ul", *inner, class_="missing")] if inner else []
    return tag("li", missing.text, *told, *below)
