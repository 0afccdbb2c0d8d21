"""Every error a caller may want to catch; imports nothing, so that all rooms may use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from escalation_sim.diagnostics import Diagnostic


class EscalationSimError(Exception):
    """The root of all errors raised on purpose by this package."""


class ScenarioError(EscalationSimError):
    """A scenario cannot be used.

    `diagnostics` holds every problem found, in the order of the text; `str()` is the whole report
    as `path:line:col: error[code]: message` blocks with excerpt and help.
    """

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n\n".join(d.render() for d in self.diagnostics))


class RunError(EscalationSimError):
    """One replication stopped because a rule of the scenario cannot be carried out.

    `diagnostic` says what, where in the file, and at which time; other replications go on.
    """

    def __init__(self, diagnostic: Diagnostic, tick: int) -> None:
        self.diagnostic = diagnostic
        self.tick = tick
        super().__init__(diagnostic.render())


class UsageError(EscalationSimError):
    """A request that makes no sense for this scenario: an unknown target, time or option."""


class StudyError(EscalationSimError):
    """A study cannot be begun, gone on with or finished; `str()` says why and what would help."""
