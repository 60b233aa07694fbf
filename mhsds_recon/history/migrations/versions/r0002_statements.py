"""Statements: what people said of a submission, such as decisions and actions.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mssql

from mhsds_recon.history.migrations.versions.r0001_ledger import append_only_triggers

revision = "0002"
down_revision = "0001"

TABLE = "recon_statement"


def upgrade() -> None:
    """Make the table, and what refuses to change or remove its rows."""
    op.create_table(
        TABLE,
        sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("provider", _text(30), nullable=False, index=True),
        sa.Column("period", _text(7), nullable=False),
        sa.Column("content", _long(), nullable=False),
    )
    for statement in append_only_triggers(op.get_context().dialect.name, TABLE):
        op.execute(statement)


def _text(length: int) -> sa.Unicode:
    binary = mssql.NVARCHAR(length, collation="Latin1_General_100_BIN2")
    return sa.Unicode(length).with_variant(binary, "mssql")


def _long() -> sa.UnicodeText:
    return sa.UnicodeText().with_variant(mssql.NVARCHAR(), "mssql")
