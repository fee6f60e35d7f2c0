"""The application for any WSGI server: `gunicorn wsgi:app`, `granian --interface wsgi wsgi:app`."""

import sys

from letters.app import create_app_from_env
from letters.settings import SettingsError

try:
    app = create_app_from_env()
except SettingsError as error:
    sys.exit("\n".join(error.problems))
