"""The API: what portals and scripts use."""
