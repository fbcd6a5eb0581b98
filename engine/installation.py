"""Take the settings of an installation into use: database, keys, uploads, sign-in."""

from __future__ import annotations

from sqlalchemy import select

from engine import audit, db, keys, password_filter, schema, uploads
from engine.errors import DatabaseUnavailable
from engine.models import Case
from engine.settings import Settings
from engine.sign_in import use as use_sign_in
from engine.single_sign_on import use as use_provider


class DatabaseNotReached(DatabaseUnavailable):
    """The records cannot be reached just now: {reason} Nothing was changed; check that the
    database runs and that ADOLYGU_DATABASE_URL is its address, then start again."""


def connect(settings: Settings, *, keys_must_fit: bool = True) -> db.Database:
    """Open the database and bring its tables up to date; set keys, uploads and sign-in limits.

    Takes:   keys_must_fit, false for whoever is to find out what is wrong with the records.
    Raises:  DatabaseNotReached; KeysNotSet; ScannerAddressWrong; PasswordFilterWrong;
             KeysNotFitting, before anything is written with them.
    """
    keys.use(list(settings.field_keys), list(settings.audit_keys))
    scanner = uploads.scanner_at(settings.clamd)
    password_filter.use(settings.password_filter)
    try:
        database = db.Database(settings.database_url)
        db.check(database)
    except DatabaseUnavailable as error:
        raise DatabaseNotReached(reason=error.details["reason"]) from error
    schema.upgrade(database)
    db.use(database)
    if keys_must_fit:
        try:
            _require_fitting_keys()
        except keys.KeysNotFitting:
            database.close()
            raise
    uploads.use(uploads.Store(settings.uploads, scanner=scanner))
    use_sign_in(
        idle_minutes=settings.idle_minutes,
        absolute_hours=settings.absolute_hours,
        demonstration=settings.demonstration,
    )
    use_provider(settings)
    return database


def _require_fitting_keys() -> None:
    """Refuse keys that do not read the first and the last of what is encrypted and sealed."""
    with db.reading() as session:
        try:
            for order in (Case.id, Case.id.desc()):
                session.scalar(select(Case.facts).order_by(order).limit(1))
        except keys.KeyNotKnown:
            raise keys.KeysNotFitting from None
        if not audit.is_readable(session):
            raise keys.KeysNotFitting
