"""The paths figure being drawn: the page with the streams, and where on it a text is clear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.analysis.flows import OTHER
from escalation_sim.figures.page import Box, line_box
from escalation_sim.figures.place import Spot, write_at_first
from escalation_sim.figures.streams import span_at

if TYPE_CHECKING:
    from escalation_sim.analysis.flows import Flows
    from escalation_sim.analysis.paths import Paths
    from escalation_sim.figures.page import Page
    from escalation_sim.figures.sizes import Face
    from escalation_sim.figures.streams import Streams


@dataclass(frozen=True, slots=True)
class Scene:
    """What the parts of the figure draw with; `top` is where the streams' height 0 lies."""

    page: Page
    paths: Paths
    flows: Flows
    streams: Streams
    top: float

    def y(self, height: float) -> float:
        """Return a height of the streams as inches from the page's top."""
        return self.top + height

    def clear(self, box: Box) -> bool:
        """Whether no stream, nor anything written, is where a text would stand."""
        for k in range(9):
            x = box.left + (box.right - box.left) * k / 8
            for way in self.streams.ways:
                span = span_at(way, x)
                if span and self.y(span[0]) < box.bottom and box.top < self.y(span[1]):
                    return False
            for y in (box.top, sum((box.top, box.bottom)) / 2, box.bottom):
                if any(stub.covers(x, y - self.top) for stub in self.streams.stubs):
                    return False
        return self.page.free(box)

    def write_clear(self, forms: list[str], face: Face, spots: list[Spot]) -> None:
        """Write the first form that has a clear spot; of none, the shortest on a stream."""
        for form in forms:
            for spot in spots:
                if form and self.clear(line_box(spot.at, form, face, spot.align)):
                    self.page.text(spot.at, form, face, spot.align)
                    return
        for form in forms[::-1]:
            if form and write_at_first(self.page, form, face, spots):
                return

    @property
    def lowest(self) -> int:
        """The second ladder's rung in the lowest row."""
        return min((other for _, other in self.flows.counts if other != OTHER), default=0)
