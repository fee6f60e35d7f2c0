"""Draws strangers' pictures anew, in a child process with limits."""

from letters.adapters.pictures.parent import SubprocessRedrawer

__all__ = ["SubprocessRedrawer"]
