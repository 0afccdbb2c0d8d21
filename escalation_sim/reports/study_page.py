"""The page of a study: shares with intervals and words, times to each rung, results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.analysis.cells import result_cells, share_cells, times_cells
from escalation_sim.reports import drawings, reproduce
from escalation_sim.reports.html import Html, join, table, tag
from escalation_sim.reports.page import Section, blocks, note, page, sentence
from escalation_sim.reports.register import assumptions, readings, sources
from escalation_sim.reports.run_page import question
from escalation_sim.trace.timeline import assumed_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from escalation_sim.analysis.study import Numbers, Reached, Share, Study, StudyPoint
    from escalation_sim.reports.drawings import Drawing

MOST_POINTS = 200
"""Design points shown; the JSON of the study has all of them."""

READ_AS = (
    "In brackets: 95 % intervals (Wilson's for shares) of sampling error, and nothing else; an "
    "assumption that is wrong is wrong at any number of runs."
)

MOST_COLUMNS = 5
"""Columns of numbers beside each other that fit a sheet of A4; more go into further tables."""


def study_page(study: Study, figures: Sequence[Drawing] | None = None) -> str:
    """Return the page of a study as text, the same for the same result."""
    model = study.points[0].model
    drawn = drawings.of_study(study, figures)
    alike = len({str(p.model.readings) for p in study.points}) == 1
    chosen = readings(model) if alike else None
    one = len(study.points) == 1
    sections = [
        question(model.about, model.zero),
        Section("outcomes", "Outcomes", _outcomes(study)),
        *([Section("figures", "Figures", drawn)] if drawn else []),
        Section("rungs", "Rungs", _rungs(study.points[0], study) if one else _all_rungs(study)),
        *_results(study),
        *([Section("readings", "Readings", chosen)] if chosen else []),
        assumptions(model),
        sources(model),
        reproduce.of_study(study),
    ]
    points = f" at each of {len(study.points)} design points" if not one else ""
    told = (
        f"scenario {study.scenario} · {study.runs:,} runs{points} · seed {study.seed} · "
        f"digest {study.digest} · {assumed_text(model)}"
    )
    return page("Report of a study", study.title, _lead(study), told, sections)


def _lead(study: Study) -> str:
    """Return the most frequent outcomes of the first design point in a sentence."""
    point = study.points[0]
    shares = sorted(point.outcomes.values(), key=lambda s: -s.count)[:3]
    told = [f"“{s.label}” {' '.join(share_cells(s))}" for s in shares if s.count]
    where = "" if len(study.points) == 1 else f", {point.label}"
    how = f"Of {point.runs:,} runs{where}"
    part = "" if study.complete else " The study was interrupted and is not complete."
    return f"{how}: {'; '.join(told) or 'none came to an end'}.{part}"


def _outcomes(study: Study) -> Html:
    if len(study.points) == 1:
        heads = ("outcome", ">share", "interval", "", study.scale.name, ">runs")
        rows = [_share_row(s) for s in study.points[0].outcomes.values()]
        shown = table(heads, rows)
    else:
        labels = {id_: s.label for p in study.points for id_, s in p.outcomes.items()}
        shown = _side_by_side(study, "outcome", labels, lambda p, i: _cell(p.outcomes.get(i)))
    return blocks(shown, *(note(text) for text in _notes(study)))


def _share_row(share: Share) -> list[str]:
    shown, interval = share_cells(share)
    return [share.label, shown, interval, bar(share), share.word, f"{share.count:,}"]


def bar(share: Share) -> Html:
    """Return a share as a bar from 0 to 100 %, its interval as a line."""
    if not share.of:
        return Html("")
    width, low, high = (f"{100 * x:.2f}" for x in (share.count / share.of, share.low, share.high))
    return tag(
        "svg",
        tag("rect", class_="track", width="100", height="9", y="3"),
        tag("rect", class_="share", width=width, height="9", y="3"),
        tag("line", class_="span", x1=low, x2=high, y1="7.5", y2="7.5"),
        class_="bar",
        viewBox="0 0 100 15",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def _rungs(point: StudyPoint, study: Study) -> Html:
    starts = {f"{ladder.id}.{ladder.levels[0]}" for _, ladder in point.model.ladders}
    rows = [_rung_row(r) for id_, r in point.rungs.items() if id_ not in starts]
    if not rows:
        return tag("p", "The scenario has no ladder.")
    heads = ("rung", ">share", "interval", "", study.scale.name, ">first, median", ">5 to 95 %")
    told = note("Times are of the runs that reach the rung, in hours from time zero.")
    return blocks(table(heads, rows), told)


def _rung_row(reached: Reached) -> list[str]:
    share = reached.share
    return [share.label, *share_cells(share), bar(share), share.word, *times_cells(reached)]


def _all_rungs(study: Study) -> Html:
    starts = {
        f"{ladder.id}.{ladder.levels[0]}" for p in study.points for _, ladder in p.model.ladders
    }
    labels = {
        id_: r.share.label for p in study.points for id_, r in p.rungs.items() if id_ not in starts
    }
    if not labels:
        return tag("p", "The scenario has no ladder.")
    return _side_by_side(study, "rung", labels, lambda p, i: _reached(p.rungs.get(i)))


def _results(study: Study) -> list[Section]:
    if len(study.points) == 1:
        rows = [list(result_cells(n)) for n in study.points[0].results.values()]
        heads = ("result", ">mean", "interval", ">median", ">5 to 95 %", ">never")
        told = note("The last column counts the runs in which it never came.")
        never = any(n.never for n in study.points[0].results.values())
        body = blocks(table(heads, rows), told if never else None)
    else:
        labels = {id_: n.label for p in study.points for id_, n in p.results.items()}
        rows = [[label] for label in labels.values()]
        body = _side_by_side(study, "mean of", labels, lambda p, i: _mean(p.results.get(i)))
    return [Section("results", "Results", body)] if rows else []


def _side_by_side(
    study: Study, what: str, labels: dict[str, str], cell: Callable[[StudyPoint, str], str]
) -> Html:
    """Return one row for each design point, in as many tables as fit side by side."""
    ids = list(labels)
    first = study.points[0]
    tables = []
    width = -(-len(ids) // -(-len(ids) // MOST_COLUMNS))
    for begin in range(0, len(ids), width):
        some = ids[begin : begin + width]
        rows = []
        for point in study.points[:MOST_POINTS]:
            same = point is not first and point.aggregate.rows == first.aggregate.rows
            name = join([point.label, tag("small", "no run differs")]) if same else point.label
            rows.append([name, *(cell(point, id_) for id_ in some)])
        tables.append(table((what, *(f">{labels[id_]}" for id_ in some)), rows, class_="points"))
    more = len(study.points) - MOST_POINTS
    left_out = note(f"{more:,} more design points are left out.") if more > 0 else None
    return blocks(*tables, left_out)


def _cell(share: Share | None) -> Html:
    if share is None:
        return Html("")
    shown, interval = share_cells(share)
    return join([shown, tag("small", interval)])


def _reached(reached: Reached | None) -> Html:
    if reached is None:
        return Html("")
    median = times_cells(reached)[0]
    return join([_cell(reached.share), tag("small", f"median {median}") if median else Html("")])


def _mean(numbers: Numbers | None) -> Html:
    if numbers is None:
        return Html("")
    _, mean, interval, *_ = result_cells(numbers)
    return join([mean or "never", tag("small", interval)])


def _notes(study: Study) -> list[str]:
    """Return what must be known to read the shares."""
    told = [f"{READ_AS} Words: {study.scale.name}."]
    failed = sum(p.failed for p in study.points)
    if failed:
        told.append(f"{failed:,} runs could not be carried out and are left out of all shares.")
    tied = sum(p.tie_flagged for p in study.points)
    if tied:
        told.append(
            f"{tied:,} runs had rules that were due at one instant and may hinder each other."
        )
    told += [sentence(f"rule {rule} cannot be left out: {why}") for rule, why in study.skipped]
    return told
