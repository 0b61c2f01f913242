"""Texts with letters or a dot: what was typed twice, what was chosen last."""

from __future__ import annotations

from ime.learn.letter_texts import LetterTexts


def test_letters_are_a_word_from_the_second_time_on() -> None:
    texts = LetterTexts()
    texts.add("nginx", "nginx", 1)
    assert texts.words_of("nginx") == []
    texts.add("nginx", "nginx", 2)
    assert texts.words_of("nginx") == ["nginx"]


def test_words_are_found_as_they_are_begun() -> None:
    texts = LetterTexts()
    texts.begin_with([("kubectl", "kubectl")] * 2 + [("kube", "kube")] * 2)
    assert texts.words_of("kub") == ["kubectl", "kube"] or texts.words_of("kub") == [
        "kube",
        "kubectl",
    ]
    assert texts.words_of("kube") == ["kube", "kubectl"]
    assert texts.words_of("ku") == []
    assert texts.words_of("kubectlx") == []


def test_the_form_that_was_chosen_last_is_the_one() -> None:
    texts = LetterTexts()
    texts.add("biergaici", "比尔·盖茨", 1)
    assert texts.chosen_for("biergaici") == "比尔·盖茨"
    texts.chose_hanzi("biergaici")
    assert texts.chosen_for("biergaici") == ""
    texts.add("woyongpython", "我用Python", 2)
    texts.add("woyongpython", "我用python", 3)
    assert texts.chosen_for("woyongpython") == "我用python"


def test_what_was_taken_back_counts_no_more() -> None:
    texts = LetterTexts()
    texts.add("nginx", "nginx", 1)
    texts.add("nginx", "nginx", 2)
    texts.add("cpan", "C盘", 3)
    texts.retract(2, [("nginx", "nginx")])
    texts.retract(3, [("cpan", "C盘")])
    texts.retract(4, [("cpan", "C盘"), ("tmux", "tmux")])
    assert texts.words_of("nginx") == []
    assert texts.chosen_for("cpan") == ""


def test_what_was_forgotten_is_gone_however_it_was_typed() -> None:
    texts = LetterTexts()
    texts.begin_with([("nginx", "nginx")] * 3 + [("cpan", "C盘"), ("cp", "C盘")])
    for text in ("nginx", "C盘"):
        texts.forget(text)
    assert texts.words_of("nginx") == []
    assert texts.chosen_for("cpan") == texts.chosen_for("cp") == ""
    texts.retract(1, [("cpan", "C盘"), ("nginx", "nginx")])
    assert texts.words_of("nginx") == []
