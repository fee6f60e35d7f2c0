"""What the files of a packet are called while it is bound, in the folder that holds its letters."""

COVER = "cover.pdf"
JOINED = "joined.pdf"
PACKET = "packet.pdf"
