"""What mail servers, mailboxes and people send to an address for bounces. All of it is invented."""

from email import message_from_bytes, policy
from email.message import EmailMessage

ADA = "ada.ferreira@example.edu"
OURS = b"""\
From: Alpine Summer <letters@letters.example.org>
To: ada.ferreira@example.edu
Subject: A letter for Mira Lindqvist
Message-ID: <0190f1c2@letters.example.org>

Dear Prof. Ada Ferreira, please write.
"""


def _mail(sender: str, subject: str, **headers: str) -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["Subject"] = sender, subject
    mail["To"] = "bounces@letters.example.org"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    return mail


def _with_fields(mail: EmailMessage, words: str, *recipients: str) -> bytes:
    """Make a report of a mail (RFC 3464): words, fields, and the mail that it gives back."""
    boundary = "=_report"
    fields = "\n\n".join(("Reporting-MTA: dns; mx.example.edu", *recipients))
    mail["MIME-Version"] = "1.0"
    mail["Content-Type"] = f'multipart/report; report-type=delivery-status; boundary="{boundary}"'
    parts = (
        f"Content-Type: text/plain; charset=us-ascii\n\n{words}\n",
        f"Content-Type: message/delivery-status\n\n{fields}\n",
        f"Content-Type: message/rfc822\n\n{OURS.decode()}",
    )
    body = "".join(f"--{boundary}\n{part}\n" for part in parts) + f"--{boundary}--\n"
    return _head(mail) + body.replace("\n", "\r\n").encode("ascii")


def _head(mail: EmailMessage) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in mail.items()).encode() + b"\r\n"


def postfix(
    status: str = "5.1.1",
    *,
    action: str = "failed",
    said: str = "550 5.1.1 <ada.ferreira@example.edu>: Recipient address rejected: User unknown",
    address: str = ADA,
    number: int = 1,
) -> bytes:
    """Return what Postfix writes."""
    mail = _mail(
        "Mail Delivery System <MAILER-DAEMON@mx.example.edu>",
        "Undelivered Mail Returned to Sender",
        Auto_Submitted="auto-replied",
        Message_ID=f"<postfix-{number}@mx.example.edu>",
    )
    words = (
        "This is the mail system at host mx.example.edu.\n\n"
        "I'm sorry to have to inform you that your message could not\n"
        "be delivered to one or more recipients.\n\n"
        f"                   The mail system\n\n<{address}>: {said}"
    )
    fields = (
        f"Final-Recipient: rfc822; {address}\n"
        f"Original-Recipient: rfc822;{address}\n"
        f"Action: {action}\nStatus: {status}\n"
        f"Remote-MTA: dns; inner.example.edu\nDiagnostic-Code: smtp; {said}"
    )
    return _with_fields(mail, words, fields)


def exim(said: str = "550 5.1.1 no such mailbox here") -> bytes:
    """Return what Exim writes: the status says nothing in particular."""
    mail = _mail(
        "Mail Delivery System <Mailer-Daemon@mx.example.edu>",
        "Mail delivery failed: returning message to sender",
        Auto_Submitted="auto-replied",
        X_Failed_Recipients=ADA,
        Message_ID="<E1exim@mx.example.edu>",
    )
    words = f"A message that you sent could not be delivered:\n\n  {ADA}\n    {said}"
    fields = f"Action: failed\nFinal-Recipient: rfc822;{ADA}\nStatus: 5.0.0"
    return _with_fields(mail, words, f"{fields}\nRemote-MTA: dns; x\nDiagnostic-Code: smtp; {said}")


def old_exim() -> bytes:
    """Return what Exim wrote before it knew the form with fields."""
    mail = _mail(
        "Mail Delivery System <Mailer-Daemon@mx.example.edu>",
        "Mail delivery failed: returning message to sender",
        Auto_Submitted="auto-replied",
        X_Failed_Recipients=ADA,
    )
    mail.set_content(
        "This message was created automatically by mail delivery software.\n\n"
        f"  {ADA}\n    SMTP error from remote mail server after RCPT TO:\n"
        "    host mx.example.edu: 550 unknown user\n\n------ This is a copy ------\n"
    )
    return mail.as_bytes()


def qmail() -> bytes:
    """Return what qmail writes: words alone, here in base64."""
    mail = _mail("MAILER-DAEMON@mx.example.edu", "failure notice")
    mail.set_content(
        "Hi. This is the qmail-send program at mx.example.edu.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        f"<{ADA}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n",
        cte="base64",
    )
    return mail.as_bytes()


def exchange(status: str = "5.1.10") -> bytes:
    """Return what Exchange writes; it says what went wrong in HTML too."""
    mail = _mail(
        "Microsoft Outlook <postmaster@example.edu>",
        "Undeliverable: A letter for Mira Lindqvist",
        Auto_Submitted="auto-replied",
        Message_ID="<exchange@example.edu>",
    )
    said = f"550 {status} RESOLVER.ADR.RecipientNotFound; Recipient not found"
    fields = (
        f"Final-Recipient: rfc822;{ADA}\nAction: failed\nStatus: {status}\n"
        f"Diagnostic-Code: smtp;{said}\nX-Display-Name: Ada Ferreira"
    )
    return _with_fields(mail, "Delivery has failed to these recipients.", fields)


def gmail(status: str = "5.1.1", *, action: str = "failed") -> bytes:
    """Return what Gmail writes, about an address that mail was passed on to."""
    mail = _mail(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Failure)",
        Auto_Submitted="auto-replied",
        Message_ID="<gmail@mx.google.com>",
    )
    private = "ada.at.home@example.com"
    said = (
        f"550-{status} The email account that you tried to reach does not exist.\n"
        f" 550 {status} For more information, go to https://support.example.com/mail?p=NoSuchUser"
    )
    fields = (
        f"Final-Recipient: rfc822; {private}\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; {said}\nLast-Attempt-Date: Mon, 01 Feb 2027 01:00:00 -0800 (PST)"
    )
    return _with_fields(mail, f"Your message wasn't delivered to {private}", fields)


def partly_expanded() -> bytes:
    """Return a report that one of several behind an address was not reached."""
    mail = _mail("MAILER-DAEMON@mx.example.edu", "Delivery report")
    fields = (
        f"Final-Recipient: rfc822; {ADA}\nAction: expanded\nStatus: 2.0.0",
        "Final-Recipient: rfc822; office@example.edu\nAction: failed\nStatus: 5.1.1",
    )
    return _with_fields(mail, "See below.", *fields)


def delivered() -> bytes:
    """Return a report that all went well; what is given back speaks of a failure."""
    mail = _mail("MAILER-DAEMON@mx.example.edu", "Successful Mail Delivery Report")
    words = f"Delivery to the following recipient failed\n {ADA}\n----- Original message -----"
    return _with_fields(
        mail, words, f"Final-Recipient: rfc822; {ADA}\nAction: delivered\nStatus: 2.0.0"
    )


def delayed(number: int = 1) -> bytes:
    """Return a warning that a server is still trying."""
    said = "451 4.4.1 connect to inner.example.edu: Connection timed out"
    return postfix("4.4.1", action="delayed", said=said, number=number)


def out_of_office() -> bytes:
    """Return what Exchange answers for somebody who is away."""
    mail = _mail(
        f"Ada Ferreira <{ADA}>",
        "Automatic reply: A letter for Mira Lindqvist",
        Auto_Submitted="auto-generated",
        X_Auto_Response_Suppress="All",
        Return_Path="<>",
    )
    mail.set_content(
        "I am out of office. Delivery to the following recipient failed:\n\n"
        f"    {ADA}\n\nis not what this is.\n"
    )
    return mail.as_bytes()


def vacation() -> bytes:
    """Return what the program `vacation` answers."""
    mail = _mail(f"Ada Ferreira <{ADA}>", "Re: A letter", Precedence="bulk")
    mail.set_content("I am away until March.\n")
    return mail.as_bytes()


def read_receipt() -> bytes:
    """Return the receipt of a mail program (RFC 8098)."""
    mail = _mail(f"Ada Ferreira <{ADA}>", "Read: A letter")
    mail["Content-Type"] = 'multipart/report; report-type=disposition-notification; boundary="b"'
    return _head(mail) + b"--b\r\nContent-Type: text/plain\r\n\r\nRead.\r\n--b--\r\n"


def challenge() -> bytes:
    """Return what a filter asks of a sender it does not know."""
    mail = _mail(f"Ada Ferreira <{ADA}>", "Please confirm your message", Precedence="bulk")
    mail.set_content("Click http://confirm.example.net/abc and your mail is delivered.\n")
    return mail.as_bytes()


def tmda() -> bytes:
    """Return what TMDA asks."""
    mail = _mail(f"Ada <{ADA}>", "A letter for Mira Lindqvist", X_Delivery_Agent="TMDA/1.1.12")
    mail.set_content("Simply reply to this message.\n")
    return mail.as_bytes()


def reply() -> bytes:
    """Return what a person writes back, who quotes words as servers use them."""
    mail = _mail(f"Ada Ferreira <{ADA}>", "Re: A letter for Mira Lindqvist")
    mail.set_content(
        "A colleague got this: 550 5.1.1 User unknown\n\n"
        f"Delivery to the following recipient failed permanently:\n\n     {ADA}\n"
    )
    return mail.as_bytes()


def subject_of(content: bytes) -> str:
    """Return the subject of a mail, for the name of a test."""
    return str(message_from_bytes(content, policy=policy.default)["Subject"])
