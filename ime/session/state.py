"""The state of a session: options, mode, composition, what is painted, what waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from ime.errors import BugError
from ime.lexicon.punctuation import Quotes
from ime.pinyin.shuangpin import Scheme
from ime.session.bindings import Bindings, own_rows, shipped_rows
from ime.session.keys import (
    APOSTROPHE_SELECT,
    BRACKET_CHARACTER,
    COMMA_PERIOD_PAGE,
    KEYPAD_SELECT,
    SEMICOLON_SELECT,
    VERTICAL,
    Key,
    KeyEvent,
    Keymap,
    Status,
)
from ime.session.preedit import Preedit, is_literal, paint_preedit
from ime.settings import PAGE_SIZE
from ime.values import (
    Candidate,
    CandidateList,
    Commit,
    Composition,
    DecodeRequest,
    LeftContext,
    Page,
    Repair,
    Selection,
)

MAX_LETTERS = 80
"""Letters a composition holds, enough for 20 hanzi; more commit its front.

A held key must not grow the search without end.
"""

MAX_LITERAL = 256
"""Characters a literal run takes; nothing is searched for it, and addresses are long."""

CONTEXT_LIMIT = 200
"""Characters of left context the session keeps; the model reads fewer."""

PAGE_SIZES = range(3, 10)


class Mode(Enum):
    """What letters mean."""

    CHINESE = "chinese"
    ENGLISH = "english"


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """The user's switches, as far as the session reads them.

    Attributes:
        page_size: candidates a page, 3..9.
        vertical: Up and Down move the highlight; in a horizontal panel they turn the page.
        comma_period_page: `,` and `.` turn the page while composing.
        bracket_char: `[` and `]` choose the first or last character of the highlight.
        semicolon_select: `;` chooses the second candidate.
        apostrophe_select: `'` chooses the third.
        keypad_select: digits of the keypad choose as those above the letters do.
        chinese_punctuation: marks are typed in their Chinese form.
        number_marks: `.` `,` `:` behind a digit are the number's; pressed twice, Chinese.
        full_width: ASCII that goes to the editor is widened.
        traditional: hanzi are painted and committed in traditional characters.
        literal_addresses: `www.`, `http:`, `name@`, `name_` stay as typed.
        numerals: `v` and digits give Chinese numerals.
        next_words: words that may follow are offered behind a commit.
        private: nothing is logged and nothing learned.
        scheme: of shuangpin, by which keys are read; None for full pinyin.
        mode_key: tapped alone, it switches Chinese and English; None for no key.
        bindings: keys that the user chose for actions.

    Raises:
        BugError: if `page_size` is out of range; settings are checked before they get here.
    """

    page_size: int = PAGE_SIZE
    vertical: bool = False
    comma_period_page: bool = False
    bracket_char: bool = True
    semicolon_select: bool = False
    apostrophe_select: bool = False
    keypad_select: bool = False
    chinese_punctuation: bool = True
    number_marks: bool = True
    full_width: bool = False
    traditional: bool = False
    literal_addresses: bool = True
    numerals: bool = True
    next_words: bool = False
    private: bool = False
    scheme: Scheme | None = None
    mode_key: Key | None = Key.SHIFT
    bindings: Bindings = ()

    def __post_init__(self) -> None:
        if self.page_size not in PAGE_SIZES:
            raise BugError(
                f"page_size is {self.page_size}; choose {PAGE_SIZES[0]} to {PAGE_SIZES[-1]}"
            )

    @property
    def keymap(self) -> Mapping[Status, Keymap]:
        """The table of keys without the shipped keys of actions that have others."""
        return shipped_rows(self.bindings)

    def overlays(self, status: Status) -> tuple[Keymap, ...]:
        """Rows before those of the keymap: the user's, then the switchable ones that are on."""
        composing = status is Status.COMPOSING
        rows = (
            (self.comma_period_page and composing, COMMA_PERIOD_PAGE),
            (self.bracket_char and composing, BRACKET_CHARACTER),
            (self.semicolon_select and composing, SEMICOLON_SELECT),
            (self.apostrophe_select and composing, APOSTROPHE_SELECT),
            (self.keypad_select and composing, KEYPAD_SELECT),
            (self.vertical and (composing or status is Status.LITERAL), VERTICAL),
        )
        own = own_rows(self.bindings)[status]
        return (own, *(keymap for on, keymap in rows if on))


@dataclass(frozen=True, slots=True)
class LettersBefore:
    """Letters that a full stop ended.

    Attributes:
        letters: as they were typed, with the full stop.
        committed: what they became.
        commit_id: of the commit that the full stop followed.
    """

    letters: str
    committed: str
    commit_id: int


@dataclass(frozen=True, slots=True)
class SessionState:
    """Everything `step` knows; the window paints from it and changes nothing.

    Attributes:
        options: the user's switches; some keys turn them.
        mode: Chinese or English.
        composition: what is being composed; empty `raw` means nothing is.
        selections: one a fixed part, None for a part that teaches nothing.
        passed_over: beginnings of the rest that were on the painted pages and not chosen, one
            set a fixed part.
        candidates: the list that `page` was cut from; its revision is older than the
            composition's while the answer to the newest letter is on its way.
        page: what is painted, or None.
        offers: candidates that are painted though nothing is composed.
        repairs: what the offers stand for, where they are to change the text; one each.
        waiting: keys that wait for the current list, in order.
        context: text left of the composition, with the readings that were typed.
        quotes: quotes that stand open in `context`.
        last_commit: the commit that the next Backspace may take back, or None.
        last_letters: that `last_commit` was composed from; empty where there were none.
        commit_count: commits so far; the next one gets this id.
        letters_before: that the last full stops ended; they may be the first parts of a domain.
        page_keys: keys that type a character and turned a page, with the letters before each;
            those of the letters that are there.
        last_page_keys: the same of the last commit, with the digit that chose it.
        mode_key_alone: `options.mode_key` is down and no other key came since.
        capitals: Caps Lock is on, as far as keys have told.
    """

    options: SessionOptions = field(default_factory=SessionOptions)
    mode: Mode = Mode.CHINESE
    composition: Composition = field(default_factory=Composition)
    selections: tuple[Selection | None, ...] = ()
    passed_over: tuple[frozenset[str], ...] = ()
    candidates: CandidateList | None = None
    page: Page | None = None
    offers: tuple[Candidate, ...] = ()
    repairs: tuple[Repair, ...] = ()
    waiting: tuple[KeyEvent, ...] = ()
    context: LeftContext = field(default_factory=LeftContext)
    quotes: Quotes = field(default_factory=Quotes)
    last_commit: Commit | None = None
    last_letters: str = ""
    commit_count: int = 0
    letters_before: tuple[LettersBefore, ...] = ()
    page_keys: tuple[tuple[int, str], ...] = ()
    last_page_keys: tuple[tuple[int, str], ...] = ()
    mode_key_alone: bool = False
    capitals: bool = False

    @property
    def composing(self) -> bool:
        """Whether letters are there."""
        return bool(self.composition.raw)

    @property
    def status(self) -> Status:
        """The row of the keymap that applies."""
        if self.composing:
            return Status.LITERAL if is_literal(self.composition.rest) else Status.COMPOSING
        if self.mode is Mode.ENGLISH or self.capitals:
            return Status.DIRECT
        return Status.OFFERING if self.offers else Status.IDLE

    @property
    def list_is_current(self) -> bool:
        """Whether the painted page answers the letters that are there now."""
        listed = self.candidates
        return listed is not None and listed.revision == self.composition.revision

    @property
    def full_context(self) -> LeftContext:
        """`context` with the fixed parts behind it: what stands left of the rest."""
        context = self.context
        for part in self.composition.fixed:
            context = context.append(part.plain, part.syllables)
        return context.last(CONTEXT_LIMIT)

    @property
    def request(self) -> DecodeRequest:
        """The question whose answer the current composition needs."""
        composition = self.composition
        return DecodeRequest(
            composition.revision,
            self.full_context,
            composition.rest,
            continues=bool(composition.fixed),
            passed_over=self.passed_over[-1] if self.passed_over else frozenset(),
            page_size=self.options.page_size,
        )

    @property
    def as_typed(self) -> str:
        """The letters and the characters that turned pages between them."""
        text = self.composition.raw
        for offset, key in reversed(self.page_keys):
            text = text[:offset] + key + text[offset:]
        return text

    def letters(self, keys: str) -> str:
        """The letters that keys stand for: the same ones, or full pinyin for shuangpin."""
        scheme = self.options.scheme
        return keys if scheme is None else scheme.expand(keys).letters

    @property
    def preedit(self) -> Preedit:
        """The composition as it is painted."""
        return paint_preedit(self.composition, self.candidates, self.options.scheme)
