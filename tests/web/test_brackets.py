"""What bypasses gettext on a page is found, and data is not taken for it."""

from tests.web.brackets import forgotten

PAGE = """<html lang="en"><title>⟦Letter⟧ · Letters</title>
<p>⟦Dear ⟦you⟧⟧, Mira Lindqvist, 1 April 2027, 23:59 (Zurich Time, UTC+2), 214 kB</p>"""


def test_sentences_in_brackets_and_data_are_passed_over() -> None:
    assert forgotten(PAGE) == []


def test_a_forgotten_sentence_is_found() -> None:
    assert forgotten(f"{PAGE}<p>Hello, you!</p>") == ["Hello, you"]


def test_a_forgotten_attribute_is_found() -> None:
    assert forgotten(f'{PAGE}<img alt="A picture">') == ["A picture"]


def test_a_forgotten_title_is_found() -> None:
    assert forgotten(PAGE.replace("⟦Letter⟧", "Page")) == ["Page "]
