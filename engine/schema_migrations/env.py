"""Run schema migrations on the connection that engine/schema.py hands over."""

from typing import Any

from alembic import context

from engine.models import Base, Encrypted, Instant, Json


def render(kind: str, item: Any, _context: Any) -> Any:
    """Write our column types as the plain ones beneath, so that no migration imports a model."""
    plain = {
        Instant: "sa.DateTime(timezone=True)",
        Json: "sa.Text()",
        Encrypted: "sa.LargeBinary()",
    }
    if kind == "type":
        return next((text for ours, text in plain.items() if isinstance(item, ours)), False)
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render,
)
with context.begin_transaction():
    context.run_migrations()
