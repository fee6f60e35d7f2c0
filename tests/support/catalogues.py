"""Catalogues of the mails in languages that nobody speaks, to see what a translation would do."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo

from letters.resources import templates_folder


def write_catalogue(folder: Path, language: str, translated: Callable[[str], str]) -> None:
    """Write the mails' catalogue of `language`, in which each sentence is as `translated` says."""
    catalog = Catalog(locale=language, charset="utf-8")
    for sentence in sentences_in_the_mails():
        one, many = sentence if isinstance(sentence, tuple) else (sentence, "")
        words = [translated(one), *[translated(many)] * (catalog.num_plurals - 1)]
        catalog.add(sentence, tuple(words) if many else words[0])
    compiled = BytesIO()
    write_mo(compiled, catalog)
    (folder / language / "LC_MESSAGES").mkdir(parents=True)
    (folder / language / "LC_MESSAGES" / "messages.mo").write_bytes(compiled.getvalue())


def sentences_in_the_mails() -> Iterator[str | tuple[str, ...]]:
    """Collect them as `pybabel extract` does, with the project's own mapping."""
    checkout = templates_folder().parent
    with (checkout / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel's own
    in_mails = {checkout, checkout / "templates", checkout / "templates" / "email"}
    found = extract_from_dir(
        checkout,
        methods,
        options,
        directory_filter=lambda folder: (
            Path(folder) in in_mails or Path(folder).parent == checkout / "templates" / "email"
        ),
    )
    return (message for _, _, message, _, _ in found)
