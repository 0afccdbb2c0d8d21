"""Words for shares, from scales that have a name. The scales disagree, so the name is shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale of estimative words: each with the share it begins at, from low to high.

    A share exactly at a border has the word that is nearer to one half, so that what is true of a
    share is true of its opposite. An empty word is a range that the scale has none for.
    """

    id: str
    name: str
    steps: tuple[tuple[float, str], ...]

    def word(self, share: float) -> str:
        """Return the word for a share, or an empty text."""
        found = self.steps[0][1]
        for begins, word in self.steps:
            if share > begins or (share == begins < 0.5):
                found = word
        return found


ICD_203 = Scale(
    "icd203",
    "ICD 203",
    (
        (0.0, ""),
        (0.01, "almost no chance"),
        (0.05, "very unlikely"),
        (0.20, "unlikely"),
        (0.45, "roughly even chance"),
        (0.55, "likely"),
        (0.80, "very likely"),
        (0.95, "almost certain"),
        (0.99, ""),
    ),
)

IPCC = Scale(
    "ipcc",
    "IPCC",
    (
        (0.0, "exceptionally unlikely"),
        (0.01, "very unlikely"),
        (0.10, "unlikely"),
        (0.33, "about as likely as not"),
        (0.66, "likely"),
        (0.90, "very likely"),
        (0.99, "virtually certain"),
    ),
)

SCALES = {scale.id: scale for scale in (ICD_203, IPCC)}
