"""Snapshots of mails, which a person can open."""

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode


class TextFile(SingleFileSnapshotExtension):
    """A snapshot that is the mail's text and nothing else."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT


class HtmlFile(SingleFileSnapshotExtension):
    """A snapshot that a browser can open."""

    file_extension = "html"
    _write_mode = WriteMode.TEXT
