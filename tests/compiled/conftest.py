"""A folder of this session's own for compiled kernels."""

import pytest

from escalation_sim.engine.compiled.cache import Cache


@pytest.fixture(scope="session")
def kernel_cache(tmp_path_factory):
    """A cache that nobody else sees."""
    return Cache(tmp_path_factory.mktemp("kernels", numbered=True))
