"""Names beside the rows: as they are, on two lines, in short, or as a number with a list below."""

from __future__ import annotations

from dataclasses import dataclass, field

from escalation_sim.figures import glyphs
from escalation_sim.figures.sizes import LABEL, LABEL_WIDTH, Face
from escalation_sim.figures.words import capital, clean


@dataclass(frozen=True, slots=True)
class Name:
    """What a row is called: in full, in short, and what stands in if neither fits."""

    label: str
    short: str
    stand_in: str
    tail: str = ""
    """What should follow the name if there is room, such as a clock's lengths."""


@dataclass(slots=True)
class Labels:
    """The label column: chooses a form for each name, and keeps the full names left out."""

    two_lines: bool
    """Whether rows are far enough apart for labels on two lines."""

    room: float = LABEL_WIDTH
    """Inches for a label."""

    face: Face = LABEL
    replaced: list[tuple[str, str]] = field(default_factory=list)
    """What stands on the figure, with the full name it stands for."""

    used: float = 0.0
    """Inches of the widest label so far."""

    def lines(self, name: Name, *, most: int = 2) -> list[str]:
        """Return the lines of a row's label; a full name that does not fit is kept for the list."""
        most = most if self.two_lines else 1
        full, brief = capital(name.label), capital(name.short)
        tries = [(f"{full}{name.tail}", 1), (f"{full}{name.tail}", most), (full, most)]
        if brief and brief != full:
            tries += [(f"{brief}{name.tail}", most), (brief, most)]
        for text, count in tries:
            lines = self._whole(text, count)
            if lines:
                if not text.startswith(full):
                    self.replaced.append((brief, name.label))
                return self._kept(lines)
        self.replaced.append((name.stand_in, name.label))
        return self._kept([name.stand_in])

    def _whole(self, text: str, most: int) -> list[str]:
        """Return the lines of a text if no word of it must be broken."""
        lines = glyphs.wrap(text, self.face, self.room, most)
        if not lines or " ".join(lines) != glyphs.shown(text):
            return []
        return lines

    def _kept(self, lines: list[str]) -> list[str]:
        self.used = max(self.used, glyphs.widest(lines, self.face))
        return lines

    def full_names(self) -> str:
        """Return the list of what stands for what."""
        return "; ".join(
            f"{stand_in}: {clean(full)}" for stand_in, full in dict(self.replaced).items()
        )
