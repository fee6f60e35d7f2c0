"""Binds the letters of an application into one PDF, below a cover sheet.

Letters are strangers' files, so only a child process with limits opens them. The sheet is drawn by
this process, from our own template and with words that are data to it.

    parent.py  SheetBinder: has the child open the letters, draws the sheet, has it bind them all
    files.py   what they call their files
    child.py   the child: limits itself, opens the letters, binds them
    words.py   what the sheet says, in words
    sheet.py   draws the sheet
    fonts.py   which words can be shown on it
"""

from letters.adapters.binder.fonts import scripts_without_fonts
from letters.adapters.binder.parent import SheetBinder

__all__ = ["SheetBinder", "scripts_without_fonts"]
