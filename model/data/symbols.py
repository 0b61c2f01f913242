"""`python -m model.data.symbols ANNOTATIONS EMOJI OUT`: symbols and emoji by their names.

One line for each name that somebody may type: its pinyin, the symbol, the name, sorted; of the
same pinyin those that are called so come before those that the name only describes.

ANNOTATIONS is annotations/zh.xml of CLDR, EMOJI is emoji-data.txt of Unicode.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

SHORTEST, LONGEST = 2, 6
"""Hanzi of a name; one hanzi alone is meant as itself."""
MOST = 6
"""Symbols of one name."""
_HANZI = re.compile("[\u4e00-\u9fff]+")
_EMOJI_STYLE = "\ufe0f"

# Names that CLDR lacks: units, Greek letters by their Chinese names, marks in daily use.
_NAMES = """
摄氏度 ℃|华氏度 ℉|平方米 ㎡|立方米 m³|千克 ㎏|度 °|阿尔法 α|贝塔 β|伽马 γ|德尔塔 δ Δ|艾普西隆 ε
泽塔 ζ|伊塔 η|西塔 θ|约塔 ι|卡帕 κ|拉姆达 λ|缪 μ|纽 ν|克西 ξ|派 π|圆周率 π|肉 ρ|西格马 σ Σ
陶 τ|宇普西隆 υ|斐 φ Φ|希 χ|普西 ψ|欧米伽 ω Ω|根号 √|星号 ★ ☆|五角星 ★ ☆|对号 ✓ √|打钩 ✓ ☑
错号 ✗ ×|打叉 ✗ ☒|人民币 ￥|圆圈 ○ ●|方块 ■ □|三角 ▲ △|三角形 △ ▲|菱形 ◆ ◇|箭头 → ← ↑ ↓
左箭头 ←|右箭头 →|上箭头 ↑|下箭头 ↓|省略号 ……|破折号 ——|书名号 《 》|引号 “ ”|方括号 【 】
约等于 ≈|不等于 ≠|大于等于 ≥|小于等于 ≤|无穷大 ∞|无限 ∞|正负 ±|加减 ±|乘号 ×|除号 ÷|求和 ∑
积分 ∫|属于 ∈|因为 ∵|所以 ∴|垂直 ⊥|平行 ∥|角度 ∠|千分号 ‰|百分号 %|并集 ∪|交集 ∩|空集 ∅
版权 ©|商标 ™|注册 ®|章节 §|音符 ♪ ♫|红桃 ♥|黑桃 ♠|方片 ♦|梅花 ♣|男性 ♂|女性 ♀|间隔号 ·
序号 ① ② ③ ④ ⑤|罗马数字 Ⅰ Ⅱ Ⅲ Ⅳ Ⅴ|大于 >|小于 <|恒等于 ≡|相似 ∽|全等 ≌|欧姆 Ω|埃 Å
"""


def own_names() -> Iterator[tuple[str, str]]:
    """(name, symbol) of the table above."""
    for item in filter(None, _NAMES.replace("\n", "|").split("|")):
        name, *symbols = item.split(" ")
        yield from ((name, symbol) for symbol in symbols)


def names_of(xml: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(name, symbol) pairs of CLDR: what symbols are called, and what else describes them."""
    called, described = [], []
    for item in ElementTree.fromstring(xml).iter("annotation"):
        symbol, text = item.get("cp", ""), item.text or ""
        if item.get("type") == "tts":
            called.append((text, symbol))
        else:
            described += [(word.strip(), symbol) for word in text.split("|")]
    return called, described


def plain_symbols(lines: Iterable[str]) -> frozenset[str]:
    """Symbols that are emoji only with U+FE0F behind them, from emoji-data.txt."""
    found: dict[str, set[str]] = {"Emoji": set(), "Emoji_Presentation": set()}
    for line in lines:
        codes, _, kind = line.partition("#")[0].partition(";")
        if kind.strip() in found:
            first, _, last = codes.strip().partition("..")
            span = range(int(first, 16), int(last or first, 16) + 1)
            found[kind.strip()].update(map(chr, span))
    return frozenset(found["Emoji"] - found["Emoji_Presentation"])


def rows_of(
    called: Iterable[tuple[str, str]],
    described: Iterable[tuple[str, str]],
    plain: frozenset[str],
) -> list[tuple[str, str, str]]:
    """(pinyin, symbol, name) in the order of the file."""
    from pypinyin import lazy_pinyin

    own = {(name, symbol) for name, symbol in own_names()}
    kept: dict[str, dict[str, str]] = {}
    for name, symbol in (*own_names(), *called, *described):
        if not (SHORTEST <= len(name) <= LONGEST and _HANZI.fullmatch(name)):
            continue
        emoji = symbol in plain and (name, symbol) not in own and ord(symbol) > 0xFF
        shown = symbol + _EMOJI_STYLE if emoji else symbol
        found = kept.setdefault("".join(lazy_pinyin(name, v_to_u=False)), {})
        if len(found) < MOST and symbol not in found:
            found.setdefault(shown, name)
    return [(code, *item) for code, found in sorted(kept.items()) for item in found.items()]


def main() -> None:
    """Parse options and build."""
    parser = argparse.ArgumentParser(prog="python -m model.data.symbols", description=__doc__)
    parser.add_argument("annotations", type=Path, help="annotations/zh.xml")
    parser.add_argument("emoji", type=Path, help="emoji-data.txt")
    parser.add_argument("out", type=Path, help="folder for symbols.tsv")
    options = parser.parse_args()
    called, described = names_of(options.annotations.read_text(encoding="utf-8"))
    plain = plain_symbols(options.emoji.read_text(encoding="utf-8").splitlines())
    rows = rows_of(called, described, plain)
    written = "".join("\t".join(row) + "\n" for row in rows)
    (options.out / "symbols.tsv").write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
