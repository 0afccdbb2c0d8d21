"""A second driver of the same models: kernels written from checked trees, run as machine code.

`engine_for` gives an engine for a model, `refusal` says why there is none. Everything that needs
more than Python itself is loaded when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from escalation_sim.engine.compiled.engine import CompiledEngine
    from escalation_sim.model.model import Model


def engine_for(model: Model) -> CompiledEngine:
    """Return the compiled engine of a model."""
    from escalation_sim.engine.compiled.engine import CompiledEngine  # noqa: PLC0415
    from escalation_sim.engine.compiled.kernel import kernel_of  # noqa: PLC0415
    from escalation_sim.engine.compiled.machine import Loaded, Machine, compiled  # noqa: PLC0415

    machine = Machine.here()
    kernel = kernel_of(model)
    loaded = Loaded(compiled(kernel.text, machine), machine)
    return CompiledEngine(model, kernel, loaded)
