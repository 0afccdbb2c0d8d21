"""A chunk of rows as the bytes of an `.npz` file, and back."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import numpy as np

from escalation_sim.studies.arrays import TYPES, as_arrays, from_arrays

if TYPE_CHECKING:
    from escalation_sim.studies.columns import Columns


def as_bytes(columns: Columns) -> bytes:
    """Return rows as the bytes of an uncompressed `.npz` file; the same rows, the same bytes."""
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **as_arrays(columns))
    return out.getvalue()


def from_bytes(data: bytes) -> Columns:
    """Return the rows of an `.npz` file; nothing in it is ever unpickled.

    Raises ValueError where it holds no rows.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as found:
            return from_arrays({name: found[name] for name in TYPES})
    except (KeyError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise ValueError(str(error)) from None
