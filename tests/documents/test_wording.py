"""Fixed texts: both languages, and every letter of them can be printed."""

import pytest

from zerowaste.documents import paper, typeface, wording
from zerowaste.documents.paper import Opinion, Words
from zerowaste.vocabulary import Basis

FIXED = {
    f"{module.__name__}.{name}": value
    for module in (wording, paper)
    for name, value in vars(module).items()
    if isinstance(value, Words)
}
FIXED |= {f"opinion {key}": words for key, words in wording.OPINIONS.items()}
FIXED |= {f"basis {key}": words for key, words in wording.BASES.items()}


def test_there_is_something_to_test() -> None:
    assert len(FIXED) > 70


@pytest.mark.parametrize("name", FIXED)
def test_every_fixed_text_exists_in_both_languages_and_can_be_shown(name: str) -> None:
    words = FIXED[name]
    assert words.zh.strip()
    assert words.en.strip()
    assert typeface.missing(words.zh + words.en) == ""


def test_every_word_of_the_vocabulary_has_its_text() -> None:
    assert set(wording.OPINIONS) == set(Opinion)
    assert set(wording.BASES) == set(Basis)
