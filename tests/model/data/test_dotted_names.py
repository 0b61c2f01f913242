"""Counting names with a dot."""

from __future__ import annotations

from model.data.dotted_names import IN_PARTS, count_names, rows_of


def test_names_are_counted() -> None:
    found = count_names(["他叫比尔·盖茨，不叫比尔。", "没有点", "乔治·沃克·布什"])
    assert found == {"他叫比尔·盖茨": 1, "乔治·沃克·布什": 1}


def test_rows_hold_parts_and_names_of_usual_characters() -> None:
    # 克 and 尔 stand in as many parts as make a character usual; 宋 and 史 do not.
    first = [f"{'克' * n}尔尔" for n in range(1, IN_PARTS // 2 + 1)]
    names = {f"{a}·尔{'克' * n}": 1 for a in first for n in range(1, IN_PARTS // 2 + 1)}
    rows = dict(rows_of({**names, "宋史·克尔": 5, "宋史·尔克": 5}))
    assert rows["克尔尔·"] == IN_PARTS // 2
    assert rows["·尔克"] == IN_PARTS // 2 + 1
    assert rows["克尔尔·尔克"] == 1
    assert not any("宋" in row for row in rows)
