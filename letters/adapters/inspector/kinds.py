"""The words between parent and child: tasks, and what active content is called in an answer."""

INSPECT = "inspect"
DRAW = "draw"

SCRIPTS = "scripts"
LAUNCH = "launch actions"
EMBEDDED = "embedded files"
SUBMITTING = "forms that submit"
MULTIMEDIA = "multimedia"
DYNAMIC = "dynamic forms"
KINDS = (SCRIPTS, LAUNCH, EMBEDDED, SUBMITTING, MULTIMEDIA, DYNAMIC)
"""Every kind of active content there can be in an answer."""
