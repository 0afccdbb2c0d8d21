"""Where everything stands on the ladder figure: rows first, then heights, then the plot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from escalation_sim.figures import frame, glyphs, palette
from escalation_sim.figures.labels import Labels, Name
from escalation_sim.figures.sizes import LEAST_HEIGHT, MOST_HEIGHT, NOTE
from escalation_sim.figures.words import counted, length_text, listed

if TYPE_CHECKING:
    from escalation_sim.figures.clock_story import ClockStory
    from escalation_sim.figures.frame import Header, Identity
    from escalation_sim.figures.sides import Ladder, Layout, Side
    from escalation_sim.trace.run import Run

SPACING, LEAST_SPACING, MOST_SPACING = 0.29, 0.155, 0.6
"""Inches between two rungs: usual, least before rungs are folded, most."""

TWO_LINES = 0.26
"""Inches between rungs from which a label may take two lines."""

HEAD = 0.17
PAD, OUTER, EMPTY = 0.13, 0.19, 0.06
"""Inches between a stair and the strip, beyond its last rung, and where there is no stair."""

STRIP, NO_STRIP = 0.175, 0.03
AXIS_ROW = 0.25
LANE_ROW, CLOCK_ROW = 0.24, 0.31
"""Heights in inches."""

PANEL_WIDTH = 1.3
"""Inches right of the axis, for the outcome."""

MOST_CLOCKS, MOST_LANES = 6, 4


@dataclass(frozen=True, slots=True)
class Rung:
    """One row of a ladder: a rung, or several that were never reached, folded to one."""

    levels: tuple[int, ...]
    lines: list[str]
    y: float

    @property
    def folded(self) -> bool:
        """Whether the row stands for several rungs."""
        return len(self.levels) > 1


@dataclass(frozen=True, slots=True)
class Stair:
    """A ladder on one side of the strip, with its rows from the strip outwards."""

    side: Side
    ladder: Ladder
    rungs: tuple[Rung, ...]
    foot: float
    """The edge of the strip it stands on, in inches."""

    def y(self, level: int) -> float:
        """Return where a level stands, in inches from the top."""
        return next(rung.y for rung in self.rungs if level in rung.levels)

    @property
    def colour(self) -> str:
        """The side's colour for lines."""
        return palette.UP if self.side == "up" else palette.DOWN

    @property
    def text_colour(self) -> str:
        """The side's colour for text."""
        return palette.UP_TEXT if self.side == "up" else palette.DOWN_TEXT

    @property
    def outwards(self) -> int:
        """The sign of a step away from the strip: up the page is negative."""
        return -1 if self.side == "up" else 1


@dataclass(frozen=True, slots=True)
class LaneRow:
    """A ladder or a clock below the axis: its label and the middle of its bar."""

    lines: list[str]
    y: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything's place, in inches from the page's top left."""

    height: float
    identity: Identity
    header: Header
    label_width: float
    stairs: tuple[Stair, ...]
    top: float
    bottom: float
    strip: tuple[float, float]
    strip_lines: list[str]
    lanes: tuple[tuple[Ladder, LaneRow], ...]
    clocks: tuple[tuple[ClockStory, LaneRow], ...]
    remarks: tuple[str, ...]
    remarks_top: float
    names: list[str]
    names_top: float

    def stair(self, side: Side) -> Stair | None:
        """Return the stair on a side."""
        return next((s for s in self.stairs if s.side == side), None)


@dataclass(slots=True)
class _Heights:
    """What a page is made of besides the rungs' spacing, in inches."""

    header: float
    footer: float
    up: int
    down: int
    strip: float
    lanes: int
    clocks: int
    remarks: int
    names: int = 0
    pad: float = PAD
    empty: float = EMPTY
    clock_row: float = CLOCK_ROW

    @property
    def steps(self) -> int:
        """How many spacings there are."""
        return max(self.up - 1, 0) + max(self.down - 1, 0)

    @property
    def fixed(self) -> float:
        sides = sum(self.pad + OUTER if rows else self.empty for rows in (self.up, self.down))
        head = HEAD * (bool(self.up)) + 0.02
        rows = LANE_ROW * self.lanes + self.clock_row * self.clocks
        gaps = 0.06 * bool(self.lanes or self.clocks)
        lists = NOTE.line * (self.remarks + self.names)
        below = AXIS_ROW + gaps + rows + lists + 0.1
        return self.header + head + sides + self.strip + below + self.footer

    def spacing(self) -> float:
        """Choose the spacing, and give what is left on a small page to the pads and clocks."""
        steps = self.steps
        wanted = self.fixed + steps * SPACING
        height = min(max(wanted, LEAST_HEIGHT), MOST_HEIGHT)
        spacing = (height - self.fixed) / steps if steps else 0.0
        if steps and spacing > MOST_SPACING:
            spacing = MOST_SPACING
        spare = height - self.fixed - steps * spacing
        if spare > 0 and self.clocks:
            self.clock_row += min(spare / self.clocks, 0.12)
            spare = height - self.fixed - steps * spacing
        if spare > 0 and not steps and self.strip > NO_STRIP:
            self.strip += min(spare, 0.4)
            spare = height - self.fixed - steps * spacing
        if spare > 0:
            sides = (self.up, self.down)
            stairs = sum(bool(rows) for rows in sides)
            self.pad += spare / stairs if stairs else 0.0
            self.empty += 0.0 if stairs else spare / 2
        return spacing


@dataclass(slots=True)
class Planner:
    """Makes the plan of one figure, step by step."""

    run: Run
    layout: Layout
    stories: list[ClockStory]
    header: Header
    identity: Identity
    rows: dict[Side, list[tuple[int, ...]]] = field(default_factory=dict)

    def plan(self) -> Plan:
        """Return the plan."""
        shown, remarks = self._clocks()
        lanes = self.layout.lanes[:MOST_LANES]
        if len(self.layout.lanes) > MOST_LANES:
            left = len(self.layout.lanes) - MOST_LANES
            remarks = (*remarks, f"{counted(left, 'more ladder')} moved.")
        self.rows = {
            side: [(level,) for level in range(len(ladder.variable.levels))]
            for side, ladder in self.layout.both
        }
        heights = self._heights(len(lanes), len(shown), len(remarks))
        if heights.steps and (MOST_HEIGHT - heights.fixed) / heights.steps < LEAST_SPACING:
            self.rows = {side: _folded(ladder) for side, ladder in self.layout.both}
            heights = self._heights(len(lanes), len(shown), len(remarks))
        free = MOST_HEIGHT - heights.fixed
        labels = Labels(two_lines=not heights.steps or free / heights.steps >= TWO_LINES)
        rungs = {side: self._rung_lines(side, ladder, labels) for side, ladder in self.layout.both}
        strip_lines = labels.lines(_strip_name(self.layout), most=1) if self.layout.strip else []
        lane_lines = [labels.lines(_ladder_name(x, i)) for i, x in enumerate(lanes)]
        clock_lines = [labels.lines(self._clock_name(x)) for x in shown]
        names = self._names(labels, heights)
        heights.names = len(names)
        spacing = heights.spacing()
        return self._placed(
            heights,
            spacing,
            rungs,
            labels,
            strip_lines,
            list(zip(lanes, lane_lines, strict=True)),
            list(zip(shown, clock_lines, strict=True)),
            remarks,
            names,
        )

    def _heights(self, lanes: int, clocks: int, remarks: int) -> _Heights:
        return _Heights(
            header=self.header.bottom,
            footer=frame.footer_height(self.identity),
            up=len(self.rows.get("up", ())),
            down=len(self.rows.get("down", ())),
            strip=STRIP if self.layout.strip else NO_STRIP,
            lanes=lanes,
            clocks=clocks,
            remarks=remarks,
        )

    def _clocks(self) -> tuple[list[ClockStory], tuple[str, ...]]:
        """Return the clocks to draw, and a remark that counts the others."""
        if len(self.stories) <= MOST_CLOCKS:
            return self.stories, ()
        matter = [story for story in self.stories if story.matters][:MOST_CLOCKS]
        left = [story for story in self.stories if story not in matter]
        ran = sum(bool(story.lives) for story in left)
        said = f"{counted(len(left), 'more clock')}, {ran or 'none'} of them started."
        return matter, (said,)

    def _rung_lines(self, side: Side, ladder: Ladder, labels: Labels) -> list[list[str]]:
        variable = ladder.variable
        found = []
        for levels in self.rows[side]:
            level = levels[0]
            if len(levels) > 1:
                found.append(labels.lines(Name(f"{len(levels)} rungs not reached", "", "folded")))
                continue
            stand_in = f"{'Upper' if side == 'up' else 'Lower'} rung {level + 1}"
            name = Name(variable.level_labels[level], variable.level_shorts[level], stand_in)
            found.append(labels.lines(name))
        return found

    def _clock_name(self, story: ClockStory) -> Name:
        lengths = [length_text(self.run.hours(length.ticks)) for length in story.lengths[:3]]
        tail = f", {listed(lengths)}" if lengths else ""
        return Name(story.clock.label, story.clock.short, f"Clock {story.index + 1}", tail)

    @staticmethod
    def _names(labels: Labels, heights: _Heights) -> list[str]:
        """Return the list of full names in lines, as many as leave the rungs room."""
        if not labels.replaced:
            return []
        lines = glyphs.wrap(f"In full: {labels.full_names()}", NOTE, frame.ROOM) or []
        spare = MOST_HEIGHT - heights.fixed - heights.steps * 0.2
        most = max(int(spare / NOTE.line), 1)
        if len(lines) <= most:
            return lines
        rest = "More full names stand in the scenario."
        return [*lines[: most - 1], rest]

    def _placed(
        self,
        heights: _Heights,
        spacing: float,
        rungs: dict[Side, list[list[str]]],
        labels: Labels,
        strip_lines: list[str],
        lanes: list[tuple[Ladder, list[str]]],
        clocks: list[tuple[ClockStory, list[str]]],
        remarks: tuple[str, ...],
        names: list[str],
    ) -> Plan:
        top = heights.header + 0.02 + HEAD * bool(heights.up)
        strip_top = top + heights.empty
        if heights.up:
            strip_top = top + heights.pad + (heights.up - 1) * spacing + OUTER
        strip_bottom = strip_top + heights.strip
        bottom = strip_bottom + heights.empty
        if heights.down:
            bottom = strip_bottom + heights.pad + (heights.down - 1) * spacing + OUTER
        feet: dict[Side, float] = {"up": strip_top, "down": strip_bottom}
        stairs = []
        for side, ladder in self.layout.both:
            sign = -1 if side == "up" else 1
            rows = tuple(
                Rung(levels, lines, feet[side] + sign * (heights.pad + k * spacing))
                for k, (levels, lines) in enumerate(zip(self.rows[side], rungs[side], strict=True))
            )
            stairs.append(Stair(side, ladder, rows, feet[side]))
        y = bottom + AXIS_ROW + 0.06 * bool(lanes or clocks)
        lane_rows = []
        for ladder, lines in lanes:
            lane_rows.append((ladder, LaneRow(lines, y + LANE_ROW / 2)))
            y += LANE_ROW
        clock_rows = []
        for story, lines in clocks:
            clock_rows.append((story, LaneRow(lines, y + 0.1)))
            y += heights.clock_row
        y += 0.05
        height = max(
            y + (len(remarks) + len(names)) * NOTE.line + 0.05 + heights.footer, LEAST_HEIGHT
        )
        return Plan(
            height=round(height, 2),
            identity=self.identity,
            header=self.header,
            label_width=labels.used,
            stairs=tuple(stairs),
            top=top,
            bottom=bottom,
            strip=(strip_top, strip_bottom),
            strip_lines=strip_lines,
            lanes=tuple(lane_rows),
            clocks=tuple(clock_rows),
            remarks=remarks,
            remarks_top=y,
            names=names,
            names_top=y + len(remarks) * NOTE.line,
        )


def _folded(ladder: Ladder) -> list[tuple[int, ...]]:
    """Return a ladder's rows with runs of two or more never-reached rungs as one."""
    rows: list[tuple[int, ...]] = []
    run: list[int] = []
    for level in range(len(ladder.variable.levels)):
        if level in ladder.history.touched:
            rows += [tuple(run)] if run else []
            rows.append((level,))
            run = []
        else:
            run.append(level)
    return rows + ([tuple(run)] if run else [])


def _strip_name(layout: Layout) -> Name:
    if layout.strip is None:
        return Name("", "", "")
    variable = layout.strip[0]
    return Name(variable.label, variable.short, "Strip")


def _ladder_name(ladder: Ladder, index: int) -> Name:
    return Name(ladder.variable.label, ladder.variable.short, f"Ladder {index + 1}")
