"""The application for any WSGI server: `gunicorn wsgi:app`, `granian --interface wsgi wsgi:app`.

Settings that cannot work raise SettingsError here, which lists them all: servers stop at that.
(At a mere exit of the worker, gunicorn would start the next one, for ever.)
"""

from letters.app import create_app_from_env

app = create_app_from_env()
