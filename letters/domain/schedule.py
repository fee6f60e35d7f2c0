"""When referees are reminded: spacing and budgets."""

DEFAULT_MOST_REMINDERS = 5
"""How often a referee is reminded of one letter at most, whoever reminds."""
