"""One installation in a folder: its keys, its settings, and the environment its processes get."""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from letters.demo.home import Unusable
from letters.setting_names import PREFIX
from letters.settings import STORE_KEY_BYTES, Settings

HOST = "127.0.0.1"
MAIL_FROM = "Letters <letters@letters.example.org>"


@dataclass(frozen=True)
class Keys:
    """What links are signed with, and what letters are encrypted with."""

    secret: str
    store: str


@dataclass(frozen=True)
class Instance:
    """An installation in `folder` that answers on `port` of this machine alone."""

    folder: Path
    keys: Keys
    port: int

    @property
    def base_url(self) -> str:
        """Where its pages begin."""
        return f"http://{HOST}:{self.port}"

    @property
    def mail_folder(self) -> Path:
        """Where its mails lie."""
        return self.folder / "mail"

    @property
    def settings(self) -> Settings:
        """Its settings, for what runs in this process."""
        return Settings.from_env(self._variables(), demo=True)

    def environment(self) -> dict[str, str]:
        """Return the environment of its processes: this one's, with no other settings in it."""
        others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        return {**others, **self._variables()}

    def _variables(self) -> Mapping[str, str]:
        # Its processes run in its folder, so that no `.env` of another one counts for them.
        folder = self.folder.absolute()
        return {
            "LETTERS_SECRET_KEYS": self.keys.secret,
            "LETTERS_DATABASE_URL": f"sqlite:///{folder / 'letters.db'}",
            "LETTERS_STORE_URL": f"file:{folder / 'letters'}",
            "LETTERS_STORE_KEYS": self.keys.store,
            "LETTERS_MAIL_URL": f"file:{folder / 'mail'}",
            "LETTERS_MAIL_FROM": MAIL_FROM,
            "LETTERS_BASE_URL": self.base_url,
        }


def new_keys() -> Keys:
    """Return fresh keys."""
    store = base64.urlsafe_b64encode(secrets.token_bytes(STORE_KEY_BYTES)).decode("ascii")
    return Keys(secret=secrets.token_urlsafe(32), store=store)


def keys_in(path: Path) -> Keys:
    """Return the keys in the file `path`, which is made (0600) if there is none.

    Raises Unusable when there are none in it.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.unfinished")
        with open(unfinished, "w", encoding="utf-8", opener=_private) as file:
            json.dump(asdict(new_keys()), file, indent=2)
        unfinished.rename(path)
    try:
        return _keys(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, KeyError):
        message = (
            f"The file {path} is damaged: the demo's keys are not in it. Put it back from a copy, "
            f"or remove the folder {path.parent} to begin with new data."
        )
        raise Unusable(message) from None


def _keys(found: Mapping[str, str]) -> Keys:
    """Raises TypeError or KeyError where they are not there, ValueError where they are no words."""
    keys = Keys(secret=found["secret"], store=found["store"])
    if not all(isinstance(key, str) for key in asdict(keys).values()):
        raise ValueError
    return keys


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
