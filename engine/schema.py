"""Bring a database's tables up to the newest schema migration, and say when they differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from engine.db import Database, hold_installation, saying_plainly
from engine.models import Base

FOLDER = Path(__file__).parent / "schema_migrations"


def upgrade(database: Database, revision: str = "head") -> None:
    """Run the schema migrations that this database does not have yet, one process at a time."""
    with saying_plainly(), database.connections.begin() as connection:
        hold_installation(connection)
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str = "base") -> None:
    """Take schema migrations back (tests only; a production database goes forward)."""
    with database.connections.begin() as connection:
        command.downgrade(_config(connection), revision)


def difference(database: Database) -> list[Any]:
    """Return how the tables differ from the models; empty when they agree."""
    with database.connections.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def write_migration(database: Database, number: str, message: str) -> None:
    """Write the next numbered schema migration from what the models have and the tables lack."""
    with database.connections.begin() as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=number)


def _config(connection: Any) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config
