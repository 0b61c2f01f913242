from __future__ import annotations

import json
from pathlib import Path

import pytest

from model.finetune.examples import (
    Example,
    ExamplesError,
    chains,
    contrasts,
    read_examples,
    spell,
    usable,
)
from model.vocab import BEGIN, Vocabulary
from tests.tiny_network import tiny_vocabulary
from tests.tokens import id_of

NIHAO = Example("", ("ni", "hao"), "你好")
SHIJIE = Example("你好，", ("shi", "jie"), "世界")


@pytest.fixture(name="tiny_vocabulary")
def _tiny_vocabulary() -> Vocabulary:
    return tiny_vocabulary()


def texts(vocabulary: Vocabulary, ids: tuple[int, ...]) -> str:
    return "".join(vocabulary.texts[i] for i in ids)


def test_selections_of_one_text_make_one_chain(tiny_vocabulary: Vocabulary) -> None:
    (chain,) = chains(tiny_vocabulary, [NIHAO, SHIJIE], 32)
    assert texts(tiny_vocabulary, chain.tokens) == "<begin>你好，世界"
    assert chain.wanted == (False, True, True, False, True, True)


def test_selections_of_other_texts_do_not(tiny_vocabulary: Vocabulary) -> None:
    other = Example("北京", ("shi", "jie"), "世界")
    made = chains(tiny_vocabulary, [NIHAO, other], 32)
    assert [texts(tiny_vocabulary, chain.tokens) for chain in made] == [
        "<begin>你好",
        "<begin>北京世界",
    ]


def test_chain_that_is_full_begins_anew_with_its_context(tiny_vocabulary: Vocabulary) -> None:
    examples, text = [], ""
    for _ in range(20):
        examples.append(Example(text, ("bei", "jing"), "北京"))
        text += "北京，"
    made = chains(tiny_vocabulary, examples, 20)
    assert all(len(chain.tokens) <= 20 and chain.tokens[0] == BEGIN for chain in made)
    assert sum(sum(chain.wanted) for chain in made) == 2 * 20
    assert not made[1].wanted[1]  # it reads what stood before


def test_only_what_the_vocabulary_can_spell_is_used(tiny_vocabulary: Vocabulary) -> None:
    unknown = [
        Example("", ("ni", "hao"), "你郝"),
        Example("", ("ni", "ma"), "你好"),
        Example("", ("ni",), "你好"),
        Example("", (), ""),
    ]
    assert usable(tiny_vocabulary, [*unknown, NIHAO]) == [NIHAO]
    assert chains(tiny_vocabulary, unknown, 32) == []
    assert spell(tiny_vocabulary, "北京", ("bei", "jing")) == (
        id_of(tiny_vocabulary, "北", "bei"),
        id_of(tiny_vocabulary, "京", "jing"),
    )


@pytest.mark.parametrize(
    ("offered", "passed"),
    [
        pytest.param(("北京", "背景"), ["北京"], id="ahead of it"),
        pytest.param(("背景", "北京"), [], id="only behind it"),
        pytest.param(("北京", "北", "京"), ["北京"], id="only of its length"),
        pytest.param(("北景", "北京", "背京", "背景"), ["北景", "北京"], id="the first two"),
        pytest.param(("你好",), [], id="of other syllables"),
        pytest.param((), [], id="nothing known"),
    ],
)
def test_passed_over_texts_make_contrasts(
    tiny_vocabulary: Vocabulary, offered: tuple[str, ...], passed: list[str]
) -> None:
    example = Example("你好", ("bei", "jing"), "背景", offered)
    made = contrasts(tiny_vocabulary, [example])
    assert [texts(tiny_vocabulary, one.passed) for one in made] == passed
    for one in made:
        assert texts(tiny_vocabulary, one.context) == "<begin>你好"
        assert texts(tiny_vocabulary, one.chosen) == "背景"


def test_examples_are_read_from_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "selections.jsonl"
    lines = [
        {"context": "你好，", "syllables": ["shi", "jie"], "chosen": "世界"},
        {"syllables": "ni hao", "chosen": "你好", "offered": ["拟好", "你好"]},
    ]
    path.write_text("\n\n".join(map(json.dumps, lines)), encoding="utf-8")
    first, second = read_examples(path)
    assert first == SHIJIE
    assert (second.syllables, second.offered) == (("ni", "hao"), ("拟好", "你好"))


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"chosen": "你"}', '{"syllables": 3, "chosen": "你"}']
)
def test_line_that_is_no_example_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "selections.jsonl"
    path.write_text('{"syllables": ["ni"], "chosen": "你"}\n' + line, encoding="utf-8")
    with pytest.raises(ExamplesError, match="line 2"):
        read_examples(path)
    with pytest.raises(ExamplesError, match="cannot be read"):
        read_examples(tmp_path / "missing")
