"""What the figures of studies have in common: who stands in the footer, shares in words, colours.

The same share is written in the same way on every figure, from the same count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.analysis.study import ends_of
from escalation_sim.figures import palette
from escalation_sim.figures.frame import Identity
from escalation_sim.figures.words import SPACE, capital, counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from escalation_sim.analysis.comparison import Comparison
    from escalation_sim.analysis.study import Share, Study, StudyPoint
    from escalation_sim.model.model import Model

FEW_RUNS = 100
"""Below this many runs figures show dots, not curves."""

MOST_REMARKS = 7
"""Lines of a remark below a figure, such as names too long to stand in it."""

BRACKETS = "95 % intervals for the sampling of runs only"


def identity_of_model(model: Model, draw: str, note: str) -> Identity:
    """Return the identity of something made with a model; `draw` says on which random numbers."""
    assumed, inputs = model.assumed
    return Identity(
        scenario=model.name,
        model_hash=model.hash,
        draw=draw,
        readings=model.readings_text,
        changes=model.changes,
        assumed=assumed,
        inputs=inputs,
        claims=tuple(model.claims),
        note=note,
    )


def identity_of_point(study: Study, point: StudyPoint, note: str) -> Identity:
    """Return the identity of one design point of a study."""
    failed = f" ({counted(point.failed, 'failed run')} left out)" if point.failed else ""
    draw = f"{counted(point.runs, 'run')}{failed} · seed {study.seed}"
    return identity_of_model(point.model, draw, note)


def identity_of_comparison(found: Comparison, note: str) -> Identity:
    """Return the identity of a comparison: that of its first side."""
    draw = f"{counted(found.pairs, 'pair')} of runs · seed {found.seed}"
    return identity_of_model(found.first, draw, note)


def share_text(count: int, of: int) -> str:
    """Return a share in words: whole per cent, finer near 0 and 1, never rounded to none or all."""
    if count in (0, of):
        return f"{'none' if count == 0 else 'all'} of {of:,}"
    share = 100 * count / of
    if share < 0.1:
        return f"under 0.1{SPACE}%"
    if share > 99.9:
        return f"over 99.9{SPACE}%"
    fine = share < 1 or share > 99
    return f"{share:.1f}{SPACE}%" if fine else f"{round(share)}{SPACE}%"


def interval_text(share: Share) -> str:
    """Return the interval of a share in brackets, as fine as the share itself."""
    low, high = 100 * share.low, 100 * share.high
    if share.count == 0:
        return f"(under {_fine(high)}{SPACE}%)"
    if share.count == share.of:
        return f"(over {_fine(low)}{SPACE}%)"
    fine = low < 1 or high > 99
    return f"({_fine(low)}–{_fine(high)})" if fine else f"({round(low)}–{round(high)})"


def _fine(per_cent: float) -> str:
    return f"{per_cent:.1f}"


def full_text(share: Share) -> str:
    """Return a share with its interval and its word."""
    word = f", {share.word}" if share.word else ""
    return f"{share_text(share.count, share.of)} {interval_text(share)}{word}"


@dataclass(frozen=True, slots=True)
class End:
    """An outcome as it is drawn: its place from the top, its colours and names."""

    id: str
    label: str
    short: str
    fill: str
    text: str
    rest: bool
    """Whether it is the outcome for the rest: of runs that no other outcome ended."""


def ends_from_top(model: Model, outcomes: Mapping[str, Share]) -> list[End]:
    """Return a model's outcomes from the top of a figure to its bottom.

    The file's order, but for the last named outcome, which stands at the bottom, below the rest.
    Outcomes that no run can end in, having no word, are left out.
    """
    shorts = {o.id: o.short for o in model.outcomes}
    named = [(id_, label) for id_, label in ends_of(model) if id_ in outcomes]
    *ended, rest = named
    order = [*ended[:-1], rest, *ended[-1:]]
    if not model.fallback and not outcomes[rest[0]].count and ended:
        order.remove(rest)
    colours = palette.outcomes(len(named))
    if len(order) < len(named):
        colours = (*colours[:-2], colours[-1])
    return [
        End(id_, capital(label), capital(shorts.get(id_) or label), fill, text, id_ == rest[0])
        for (id_, label), (fill, text) in zip(order, colours, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Sides:
    """The two ladders that figures of studies show, as indices among the model's ladders."""

    up: int
    down: int | None


def sides_of(model: Model) -> Sides | None:
    """Return the ladders to show: a written side counts first, else the first and another party's.

    None for a scenario without ladders.
    """
    ladders = [ladder for _, ladder in model.ladders]
    if not ladders:
        return None
    up = next((i for i, x in enumerate(ladders) if x.side == "up"), None)
    if up is None:
        up = next((i for i, x in enumerate(ladders) if not x.side), 0)
    down = next((i for i, x in enumerate(ladders) if x.side == "down" and i != up), None)
    if down is None:
        holder = ladders[up].party
        down = next(
            (
                i
                for i, x in enumerate(ladders)
                if i != up and not x.side and (not holder or x.party != holder)
            ),
            None,
        )
    return Sides(up, down)
