"""The demo: an example season, the service that runs over it, and the story that checks it."""
