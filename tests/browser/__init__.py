"""Journeys in a real browser, at both sizes and in both colour schemes."""
