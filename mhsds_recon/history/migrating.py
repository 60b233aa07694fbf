"""Bringing a history database to the tables that this version uses."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import column, inspect, select, table

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

__all__ = ["LATEST", "migrate", "migration_sql", "revision"]

LATEST = "0002"
"""The last revision under migrations/versions; named here so that alembic need not be loaded."""

_VERSION_TABLE = "recon_version"
_SCRIPTS = Path(__file__).parent / "migrations"


def revision(connection: Connection) -> str | None:
    """Return the revision of a database; None where it holds no history."""
    if not inspect(connection).has_table(_VERSION_TABLE):
        return None
    found = connection.scalar(select(column("version_num")).select_from(table(_VERSION_TABLE)))
    return None if found is None else str(found)


def migrate(connection: Connection) -> None:
    """Make or change the tables, in the transaction of the connection."""
    from alembic import command  # noqa: PLC0415  slow to load, and seldom needed

    command.upgrade(_config(connection=connection), "head")


def migration_sql(dialect: str) -> str:
    """Return the statements that make the tables, for a database administrator to run.

    Args:
        dialect: ``mssql``, ``postgresql`` or ``sqlite``.
    """
    from alembic import command  # noqa: PLC0415  as above

    script = io.StringIO()
    command.upgrade(_config(output=script, dialect=dialect), "head", sql=True)
    return script.getvalue()


def _config(*, output: io.StringIO | None = None, **attributes: object) -> Config:
    from alembic.config import Config  # noqa: PLC0415  as above

    config = Config(output_buffer=output, attributes=attributes)
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config
