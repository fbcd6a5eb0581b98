"""Take the settings of an installation into use: database, keys, uploads, sign-in."""

from __future__ import annotations

from engine import db, keys, schema, uploads
from engine.settings import Settings
from engine.sign_in import use as use_sign_in


def connect(settings: Settings) -> db.Database:
    """Open the database and bring its tables up to date; set keys, uploads and sign-in limits.

    Raises:  DatabaseUnavailable; KeysNotSet.
    """
    keys.use(list(settings.field_keys), list(settings.audit_keys))
    database = db.Database(settings.database_url)
    db.check(database)
    schema.upgrade(database)
    db.use(database)
    uploads.use(uploads.Store(settings.uploads))
    use_sign_in(
        idle_minutes=settings.idle_minutes,
        absolute_hours=settings.absolute_hours,
        demonstration=settings.demonstration,
    )
    return database
