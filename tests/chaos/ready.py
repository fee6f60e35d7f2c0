"""What the others are forked from has done before what each of them would do anew.

It has written the mails of these tests, and read whom the system trusts.
"""

import gc

from letters.domain.journal import MessageKind
from letters.mail_server import Server
from tests.support.mails import usual

for kind in (MessageKind.APPLICATION_SUBMITTED, MessageKind.LETTER_REQUEST):
    usual(kind)
Server.from_url("smtp://127.0.0.1")
gc.freeze()  # what comes along is no garbage, and shall not be copied
