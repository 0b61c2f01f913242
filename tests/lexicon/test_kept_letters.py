"""Which letters may be remembered."""

from __future__ import annotations

import random
import string

import pytest

from ime.lexicon.kept_letters import is_plain, may_be_kept


@pytest.mark.parametrize(
    "letters",
    [
        "kubectl", "nginx", "systemctl", "kubernetes", "localhost", "postgresql", "Python",
        "GitHub", "PyTorch", "iPhone", "JavaScript", "KTV", "API", "tmux", "rsync", "dpkg",
    ],
)  # fmt: skip
def test_words_and_names_of_programs_may(letters: str) -> None:
    assert is_plain(letters)
    assert may_be_kept(f"我用{letters}")


@pytest.mark.parametrize(
    "letters",
    [
        "aBxQzR", "xKqLmn", "hTgBvFd", "PASSWORDS",  # capitals anywhere
        "xkqzjvbwt", "kjdfhgkjsdf", "bcdfghjkl", "akdhfiwoq", "uwqoxaei",  # nobody can say them
        "qwertyuiop", "asdfghjk", "mylkjhgpass", "abcdefgh", "poiuytre",  # over the keyboard
        "correcthorsebatterystaple",  # long
        "gpt6", "pa55word", "user@site", "a_b", "C:\\dir",  # digits and marks
        "",
    ],
)  # fmt: skip
def test_what_may_be_a_password_may_not(letters: str) -> None:
    assert not is_plain(letters)
    assert not letters or not may_be_kept(f"我用{letters}")


def test_random_letters_are_seldom_taken_for_a_word() -> None:
    chance = random.Random(1)
    runs = ["".join(chance.choices(string.ascii_lowercase, k=10)) for _ in range(1000)]
    assert sum(map(is_plain, runs)) < 100


@pytest.mark.parametrize("text", ["比尔·盖茨", "C盘", "我和AI聊", "迪丽热巴·迪力木拉提"])
def test_hanzi_with_letters_or_dots_may(text: str) -> None:
    assert may_be_kept(text)


@pytest.mark.parametrize(
    "text", ["2026年", "我😀", "10:30", "密码是aBxQzR", "x=1", "我" * 16 + "KTV"]
)
def test_numbers_and_symbols_may_not(text: str) -> None:
    assert not may_be_kept(text)
