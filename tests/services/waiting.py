"""An act that begins while another is not committed yet."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import text

from letters.house import House
from letters.services.work import Actor, Work
from tests.support.patience import wait_until

T = TypeVar("T")


def amid(house: House, actor: Actor, first: Callable[[Work], object], second: Callable[[], T]) -> T:
    """Do the first, begin the second before that is committed, and return what the second does.

    The first is committed once the second waits for it, or has not waited.
    """
    with ThreadPoolExecutor(1) as pool:
        with house.works.change(actor) as work:
            first(work)
            acting = pool.submit(second)
            wait_until(lambda: acting.done() or _somebody_waits(house))
        return acting.result()


def _somebody_waits(house: House) -> bool:
    with house.database.engine.connect() as looking:
        return bool(looking.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
