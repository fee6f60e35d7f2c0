"""The names of the settings."""

from letters import mail_limits, mail_server, openid

PREFIX = "LETTERS_"

SECRET_KEYS = "LETTERS_SECRET_KEYS"  # noqa: S105 -- the name of a variable
DATABASE_URL = "LETTERS_DATABASE_URL"
STORE_URL = "LETTERS_STORE_URL"
STORE_KEYS = "LETTERS_STORE_KEYS"
MAIL_FROM = "LETTERS_MAIL_FROM"
BASE_URL = "LETTERS_BASE_URL"
PROXIES = "LETTERS_PROXIES"
CLAMD_URL = "LETTERS_CLAMD_URL"
BOUNCE_ADDRESS = "LETTERS_BOUNCE_ADDRESS"

NAMES = (
    SECRET_KEYS,
    DATABASE_URL,
    STORE_URL,
    STORE_KEYS,
    mail_server.MAIL_URL,
    MAIL_FROM,
    BOUNCE_ADDRESS,
    mail_limits.RATE,
    mail_limits.RATE_PER_DOMAIN,
    mail_limits.LATE_MINUTES,
    mail_limits.METRICS_TOKEN,
    BASE_URL,
    CLAMD_URL,
    openid.ISSUER,
    openid.CLIENT_ID,
    openid.CLIENT_SECRET,
    openid.NAME,
    openid.MAILED_LINKS,
    PROXIES,
)
