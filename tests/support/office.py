"""Debian's LibreOffice, and Word files made on the spot."""

import shutil
import zipfile
from io import BytesIO
from pathlib import Path

HOW = "install Debian's libreoffice-writer"

_KINDS = "http://schemas.openxmlformats.org/package/2006/content-types"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PICTURE = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>INCLUDEPICTURE "{}" \\d'
    '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
)


def soffice() -> Path | None:
    """Return LibreOffice's executable, if this machine has it."""
    found = shutil.which("soffice")
    return Path(found) if found else None


def docx(*paragraphs: str, picture: str = "") -> bytes:
    """Return a Word file of `paragraphs`, which shows the picture at an address if there is one."""
    fetching = _PICTURE.format(picture) if picture else ""
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r>{fetching}</w:p>" for text in paragraphs)
    return _zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{_KINDS}">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/word/document.xml" ContentType="application/'
            'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{_LINKS}"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body>'
            "</w:document>",
        }
    )


def spreadsheet() -> bytes:
    """Return what Excel's files look like from outside."""
    return _zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"})


def _zipped(files: dict[str, str]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()
