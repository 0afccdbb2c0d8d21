"""From a kernel's text to machine code, through LLVM."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from escalation_sim.engine.compiled.kernel import ENTRY, TABLES
from escalation_sim.engine.compiled.plain import SCOPE
from escalation_sim.engine.compiled.translate import Program

if TYPE_CHECKING:
    from collections.abc import Callable


SHORT = 1_000
"""Lines of a kernel up to which its functions are made one."""


@dataclass(frozen=True, slots=True)
class Machine:
    """The processor kernels are compiled for."""

    triple: str
    processor: str
    features: str
    llvm: str

    @classmethod
    def here(cls) -> Machine:
        """Return the processor this runs on."""
        from llvmlite import __version__, binding  # noqa: PLC0415

        triple = binding.get_process_triple()
        if sys.platform.startswith("win"):
            triple += "-elf"  # what LLVM can load there by itself
        numbers = ".".join(map(str, binding.llvm_version_info))
        return cls(
            triple=triple,
            processor=binding.get_host_cpu_name(),
            features=binding.get_host_cpu_features().flatten(),
            llvm=f"{numbers} {__version__}",
        )

    def target(self) -> Any:
        """Return LLVM's target machine; whole numbers and doubles as in Python, nothing faster."""
        from llvmlite import binding  # noqa: PLC0415

        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
        return binding.Target.from_triple(self.triple).create_target_machine(
            cpu=self.processor,
            features=self.features,
            opt=3,
            reloc="default",
            codemodel="jitdefault",
            jit=True,
        )


def compiled(text: str, machine: Machine) -> bytes:
    """Return a kernel as an object file for a machine."""
    program = Program(words=("address",), in_one=text.count("\n") <= SHORT)
    program.add_source(text, SCOPE, (ENTRY, TABLES))
    return object_of(program.module(), machine)


def object_of(text: str, machine: Machine) -> bytes:
    """Return a module in LLVM's language as an object file for a machine."""
    from llvmlite import binding  # noqa: PLC0415

    target = machine.target()
    module = binding.parse_assembly(text)
    module.triple = machine.triple
    module.data_layout = str(target.target_data)
    module.verify()
    options = binding.create_pipeline_tuning_options(speed_level=3)
    builder = binding.create_pass_builder(target, options)
    builder.getModulePassManager().run(module, builder)
    found: bytes = target.emit_object(module)
    return found


class Loaded:
    """A kernel in memory, ready to be called from any thread; calls let other threads run."""

    def __init__(self, code: bytes, machine: Machine) -> None:
        from llvmlite import binding  # noqa: PLC0415

        self._target = machine.target()
        self._engine = binding.create_mcjit_compiler(binding.parse_assembly(""), self._target)
        self._engine.add_object_file(binding.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        whole, place = ctypes.c_int64, ctypes.c_void_p
        kinds = {ENTRY: (*[whole] * 4, *[place] * 11), TABLES: (place,) * 3}
        self._functions: dict[str, Callable[..., None]] = {
            name: ctypes.CFUNCTYPE(None, *kind)(self._engine.get_function_address(name))
            for name, kind in kinds.items()
        }

    def __call__(self, name: str, *given: int) -> None:
        """Call a function of the kernel: numbers and the addresses of arrays, as it takes them."""
        self._functions[name](*given)
