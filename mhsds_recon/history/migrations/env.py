"""How alembic reaches the history database: on the connection that it is handed, or as a script."""

from __future__ import annotations

from alembic import context

from mhsds_recon.history.models import Base

VERSION_TABLE = "recon_version"

given = context.config.attributes
if context.is_offline_mode():
    context.configure(
        dialect_name=given["dialect"],
        target_metadata=Base.metadata,
        version_table=VERSION_TABLE,
        literal_binds=True,
    )
else:
    context.configure(
        connection=given["connection"],
        target_metadata=Base.metadata,
        version_table=VERSION_TABLE,
        render_as_batch=True,
        transactional_ddl=True,
    )
with context.begin_transaction():
    context.run_migrations()
