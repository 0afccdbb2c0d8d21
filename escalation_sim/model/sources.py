"""The sources a model cites: each claim of the register with its origin and what it leaves open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from escalation_sim.scenario.register import Kind, Register


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One cited claim in plain words; `when` and the notes may be empty."""

    id: str
    statement: str
    by: str
    kind: Kind
    grade: str
    grade_note: str
    origin: str
    chain: tuple[str, ...]
    """Through whom it reached us, the first first."""

    origin_note: str
    when: str
    leaves_open: tuple[str, ...]
    """What it does not settle, in sentences."""

    contested_by: tuple[str, ...]
    """Ids of the claims that speak against it."""


def sources_of(register: Register | None, cited: Iterable[str]) -> tuple[Source, ...]:
    """Return the cited claims with what the register says of them, by id."""
    if register is None:
        return ()
    found = []
    for id_ in sorted(cited):
        claim = register.claims[id_]
        origin = register.origins[claim.origin]
        found.append(
            Source(
                id=claim.id,
                statement=claim.statement,
                by=claim.by,
                kind=claim.kind,
                grade=str(claim.grade),
                grade_note=claim.grade_note,
                origin=origin.name,
                chain=origin.chain,
                origin_note=origin.note,
                when=claim.when,
                leaves_open=tuple(register.open_questions[q].text for q in claim.leaves_open),
                contested_by=claim.contested_by,
            )
        )
    return tuple(found)
