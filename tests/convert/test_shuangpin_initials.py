"""Words by initials in shuangpin."""

from __future__ import annotations

from typing import cast

import pytest

from ime.convert.shuangpin_initials import with_initial_words
from ime.lexicon.words import Lexicon
from ime.pinyin.shuangpin import built_in_scheme
from ime.ports import Words
from ime.values import Candidate, CandidateList, Source
from tests.fakes import write_lexicon

WORDS = [
    ("恭喜发财", "gong xi fa cai", 300),
    ("光芯发财", "guang xin fa cai", 10),
    ("蒙古", "meng gu", 90),
    ("蘑菇", "mo gu", 80),
    ("美国", "mei guo", 900),
    ("中华民国", "zhong hua min guo", 70),
]


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    return Lexicon(write_lexicon(tmp_path_factory.mktemp("lexicon"), WORDS))


def offered(lexicon: Lexicon, keys: str, source: Source, scheme: str = "flypy") -> list[str]:
    first = Candidate("甲", ("jia",), len(keys), source)
    listed = CandidateList(1, keys, (first,))
    found = with_initial_words(listed, cast(Words, lexicon), built_in_scheme(scheme))
    assert all(item.end == len(keys) for item in found.items)
    return [item.text for item in found.items]


def test_every_key_an_initial(lexicon: Lexicon) -> None:
    # fc is no code, so the pairs made a sentence; a rare word is not offered.
    assert offered(lexicon, "gxfc", Source.SENTENCE) == ["恭喜发财", "甲"]


def test_the_first_an_initial_and_codes_behind_it(lexicon: Lexicon) -> None:
    assert offered(lexicon, "mgu", Source.SENTENCE) == ["蒙古", "蘑菇", "甲"]


def test_initials_have_keys_of_their_own(lexicon: Lexicon) -> None:
    assert "中华民国" in offered(lexicon, "vhmg", Source.WORD)
    assert offered(lexicon, "zhmg", Source.WORD) == ["甲"]


def test_a_word_that_the_pairs_make_stays_first(lexicon: Lexicon) -> None:
    assert offered(lexicon, "gxfc", Source.WORD) == ["甲", "恭喜发财"]


@pytest.mark.parametrize("keys", ["mg", "Gxfc", "g'fc", "gxfc5", "m" * 9])
def test_other_keys_get_nothing(lexicon: Lexicon, keys: str) -> None:
    assert offered(lexicon, keys, Source.SENTENCE) == ["甲"]
