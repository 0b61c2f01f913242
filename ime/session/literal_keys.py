"""Which digits and marks belong to letters that stay letters: MP3, utf-8, name@, /usr/bin."""

from __future__ import annotations

from ime.pinyin.inventory import DELIMITER, letters_of, may_be_pinyin
from ime.session.preedit import SCHEMES, is_address
from ime.session.state import SessionState
from ime.values import Candidate, Page, Source

_NAME_MARKS = frozenset("-._+=#&/%*~|@")  # Node.js, Wi-Fi, C++, C#, R&D, TCP/IP
_HARDLY_SYLLABLES = frozenset("mn")  # they are one each, and mostly mean more
_BEGIN_NO_SYLLABLE = frozenset("iuv")
_OPERATORS = frozenset("+#*%|")  # c++, c#, n*2


def literal_continues(state: SessionState, text: str) -> bool:
    """Whether a character that is no letter turns the composition into a literal run.

    That is so for `www.`, `http:` and the like, `name@`, `name_`, `/name/`, and `v` or `u`
    before a digit.
    """
    composition, options = state.composition, state.options
    raw = composition.raw
    if composition.fixed or composition.caret != len(raw) or DELIMITER in raw or not text:
        return False
    if (
        options.scheme is None
        and options.numerals
        and raw in ("v", "u")
        and text.isascii()
        and text.isdigit()
    ):
        return True
    if not options.literal_addresses:
        return False
    known = (text == "." and raw.lower() == "www") or (text == ":" and raw.lower() in SCHEMES)
    return known or text in ("@", "_") or (text == "/" and in_path(state))


def in_path(state: SessionState) -> bool:
    """Whether letters follow a slash that no hanzi stands before: /usr/bin, not 他/她/它."""
    before = state.context.text[-2:]
    return before[-1:] == "/" and before.isascii()


def name_continues(state: SessionState, text: str, *, forced: bool) -> bool:
    """Whether a digit or a mark belongs to the name that the letters are: MP3, Wi-Fi, Node.js.

    They are one where what stands first ends in letters, alone or behind hanzi; while their
    list is on its way the key waits for it, and where none will come (`forced`) a capital says
    it.
    """
    rest = state.composition.rest
    if not text.isascii() or not (text.isdigit() or text in _NAME_MARKS):
        return False
    if not any(character.isupper() for character in rest):
        return _small_letters_continue(state, text)
    if text == "." and rest.endswith("."):
        return False
    if state.candidates is None or not state.list_is_current:
        return forced
    first = state.candidates.items[:1]
    return not first or (first[0].end == len(rest) and first[0].text[-1:].isascii())


def _small_letters_continue(state: SessionState, text: str) -> bool:
    """Whether a digit or a mark makes letters of small ones.

    Those that stand first themselves, or are a word and no pinyin, take digits and a hyphen:
    test1, win10, utf-8; but a digit chooses another word for them. Others that are no pinyin
    take what would do nothing else, x86, and a single one operators, c++; those that are
    offered take + and #, foo#1. Elsewhere digits choose, and marks end the composition.
    """
    page, rest = state.page, state.composition.rest
    if page is None or not state.list_is_current or not page.items or page.number:
        return False
    if state.composition.fixed:
        return False
    known = page.items[0].text.lower() == rest or _is_word(state, page)
    if text in "+#" and len(rest) > 1:
        return known or _on_the_page(page, rest)
    if not known and _is_pinyin(state):
        return False
    if text.isdigit():
        chosen = page.items[int(text) - 1] if 1 <= int(text) <= len(page.items) else None
        return chosen is None or (known and not _is_other_word(chosen, rest))
    if text == "-":
        return not state.page_keys
    return text in _OPERATORS and len(rest) == 1


def _is_other_word(item: Candidate, rest: str) -> bool:
    """Whether it is letters for all of small ones, and others than these: kubectl for kube."""
    return item.end == len(rest) and item.text.isascii() and item.text.lower() != rest


def _is_word(state: SessionState, page: Page) -> bool:
    """Whether small letters are no pinyin, slips aside, and more than a slip.

    They are offered as they are, or begin as no syllable does.
    """
    rest = state.composition.rest
    if state.options.scheme is not None or may_be_pinyin(rest):
        return False
    return rest[0] in _BEGIN_NO_SYLLABLE or _on_the_page(page, rest)


def _on_the_page(page: Page, rest: str) -> bool:
    """Whether small letters are offered as they are."""
    return any(item.source is Source.LITERAL and item.text == rest for item in page.items)


def _is_pinyin(state: SessionState) -> bool:
    """Whether the list of the letters has a text whose first syllable they begin with in full.

    Of all letters where that is a single one: a, e and o begin abbreviations, too.
    """
    rest, listed = state.composition.rest, state.candidates
    if listed is None or rest in _HARDLY_SYLLABLES:
        return False
    letters = letters_of(state.letters(rest))
    firsts = {
        "".join(item.syllables) if len(item.syllables[0]) == 1 else item.syllables[0]
        for item in listed.items
        if item.end == len(rest) and item.syllables
    }
    return any(
        letters == first or (len(first) > 1 and letters.startswith(first)) for first in firsts
    )


def name_ends(state: SessionState, text: str) -> bool:
    """Whether a mark comes behind a literal run and is no part of it.

    An address takes every mark; anything else ends at those that no name has, and at a second
    full stop.
    """
    composition = state.composition
    if is_address(composition.rest) or composition.caret != len(composition.raw):
        return False
    if text == "." and composition.rest.endswith("."):
        return True
    return not (text.isalnum() or text in _NAME_MARKS)


def completes_code(state: SessionState, text: str) -> bool:
    """Whether a mark is the second key of a shuangpin syllable, as ; is for ing in some."""
    composition, scheme = state.composition, state.options.scheme
    if scheme is None or text not in scheme.keys:
        return False
    before = composition.raw[composition.fixed_end : composition.caret]
    return scheme.completes(before, text)
