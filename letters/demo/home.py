"""The folder that the demo's data lies in, and what can be wrong with it."""


class Unusable(Exception):
    """The demo's folder cannot be used as it is; the sentence says what to do."""
