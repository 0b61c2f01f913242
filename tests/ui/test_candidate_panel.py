from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QSize
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ime.ui.candidate_panel import CandidatePanel
from ime.ui.placing import GAP, flow, place
from ime.ui.theme import text_font
from ime.ui.theme_file import LIGHT
from ime.values import Candidate, Page, Source

pytestmark = pytest.mark.gui

SCREEN = QRect(0, 0, 1000, 800)
SIZE = QSize(300, 50)


@pytest.mark.parametrize(
    ("line", "corner"),
    [
        pytest.param(QRect(100, 100, 1, 20), QPoint(100, 120 + GAP), id="below"),
        pytest.param(QRect(900, 100, 1, 20), QPoint(700, 120 + GAP), id="right-edge"),
        pytest.param(QRect(-40, 100, 1, 20), QPoint(0, 120 + GAP), id="left-edge"),
        pytest.param(QRect(100, 760, 1, 20), QPoint(100, 760 - GAP - 50), id="bottom-edge"),
        pytest.param(QRect(990, 790, 1, 20), QPoint(700, 790 - GAP - 50), id="corner"),
    ],
)
def test_place_is_at_the_line_and_on_the_screen(line: QRect, corner: QPoint) -> None:
    assert place(SIZE, line, SCREEN) == corner
    assert SCREEN.contains(QRect(place(SIZE, line, SCREEN), SIZE))


def test_place_keeps_to_a_second_screen() -> None:
    second = QRect(1000, -200, 800, 600)
    corner = place(SIZE, QRect(1790, 380, 1, 20), second)
    assert second.contains(QRect(corner, SIZE))


@pytest.mark.parametrize("left", [100, 700], ids=["room-behind", "room-before"])
def test_place_of_a_panel_too_high_for_either_side_is_beside_the_preedit(left: int) -> None:
    high, line = QSize(200, 500), QRect(left, 400, 150, 20)
    rect = QRect(place(high, line, SCREEN), high)
    assert SCREEN.contains(rect)
    assert not rect.intersects(line)


def test_flow_keeps_the_arrows_together_at_the_right_edge() -> None:
    cells, arrows = [QSize(100, 30)] * 5, [QSize(20, 30)] * 2
    rects = flow(cells, arrows, 340)
    assert [rect.x() for rect in rects[:3]] == [5, 105, 205]
    assert rects[5].y() == rects[6].y() == rects[4].y()
    assert rects[6].right() == rects[2].right()


def test_flow_gives_the_arrows_a_row_of_their_own_when_none_is_left() -> None:
    rects = flow([QSize(100, 30)] * 3, [QSize(20, 30)] * 2, 320)
    assert rects[3].y() == rects[4].y() == rects[0].y() + 30


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[CandidatePanel]:
    owner = QWidget()
    qtbot.addWidget(owner)
    panel = CandidatePanel(owner)
    panel.dress(LIGHT, text_font(14), vertical=False)
    yield panel
    panel.hide()


def _page(*texts: str, previous: bool = False, more: bool = False) -> Page:
    items = tuple(Candidate(text, ("ni",), 2, Source.WORD) for text in texts)
    return Page(items, has_previous=previous, has_next=more)


def _shown(panel: CandidatePanel, page: Page) -> CandidatePanel:
    panel.show_page(page)
    panel.place_at(QRect(100, 100, 1, 20))
    return panel


def test_panel_tells_screen_readers_number_text_and_reading(panel: CandidatePanel) -> None:
    item = Candidate("你", ("ni",), 2, Source.WORD)
    _shown(panel, Page((item,)))
    assert panel.cells[0].accessibleName() == "1 你"
    assert panel.cells[0].accessibleDescription() == "ni"


def test_panel_stands_candidates_side_by_side(panel: CandidatePanel) -> None:
    _shown(panel, _page("你", "尼", "泥"))
    assert len({cell.y() for cell in panel.cells}) == 1
    assert [cell.x() for cell in panel.cells] == sorted(cell.x() for cell in panel.cells)


def test_panel_stands_candidates_below_each_other(panel: CandidatePanel) -> None:
    panel.dress(LIGHT, text_font(14), vertical=True)
    _shown(panel, _page("你", "尼好", "泥"))
    assert len({(cell.x(), cell.width()) for cell in panel.cells}) == 1
    assert [cell.y() for cell in panel.cells] == sorted(cell.y() for cell in panel.cells)


@pytest.mark.parametrize("vertical", [False, True], ids=["horizontal", "vertical"])
def test_panel_holds_all_its_parts_and_no_two_overlap(
    panel: CandidatePanel, vertical: bool
) -> None:
    panel.dress(LIGHT, text_font(20), vertical=vertical)
    texts = (
        "中华人民共和国" * 4,
        "中华人民共和国" * 3,
        "你",
        "尼",
        "泥",
        "中国",
        "中",
        "种",
        "重",
    )
    _shown(panel, _page(*texts, previous=True, more=True))
    parts = [*panel.cells, panel.back, panel.forward]
    assert all(panel.rect().contains(part.geometry()) for part in parts)
    for place_, part in enumerate(parts):
        for other in parts[place_ + 1 :]:
            assert not part.geometry().intersects(other.geometry())


def test_panel_of_long_candidates_wraps_instead_of_growing(panel: CandidatePanel) -> None:
    _shown(panel, _page(*["中华人民共和国万岁" * 2] * 5))
    assert panel.width() <= panel.screen().availableGeometry().width()
    assert len({cell.y() for cell in panel.cells}) > 1


def test_candidate_that_does_not_fit_tells_its_whole_text(panel: CandidatePanel) -> None:
    text = "中华人民共和国" * 20
    _shown(panel, _page(text))
    panel.cells[0].grab()
    assert panel.cells[0].toolTip() == text
    _shown(panel, _page("你"))
    panel.cells[0].grab()
    assert panel.cells[0].toolTip() == ""


def test_panel_shows_arrows_only_where_there_are_pages(panel: CandidatePanel) -> None:
    _shown(panel, _page("你"))
    assert not panel.back.isVisible()
    assert not panel.forward.isVisible()
    _shown(panel, _page("你", more=True))
    assert (panel.back.isEnabled(), panel.forward.isEnabled()) == (False, True)
    assert panel.forward.isVisible()


def test_panel_forgets_the_candidates_of_a_longer_page(panel: CandidatePanel) -> None:
    _shown(panel, _page("你", "尼", "泥"))
    width = panel.width()
    _shown(panel, _page("你"))
    assert len(panel.cells) == 1
    assert panel.width() < width


def test_panel_never_takes_the_keyboard(panel: CandidatePanel) -> None:
    _shown(panel, _page("你"))
    assert not panel.isActiveWindow()
    assert not panel.cells[0].hasFocus()


def test_panel_shows_a_message_in_place_of_candidates(panel: CandidatePanel) -> None:
    panel.show_message("Loading the model…")
    panel.place_at(QRect(100, 100, 1, 20))
    assert panel.cells == []
    assert panel.width() > panel.fontMetrics().horizontalAdvance("Loading the model…")


def test_highlight_is_painted_in_the_accent(panel: CandidatePanel) -> None:
    _shown(panel, Page(_page("你", "尼").items, highlight=1))
    edges = [cell.grab().toImage().pixelColor(3, 12).name() for cell in panel.cells]
    assert (edges[0] == LIGHT.accent, edges[1] == LIGHT.accent) == (False, True)


KINDS = ["你好", "QPS", "OK", "API", "USB", "v3.5", "2026年11月29日", "2026-11-29", "iiiiii"]
KINDS += ["https://a.cn/?b", "WWW.AVATAR.TO", "😀", "𠮷", "￥１２３", "a", "fi ffi"]


@pytest.mark.parametrize("points", [8, 14, 21, 27, 48])
@pytest.mark.parametrize("source", [Source.WORD, Source.USER, Source.PINNED])
@pytest.mark.parametrize("vertical", [False, True])
def test_no_candidate_is_cut(qtbot: QtBot, points: int, source: Source, vertical: bool) -> None:
    """What is painted is read back: an SVG keeps text as text."""
    parent = QWidget()
    qtbot.addWidget(parent)
    panel = CandidatePanel(parent)
    panel.dress(LIGHT, text_font(points), vertical=vertical)
    for text in KINDS:
        panel.show_page(Page((Candidate(text, (), 1, source),), 0))
        panel.place_at(QRect(0, 0, 1, 20))
        written = QBuffer()
        written.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator()
        generator.setOutputDevice(written)
        generator.setSize(panel.size())
        painter = QPainter(generator)
        panel.cells[0].render(painter, QPoint())
        painter.end()
        picture = ElementTree.fromstring(bytes(written.data().data()))
        painted = [one.text for one in picture.iter() if one.tag.endswith("text")]
        assert painted == ["1", text]
