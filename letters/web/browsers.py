"""A short name of a browser, by which its owner knows it again in a list."""

from collections.abc import Sequence

_Known = Sequence[tuple[str, str]]

_BROWSERS: _Known = (
    # Who says more comes first: most browsers say that they are Chrome or Safari as well.
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
_SYSTEMS: _Known = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def named(user_agent: str) -> str:
    """Return a name such as `Firefox, Windows`, or an empty one when nothing is recognized.

    It is made of our own words alone: whatever a browser says of itself cannot get in.
    """
    known = (_first(user_agent, _BROWSERS), _first(user_agent, _SYSTEMS))
    return ", ".join(name for name in known if name)


def _first(user_agent: str, known: _Known) -> str:
    return next((name for sign, name in known if sign in user_agent), "")
