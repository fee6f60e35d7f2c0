"""The machine's own time of day."""

from datetime import UTC, datetime


class SystemClock:
    """A Clock that follows the machine's."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)
