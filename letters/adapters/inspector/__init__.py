"""Looks into an uploaded PDF, in a process that can harm nothing but itself.

A file from a stranger may be made to use up memory or time, or to trip the parser up. So a child
process reads it, under limits that it sets on itself before it touches the content, and what it
answers is believed only as far as it has the expected form.

    parent.py       SubprocessInspector: starts the child, weighs its answer
    child.py        the child: limits itself, reads the content, says what it found
    examination.py  what is in the file: whole or not, protected or not
    foreign.py      whether it is another kind of file as well
    active.py       scripts and other content that acts
    text.py         what can be read on its pages
    picture.py      its first page as a picture
    kinds.py        what active content is called in an answer
"""

from letters.adapters.inspector.examination import examine
from letters.adapters.inspector.kinds import KINDS
from letters.adapters.inspector.parent import SubprocessInspector
from letters.adapters.inspector.picture import draw_picture
from letters.adapters.inspector.text import read_texts

__all__ = ["KINDS", "SubprocessInspector", "draw_picture", "examine", "read_texts"]
