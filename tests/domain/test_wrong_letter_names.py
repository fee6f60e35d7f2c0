"""The applicant is found however the name is written; another one only when meant."""

# ruff: noqa: RUF001 -- people are called in many scripts

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letters.domain.documents import PageText
from letters.domain.folding import fold
from letters.domain.wrong_letter import Expected, Mark, marks

MISSING, OTHER = Mark.APPLICANT_MISSING, Mark.OTHER_APPLICANT


def name_marks(name: str, text: str, *others: str) -> tuple[Mark, ...]:
    """Return the marks of a letter that says `text` after a line that names nobody."""
    expected = Expected(name, others, "", (), 2, date(2027, 4, 1))
    return marks([PageText(f"To the committee\n{text}", blank=False)], expected)


# --- the applicant ----------------------------------------------------------------------------

FOUND = [
    # as it is, in any case, in any order
    ("Mira Lindqvist", "I recommend Mira Lindqvist."),
    ("Mira Lindqvist", "I recommend mira lindqvist."),
    ("Mira Lindqvist", "RE: MIRA LINDQVIST"),
    ("Mira Lindqvist", "Lindqvist, Mira"),
    ("Lindqvist, Mira", "I recommend Mira Lindqvist."),
    ("Lindqvist, Mira", "The work of Lindqvist is good."),
    ("Mira Lindqvist", "Lindqvist Mira"),
    ("Mira Lindqvist, PhD", "Lindqvist is good."),
    ("Dr. Mira Lindqvist", "Lindqvist is good."),
    ("Mira Lindqvist Jr.", "Lindqvist is good."),
    # parts of it
    ("Mira Lindqvist", "M. Lindqvist is good."),
    ("Mira Lindqvist", "Lindqvist is good."),
    ("Mira Lindqvist", "lindqvist is good."),
    ("Mira Lindqvist", "Lindqvist's thesis"),
    ("Mira Lindqvist", "Lindqvist\u2019s thesis"),
    ("Mira Lindqvist", "Frau Lindqvists Arbeit"),
    ("Mira Lindqvist", "Ms. Mira is good."),
    ("Mira Lindqvist", "Frau Mira ist gut."),
    ("Tomás Herrera Castillo", "Herrera is good."),
    ("Tomás Herrera Castillo", "Sr. Castillo is good."),
    ("Tomás Herrera Castillo", "la Señora Tomas"),
    ("Mira Elisabeth Lindqvist", "Mira Lindqvist"),
    ("Mira Elisabeth Lindqvist", "Mira E. Lindqvist"),
    ("Mira E. Lindqvist", "Mira Elisabeth Lindqvist"),
    ("Suharto", "Suharto is good."),
    ("Mira L.", "Mira is good."),
    # hyphens, apostrophes, line ends, what cannot be seen
    ("Mira Lindqvist", "Mira Lind-\nqvist"),
    ("Mira Lindqvist", "Mira Lind- qvist"),
    ("Mira Lindqvist", "Mira Lind\u2010\r\n  qvist"),
    ("Mira Lindqvist", "Mira Lind\u00adqvist"),
    ("Mira Lindqvist", "Mira Lind\u00ad\nqvist"),
    ("Mira Lindqvist", "Mira Lind\x02\nqvist"),
    ("Mira Lindqvist", "Mira Lind\u200bqvist"),
    ("Mira Lindqvist", "Mira\u00a0Lindqvist"),
    ("Mira Lindqvist", "Mira\u2003Lindqvist\u200b"),
    ("Mira Lindqvist", "Lindqvist\u2014who knows"),
    ("Mira Lindqvist", "Lind" + "\u0301" * 40 + "qvist"),
    ("Mira Lindqvist", "IrecommendMiraLindqvistforit"),
    ("Mira Lindqvist", "M I R A  L I N D Q V I S T"),
    ("Anne-Marie Dupont", "Anne\u2011Marie Dupont"),
    ("Anne-Marie Dupont-Roux", "Mme Roux"),
    ("Anne-Marie Dupont-Roux", "Dupont Roux"),
    ("Anne-Marie Dupont-Roux", "DupontRoux"),
    ("Sean O'Neill", "Sean O\u2019Neill"),
    ("Sean O'Neill", "Sean ONeill"),
    ("Sean O'Neill", "Mr O\u00b4Neill"),
    ("Gianna D'Angelo", "DAngelo is good."),
    # accents and special letters
    ("Tomás Herrera", "Tomas Herrera"),
    ("Jose\u0301 Garci\u0301a", "Garc\u00eda"),
    ("José García", "Garc\u00b4ıa"),
    ("Uwe Müller", "Herr Mueller"),
    ("Uwe Müller", "Herr Muller"),
    ("Uwe Müller", "Herr M\u00a8uller"),
    ("Uwe Mueller", "Herr Müller"),
    ("Uwe Mueller", "Herr Muller"),
    ("Uwe Müller", "Herr MÜLLER"),
    ("Karl Weiß", "Karl WEISS"),
    ("Karl Weiss", "Weiß"),
    ("Søren Kjær", "Soeren Kjaer"),
    ("Jo Ødegård", "Oedegaard"),
    ("Jo Ødegård", "Odegard"),
    ("Jo Aagaard", "Ågård"),
    ("Ana Đorđević", "Dordevic"),
    ("Łukasz Małek", "Malek"),
    ("Ali Işık", "Isik"),
    ("Ali ISIK", "Işık"),
    ("İlker İnan", "Inan"),
    ("Grif Griffith", "Gri\ufb03th"),
    ("Mira Lindqvist", "\uff2c\uff49\uff4e\uff44\uff51\uff56\uff49\uff53\uff54"),
    # particles
    ("Juan de la Cruz", "Cruz is good."),
    ("Ludwig van Beethoven", "Beethoven"),
    ("van den Berg, Anna", "Anna Berg"),
    ("Omar al-Sayed", "Mr Sayed"),
    ("Omar al-Sayed", "Omar Alsayed"),
    ("Minh Le", "Mr Le"),
    # names that are words as well
    ("Wei He", "Wei He"),
    ("Wei He", "Mr He is good."),
    ("Grace Best", "G. Best"),
    ("Jane Young", "Young is good."),
    ("Li Wei", "Mr Li is good."),
    # scripts other than Latin
    ("山田 太郎", "山田太郎さんを推薦します"),
    ("山田 太郎", "山田 太郎"),
    ("山田太郎", "山田さんを推薦します"),
    ("太郎 山田", "山田太郎さん"),
    ("李小龙", "推荐李小龙同学"),
    ("李小龙", "李同学很好"),
    ("マリア・ロペス", "ロペスさん"),
    ("김민준", "김민준은 좋은 학생"),
    ("김 민준", "김민준 학생"),
    ("김 민준", "김 교수"),
    ("สมชาย ใจดี", "นายสมชายใจดีเป็น"),
    ("李小龙 (Bruce Lee)", "Lee is good."),
    ("Иван Петров", "рекомендую Ивана Петрова"),
    ("Анна Достоевская", "о Достоевской"),
    ("Пётр Чехов", "Чеховым"),
    ("Νίκος Παπαδόπουλος", "τον κ. Παπαδόπουλο"),
    ("Νίκος Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ"),
    ("محمد الأحمد", "مُحَمَّد الاحـمد"),
    ("علی رضایی", "علي رضايي"),
    ("علی\u200cرضا کریمی", "علیرضا كريمى"),
    ("דוד לוי", "לְדָוִד לֵוִי"),
    ("דוד לוינסון", "ללוינסון"),
    ("अनिता शर्मा", "अनिता शर्मा"),
    ("अनिता शर्मा", "शर्मा जी"),
    # nothing to look for
    ("", "Nobody is named."),
    ("\u200b .", "Nobody is named."),
]
NOT_FOUND = [
    ("Mira Lindqvist", "I recommend Adaobi."),
    ("Mira Lindqvist", "I recommend Mira."),
    ("Mira Lindqvist", "Lindqvistson is good."),
    ("Mira Lindqvist", "Linda Lund is good."),
    ("Mira Elisabeth Lindqvist", "Mira is good."),
    ("Anne-Marie Dupont", "Marie and Anne"),
    ("Juan de la Cruz", "de la Rosa"),
    ("Jane Young", "a young researcher"),
    ("Wei He", "He is good."),
    ("Grace Best", "Best regards"),
    ("Jane Haas", "She has time."),
    ("Jane Doe", "I do not. Do you?"),
    ("An Do", "to do an experiment"),
    ("Ali Yılmaz", "Yalmaz"),
    ("山田 太郎", "鈴木太郎さん"),
    ("李小龙", "王同学很好"),
    ("김 민준", "이민준 학생"),
    ("Иван Петров", "о Сидорове"),
    ("Иван Петров", "о Петренковских"),
    ("Νίκος Παπαδόπουλος", "ο Νίκος"),
    ("محمد الأحمد", "محمود"),
    ("अनिता शर्मा", "अनीता शर्म"),
]


@pytest.mark.parametrize(("name", "text"), FOUND)
def test_the_applicant_is_found(name: str, text: str) -> None:
    assert name_marks(name, text) == ()


@pytest.mark.parametrize(("name", "text"), NOT_FOUND)
def test_the_applicant_is_missed(name: str, text: str) -> None:
    assert name_marks(name, text) == (MISSING,)


# --- another applicant ------------------------------------------------------------------------

MEANT = [
    ("Adaobi Okafor", "Adaobi Okafor is good."),
    ("Adaobi Okafor", "ADAOBI OKAFOR"),
    ("Adaobi Okafor", "Okafor, Adaobi"),
    ("Okafor, Adaobi", "Adaobi Okafor"),
    ("Adaobi Okafor", "A. Okafor is good."),
    ("Adaobi Okafor", "Ms. Okafor is good."),
    ("Adaobi Okafor", "Frau Dr. Okafor"),
    ("Adaobi Okafor", "Adaobi Oka-\nfor"),
    ("Adaobi Grace Okafor", "Adaobi Okafor"),
    ("Adaobi Grace Okafor", "Adaobi G. Okafor"),
    ("Adaobi Grace Okafor", "Adaobi Grace Okafor"),
    ("Adaobi Okafor", "Adaobi G. Okafor"),
    ("Anne-Marie Dupont", "A.-M. Dupont"),
    ("Anna van den Berg", "Anna van den Berg"),
    ("Anna van den Berg", "Ms van den Berg"),
    ("Tomás Herrera Castillo", "Tomas Herrera"),
    ("Tomás Herrera Castillo", "Herrera Castillo, Tomás"),
    ("Uwe Müller", "Herr Mueller"),
    ("Mats Lindqvist", "Mats Lindqvist"),
    ("Mira Sofia Lindqvist", "Mira Sofia Lindqvist"),
    ("Suharto", "Mr Suharto"),
    ("Анна Петрова", "об Анне Петровой"),
    ("山田 花子", "山田花子さん"),
    ("王芳", "王同学很好"),
    ("김 민준", "김민준은"),
]
NOT_MEANT = [
    ("Adaobi Okafor", "Okafor is good."),
    ("Adaobi Okafor", "Adaobi is good."),
    ("Adaobi Okafor", "Ms Adaobi is good."),
    ("Adaobi Okafor", "B. Okafor is good."),
    ("Adaobi Okafor", "O. Okafor is good."),
    ("Adaobi Okafor", "a Okafor"),
    ("Adaobi Okafor", "Adaobi met Okafor."),
    ("Adaobi Okafor", "Ms Okaforson"),
    ("Adaobi Okafor", "Ms Okafors"),
    ("Adaobi Okafor", "Adaobi B. C. D. E. F. Okafor"),
    ("Adaobi Okafor", "Okafor B. C. D. E. F. Adaobi"),
    ("An Do", "to do an experiment"),
    ("Yolanda Herrera", "Lindqvist y Herrera"),
    ("Mats Lindqvist", "M. Lindqvist"),
    ("Mats Lindqvist", "Ms. Lindqvist"),
    ("Mats Lindqvist", "Mats is her brother."),
    ("Mira Lindqvist", "Mira Lindqvist"),
    ("Lindqvist, Mira", "Mira Lindqvist"),
    ("Mira Sofia Lindqvist", "Mira Lindqvist"),
    ("Sofia Lindqvist", "Mira Sofia Lindqvist"),
    ("Suharto", "Suharto is good."),
    ("Анна Петрова", "Антон Петров"),
    ("山田 花子", "山田太郎さん"),
    ("", "Nobody"),
]


@pytest.mark.parametrize(("other", "text"), MEANT)
def test_another_applicant_is_meant(other: str, text: str) -> None:
    own = "Mira Lindqvist"
    assert name_marks(own, f"Mira Lindqvist\n{text}", "Jo Nemo", other) == (OTHER,)


@pytest.mark.parametrize(("other", "text"), NOT_MEANT)
def test_another_applicant_is_not_meant(other: str, text: str) -> None:
    assert name_marks("Mira Lindqvist", f"Mira Lindqvist\n{text}", other) == ()


def test_the_letter_of_another_lacks_the_one_and_names_the_other() -> None:
    found = name_marks("Mira Lindqvist", "Ms Okafor is good.", "Adaobi Okafor")
    assert found == (MISSING, OTHER)


@pytest.mark.parametrize(
    ("own", "other", "text"),
    [
        ("Ana Garcia Lopez", "Ana Lopez", "Ana Lopez"),
        ("李明亮", "李明", "李明亮同学"),
        ("山田 太郎", "山田 花子", "山田さん"),
        ("Иван Петров", "Анна Петрова", "И. Петров; А. Петрова"),
    ],
)
def test_whoever_may_be_the_applicant_is_the_applicant(own: str, other: str, text: str) -> None:
    assert name_marks(own, text, other) == ()


# --- whatever is written ----------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *("Mira", "Lindqvist", "Anne-Marie", "O'Neill", "de", "la", "al-Sayed", "M.", "Dr.", ","),
        *("Müller", "ß", "İ", "ı", "Åsa", "山田", "太郎", "김", "ใจดี", "Иван", "Παπα", "ς", "محمد"),
        *("ـ", "שלום", "शर्मा", "\u0301", "\u094d", "-", "\n", "\u00ad", "\u200c", "\ufdfa", "ﬃ"),
        *("PhD", "An", "He", "\ud800", "\u0345", "ŉ", "ẚ", "ϒ", "´", "\u1160", "१", "1", ".", "'"),
    ]
)
ANYTHING = st.text(st.characters(), max_size=60) | st.lists(PIECES, max_size=12).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda gap: gap.join(pieces))
)


@given(ANYTHING)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@settings(max_examples=60)
@given(ANYTHING, ANYTHING, st.integers(0, 60))
def test_a_letter_that_says_the_full_name_anywhere_is_not_missing_it(
    name: str, text: str, place: int
) -> None:
    text = f"{text[:place]} {name} {text[place:]}"
    assert MISSING not in name_marks(name, text)


@settings(max_examples=60)
@given(ANYTHING, ANYTHING, ANYTHING)
def test_nobody_is_another_applicant_under_the_same_name(name: str, text: str, case: str) -> None:
    assert OTHER not in name_marks(name, f"{text} {name} {case}", name, name.upper())
