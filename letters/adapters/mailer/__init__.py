"""Mail: over SMTP through Flask-Mail, or as files in a folder.

`message` writes the bytes of a mail, the same for both; `smtp` and `folder` hand them over.
"""

from letters.adapters.mailer.folder import FileMailer, mail_files, read_folder, read_mail
from letters.adapters.mailer.message import message_id
from letters.adapters.mailer.smtp import SmtpMailer
from letters.ports import Mailer

__all__ = [
    "FileMailer",
    "SmtpMailer",
    "mail_files",
    "mailer_from_url",
    "message_id",
    "read_folder",
    "read_mail",
]


def mailer_from_url(url: str, sender: str) -> Mailer:
    """Return the mailer that `url` asks for; `sender` is like `Letters <letters@localhost>`.

    `file:FOLDER` is described at FileMailer, `smtp://` and `smtps://` at SmtpMailer. Raises
    ValueError, with a sentence that holds no password, for anything else.
    """
    match url.partition(":")[0].lower():
        case "file":
            return FileMailer.from_url(url, sender)
        case "smtp" | "smtps":
            return SmtpMailer(url, sender)
        case scheme:
            message = f"mail cannot be sent by {scheme!r}: use file:, smtp:// or smtps://"
            raise ValueError(message)
