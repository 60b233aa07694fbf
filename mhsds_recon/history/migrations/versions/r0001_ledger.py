"""The ledger: a chain of entries; published files, runs and their figures.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mssql

revision = "0001"
down_revision = None

START = "0" * 64
COMPACT = {"sqlite_with_rowid": False}
APPEND_ONLY = (
    "recon_entry",
    "recon_series",
    "recon_published_file",
    "recon_published_part",
    "recon_published_figure",
    "recon_run",
    "recon_run_file",
    "recon_rule_count",
    "recon_table_count",
    "recon_run_part",
    "recon_local_figure",
    "recon_comparison",
    "recon_walk_step",
)
REFUSAL = "The history is only added to: rows are neither changed nor removed."


def upgrade() -> None:
    """Make the tables, and what refuses to change or remove their rows."""
    head = op.create_table(
        "recon_ledger_head",
        _number("id", primary_key=True),
        _number("entries"),
        _hash("sha256"),
    )
    op.create_table(
        "recon_entry",
        _number("number", primary_key=True),
        _text("kind"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        _hash("content_sha256"),
        _hash("previous_sha256"),
        _hash("sha256"),
    )
    op.create_table(
        "recon_series",
        _identity(),
        _text("provider", index=True),
        _text("measure_id", 255),
        _text("breakdown", 255),
        _text("primary_level", 255),
        _text("secondary_level", 255),
        _text("further_levels", 255),
        _hash("digest", unique=True),
    )
    _make_published()
    _make_runs()
    _make_figures()
    op.execute(sa.insert(head).values(id=1, entries=0, sha256=START))
    _refuse_changes(op.get_context().dialect.name)


def _make_published() -> None:
    op.create_table(
        "recon_published_file",
        _number("entry", primary_key=True),
        _text("provider"),
        _text("name", 255),
        _text("file_version"),
        _hash("sha256"),
        _big("size"),
        _big("rows"),
        sa.UniqueConstraint("sha256", "provider"),
    )
    op.create_table(
        "recon_published_part",
        _identity(),
        _part_of("file", "recon_published_file.entry"),
        *_window(),
        _text("status"),
    )
    op.create_table(
        "recon_published_figure",
        _parent("part", "recon_published_part.id"),
        _parent("series", "recon_series.id", index=True),
        _text("published", 40, nullable=True),
        **COMPACT,
    )


def _make_runs() -> None:
    op.create_table(
        "recon_run",
        _number("entry", primary_key=True),
        _text("verb"),
        _text("provider", index=True),
        _text("period", 7, nullable=True),
        _text("software"),
        _text("standard"),
        sa.Column("file_accepted", sa.Boolean),
    )
    op.create_table(
        "recon_run_file",
        _parent("run", "recon_run.entry"),
        _number("place", primary_key=True),
        _text("role"),
        _text("name", 255),
        _hash("sha256"),
        _big("size"),
        _big("rows"),
    )
    op.create_table(
        "recon_rule_count",
        _parent("run", "recon_run.entry"),
        _text("code", primary_key=True),
        _text("table", 100, primary_key=True),
        _text("element", 100, primary_key=True),
        _text("level"),
        _big("rows"),
        **COMPACT,
    )
    op.create_table(
        "recon_table_count",
        _parent("run", "recon_run.entry"),
        _text("table", 100, primary_key=True),
        _big("submitted"),
        _big("accepted"),
        **COMPACT,
    )


def _make_figures() -> None:
    op.create_table(
        "recon_run_part",
        _identity(),
        _part_of("run", "recon_run.entry"),
        _text("stage", 60),
        *_window(),
    )
    op.create_table(
        "recon_local_figure",
        _parent("part", "recon_run_part.id"),
        _parent("series", "recon_series.id", index=True),
        _real("local_exact"),
        _text("local_published", 40, nullable=True),
        **COMPACT,
    )
    op.create_table(
        "recon_comparison",
        _parent("part", "recon_run_part.id"),
        _parent("series", "recon_series.id", index=True),
        _text("result"),
        _text("published", 40, nullable=True),
        *(_real(name) for name in ("gap_low", "gap_high", "explained", "residual")),
        **COMPACT,
    )
    op.create_table(
        "recon_walk_step",
        _parent("part", "recon_run_part.id"),
        _parent("series", "recon_series.id"),
        _number("place", primary_key=True),
        _text("cause_id"),
        _text("direction", nullable=True),
        _real("size"),
        _text("evidence", nullable=True),
        _real("low"),
        _real("high"),
        sa.Column("rows", sa.BigInteger),
        _long("rules"),
        _text("variation", 60, nullable=True),
        _long("overlaps"),
        _long("basis"),
        **COMPACT,
    )


def _refuse_changes(dialect: str) -> None:
    if dialect == "postgresql":
        op.execute(
            "CREATE FUNCTION recon_refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
    for table in APPEND_ONLY:
        for statement in append_only_triggers(dialect, table):
            op.execute(statement)


def append_only_triggers(dialect: str, table: str) -> list[str]:
    """Return the statements that make a table refuse to change or remove rows."""
    name = f"tr_{table}_append_only"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {name}_{change} BEFORE {change} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            for change in ("update", "delete")
        ]
    if dialect == "postgresql":
        changes = "BEFORE UPDATE OR DELETE OR TRUNCATE"
        then = "EXECUTE FUNCTION recon_refuse_change()"
        return [f"CREATE TRIGGER {name} {changes} ON {table} FOR EACH STATEMENT {then}"]
    then = f"BEGIN THROW 51000, '{REFUSAL}', 1; END"
    return [f"CREATE TRIGGER {name} ON {table} INSTEAD OF UPDATE, DELETE AS {then}"]


def _text(
    name: str,
    length: int = 30,
    *,
    nullable: bool = False,
    primary_key: bool = False,
    index: bool = False,
) -> sa.Column[str]:
    binary = mssql.NVARCHAR(length, collation="Latin1_General_100_BIN2")
    kind = sa.Unicode(length).with_variant(binary, "mssql")
    return sa.Column(name, kind, nullable=nullable, primary_key=primary_key, index=index)


def _long(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.UnicodeText().with_variant(mssql.NVARCHAR(), "mssql"))


def _hash(name: str, *, unique: bool | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), nullable=False, unique=unique)


def _number(name: str, *, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, primary_key=primary_key, autoincrement=False)


def _big(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _real(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double)


def _identity() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, sa.Identity(), primary_key=True)


def _parent(name: str, other: str, *, index: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey(other)
    return sa.Column(name, sa.Integer, key, primary_key=True, autoincrement=False, index=index)


def _part_of(name: str, other: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, sa.ForeignKey(other), nullable=False, index=True)


def _window() -> list[sa.Column[object]]:
    names = ("reporting_period_start", "reporting_period_end")
    return [sa.Column(name, sa.DATE, nullable=False) for name in names]
