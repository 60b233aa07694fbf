"""Fixtures that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from mhsds_recon.frames.engine import Engine, engine_named
from mhsds_recon.standard import Standard, load_standard

# How long an example takes says more about the machine than about the law that it tests.
# CI tries the same examples each time; on a desk they are new ones.
IN_CI = os.environ.get("CI") == "true"
settings.register_profile("recon", deadline=None, derandomize=IN_CI)
settings.load_profile("recon")

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def standard() -> Standard:
    """The standard, version 6.0."""
    return load_standard("6.0")


@pytest.fixture(params=["polars", "duckdb"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    return engine_named(request.param)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data beside the repository.

    Where it is missing, tests that need it fail in CI and are skipped elsewhere.
    """
    if not SHARED.is_dir():
        reason = "the folder 'shared' is not beside the repository"
        if IN_CI:
            pytest.fail(reason)
        pytest.skip(reason)
    return SHARED
