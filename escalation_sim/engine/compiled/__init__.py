"""A second driver of the same models: kernels written from checked trees, run as machine code.

`engine_for` gives an engine for a model, `refusal` says why there is none. Everything that needs
more than Python itself (the extra `fast`: numpy, llvmlite) is loaded when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.engine.compiled.refusal import refusal
from escalation_sim.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from escalation_sim.engine.compiled.cache import Cache
    from escalation_sim.engine.compiled.engine import CompiledEngine
    from escalation_sim.model.model import Model

__all__ = ["engine_for", "refusal"]


def engine_for(
    model: Model, *, cache: Cache | None = None, tell: Callable[[str], None] | None = None
) -> CompiledEngine:
    """Return the compiled engine of a model.

    Machine code is taken from the cache, by default the user's own; if it has to be compiled,
    `tell` is told first, for that takes seconds. Raises UsageError where `refusal` has a reason.
    """
    if why := refusal(model):
        raise UsageError(f"no compiled engine for this scenario: {why}")
    from escalation_sim.engine.compiled.cache import Cache  # noqa: PLC0415
    from escalation_sim.engine.compiled.engine import CompiledEngine  # noqa: PLC0415
    from escalation_sim.engine.compiled.kernel import kernel_of  # noqa: PLC0415
    from escalation_sim.engine.compiled.machine import Loaded, Machine, compiled  # noqa: PLC0415

    machine, kernel = Machine.here(), kernel_of(model)
    cache = cache or Cache()
    path = cache.path(kernel.text, machine)
    code = cache.read(path)
    if code is None:
        if tell:
            tell(f"compiling {len(model.rules)} rules, once for this structure …")
        code = compiled(kernel.text, machine)
        cache.write(path, code)
    return CompiledEngine(model, kernel, Loaded(code, machine))
