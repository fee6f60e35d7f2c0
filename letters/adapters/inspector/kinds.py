"""What active content is called in an answer."""

SCRIPTS = "scripts"
LAUNCH = "launch actions"
EMBEDDED = "embedded files"
SUBMITTING = "forms that submit"
MULTIMEDIA = "multimedia"
DYNAMIC = "dynamic forms"
KINDS = (SCRIPTS, LAUNCH, EMBEDDED, SUBMITTING, MULTIMEDIA, DYNAMIC)
"""Every kind of active content there can be in an answer."""
