"""Run by Alembic: connects to the configured database and runs the migrations in a transaction."""

from alembic import context
from sqlalchemy import Connection, func, select

from letters.migrating import ONE_AT_A_TIME
from letters.records import Base, Database
from letters.settings import database_url_from_env


def database_url() -> str:
    """The URL the caller put into the configuration, else the one of the environment."""
    return context.config.attributes.get("database_url") or database_url_from_env()


def _switch_foreign_keys_off(connection: Connection) -> None:
    """On the driver's own connection: inside a transaction the pragma does nothing."""
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute("PRAGMA foreign_keys = OFF")


def run() -> None:
    """Migrate over one connection, which is closed whatever happens."""
    database = Database(database_url())
    try:
        with database.engine.connect() as connection:
            _migrate(connection, on_sqlite=database.is_sqlite)
    finally:
        database.close()


def _migrate(connection: Connection, *, on_sqlite: bool) -> None:
    """Run the migrations in one transaction; SQLite rebuilds tables where it cannot alter them.

    On PostgreSQL whoever comes second waits until that is over, and finds nothing left to do.

    Foreign keys are off on SQLite meanwhile, or rebuilding a table would empty those that point
    to it; they are checked before the commit instead. Alembic has to be told that SQLite can take
    changes of tables back, or it would commit before that check.
    """
    if on_sqlite:
        _switch_foreign_keys_off(connection)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=on_sqlite,
        transactional_ddl=True,
        compare_type=True,
    )
    with context.begin_transaction():
        if not on_sqlite:
            connection.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
        context.run_migrations()
        if on_sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if broken is not None:
                message = f"the migration would leave a dangling reference: {broken}"
                raise RuntimeError(message)


run()
