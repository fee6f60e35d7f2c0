"""Where in our own code an error happened, for the log."""

import traceback

from letters.resources import PACKAGE


def places(error: BaseException) -> list[str]:
    """Name the lines of ours that led to `error`, outermost first.

    What an error says can hold an address, a link or a name, and so can the variables around it;
    its kind and these lines cannot.
    """
    return [
        f"{frame.filename.removeprefix(f'{PACKAGE.parent}/')}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(str(PACKAGE))
    ]
