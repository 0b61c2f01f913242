"""`python -m model.data.letters TEXT ENGLISH OUT`: words of letters, counted from the text.

One line for each way to write a word, `typed<tab>written<tab>count`: `iphone`, `iPhone`, 3412.
What is typed has no capitals; of words of letters and hanzi it is letters and pinyin, with a
blank between any two syllables: `c pan`, C盘. Only ways that make a tenth of a word are kept.

Text holds pinyin, too. So a run that can be read as pinyin is a word only where it is mostly
written in capitals, or where ENGLISH has it,
a file whose lines begin with an English word, such as frequency_dictionary_en_82_765.txt of
symspellpy 6.10 (MIT).
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from pypinyin import lazy_pinyin
from tqdm import tqdm

from model.vocab import is_hanzi

LEAST = 12
"""Count of a word; what is rarer is mostly misspelled."""
OFTEN = 100
SHARE = 0.1
LONGEST = 20
_RUN = re.compile(r"[A-Za-z][A-Za-z0-9+#]*(?:[-.][A-Za-z0-9]+)*")
_WORDS_OF_BOTH = (
    re.compile(r"[A-Za-z0-9]+[\u4e00-\u9fff]{1,3}"),
    re.compile(r"[\u4e00-\u9fff]{1,3}[A-Za-z]+"),
)

WORDS_OF_BOTH = """
A股 A座 A型 A轮 A站 A级 A类 A组 A班 A区 A点 A面 A片 A卷 A罩杯 AA制 AB型 AB面 AB角 AC米兰
AI绘画 AI换脸 AI芯片 A4纸 A3纸 B座 B型 B轮 B站 B股 B超 B级 B类 B组 B班 B区 B点 B面 B端 B族
B树 B卷 B细胞 BB机 BB霜 BP机 BGM音乐 C盘 C罗 C位 C座 C型 C级 C类 C组 C区 C端 C语言 C口 CC霜
CD机 CD盒 CP感 CP粉 CT片 CT检查 CSS样式 D盘 D座 D级 D组 D区 D版 D罩杯 D打印 DNA检测 DNA鉴定
DC漫画 DV机 E盘 E座 E人 E卡 E罩杯 EB病毒 F盘 F座 F罩杯 FM电台 G盘 G点 G弦 G社 Go语言 GIF图
GPS定位 H股 H型 H盘 HPV疫苗 HIV病毒 HR部门 I人 I型 IC卡 ID号 IE浏览器 IP卡 IP地址 IP电话
IP属地 IP剧 IT男 IT业 IT界 IT行业 IT部门 IT之家 J人 JK制服 JS代码 K歌 K线 K粉 K线图 K党 K房
K歌之王 K金 KK园区 KTV包房 L型 LED灯 LED屏 LOL手游 M级 M号 MBTI测试 MCN机构 MRI检查 N次 N年
N多 N个 N种 N卡 NFC卡 O型 O型血 A型血 B型血 AB型血 OL装 OK绷 OK镜 P图 P站 P人 P值 P2P平台
PC端 PC版 PC机 PDF文件 PH值 pH值 PK赛 POS机 PPT模板 PS图 PCR检测 Q版 Q弹 Q群 Q币 Q点 QQ号
QQ群 QQ空间 QQ音乐 QQ邮箱 QQ糖 R语言 RPG游戏 S级 S型 S码 S店 S弯 SD卡 SIM卡 SM娱乐 SPA馆
SQL语句 SUV车型 SSR卡 T恤 T恤衫 T台 T型台 T型 T细胞 T站 TF卡 TF家族 TV版 TV动画 U盘 U型
U型锁 U型枕 UI设计 UP主 UV镜 USB口 USB接口 USB线 UC浏览器 V站 V领 V型 V脸 V字 V家 VIP卡
VIP室 VR眼镜 VPN服务 VISA卡 W酒店 Word文档 X光 X光片 X光机 X线 X射线 X轴 X染色体 X战警 X档案
XP系统 XL码 Y轴 Y坐标 Y染色体 Z轴 Z世代 Z字 ZIP文件 i人 e人 e袋洗 小S 大S 大V 小V 阿Q
阿Q正传 卡拉OK 维生素A 维生素B 维生素C 维生素D 维生素E 双C 老K 小K 小A 大A 加V 哆啦A梦 纯K
三K党 手机APP 手机QQ
"""
"""Those in daily use among the likeliest pairs of a short run and the hanzi beside it."""


def count_runs(lines: Iterable[str], wanted: frozenset[str]) -> Counter[str]:
    """How often runs of letters and the `wanted` words of letters and hanzi occur."""
    found: Counter[str] = Counter()
    lengths = range(1, 1 + max((len(word) for word in wanted), default=0))
    for line in lines:
        found.update(_RUN.findall(line))
        for text in (text for way in _WORDS_OF_BOTH for text in way.findall(line)):
            parts = {text[:n] for n in lengths} | {text[-n:] for n in lengths}
            found.update(parts & wanted)
    return found


def rows_of(
    counts: Mapping[str, int], wanted: Iterable[str], english: frozenset[str]
) -> list[tuple[str, str, int]]:
    """What is typed, what is written and how often, in the order of the file.

    Args:
        counts: as `count_runs` makes them.
        wanted: words of letters and hanzi, which are kept however rare.
        english: English words in small letters.
    """
    ways: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text, count in counts.items():
        if 1 < len(text) <= LONGEST and text.isascii():
            ways[text.lower()][text] += count
            if "-" in text:
                ways[text.lower().replace("-", "")][text] += count
    rows = []
    for typed, forms in ways.items():
        total = sum(forms.values())
        sure = typed in english or _is_acronym(forms)
        if total < LEAST or (not sure and _is_pinyin(typed)):
            continue
        rows += [(typed, text, n) for text, n in forms.items() if n >= SHARE * total]
    rows += [(_typed(word), word, max(1, counts.get(word, 0))) for word in wanted]
    return sorted(rows, key=lambda row: (row[0], -row[2], row[1]))


def _is_acronym(forms: Counter[str]) -> bool:
    """Whether a word is mostly written in capitals, often enough to be no name in pinyin."""
    written, count = forms.most_common(1)[0]
    return written.isupper() and count >= OFTEN


def _is_pinyin(typed: str) -> bool:
    """Whether syllables alone make it."""
    ends = {0}
    for end in range(1, len(typed) + 1):
        if any(typed[start:end] in _SYLLABLES for start in ends if end - start <= 6):
            ends.add(end)
    return len(typed) in ends


def _syllables() -> frozenset[str]:
    common = (chr(code) for code in range(0x4E00, 0x9FA6))
    return frozenset(s for s in lazy_pinyin("".join(common)) if s.isascii() and len(s) > 1)


_SYLLABLES = _syllables() | {"a", "e", "o"}


def _typed(word: str) -> str:
    """`c pan` for C盘."""
    pieces = re.findall(r"[A-Za-z0-9]+|.", word)
    return " ".join(lazy_pinyin(p)[0] if is_hanzi(p) else p.lower() for p in pieces)


def main() -> None:
    """Parse options and build."""
    parser = argparse.ArgumentParser(prog="python -m model.data.letters", description=__doc__)
    parser.add_argument("text", type=Path, help="folder of .txt files")
    parser.add_argument("english", type=Path, help="file whose lines begin with English words")
    parser.add_argument("out", type=Path, help="folder for letters.tsv")
    options = parser.parse_args()
    wanted = frozenset(WORDS_OF_BOTH.split())
    english = frozenset(
        line.split(" ")[0] for line in options.english.open(encoding="utf-8-sig")
    )
    counts: Counter[str] = Counter()
    for path in tqdm(sorted(options.text.glob("*.txt")), desc="letters"):
        with path.open(encoding="utf-8") as lines:
            counts.update(count_runs(lines, wanted))
    rows = rows_of(counts, wanted, english)
    text = "".join(f"{typed}\t{written}\t{count}\n" for typed, written, count in rows)
    (options.out / "letters.tsv").write_text(text, encoding="utf-8")
    print(f"{len(rows):,} rows of {sum(counts.values()):,} runs")


if __name__ == "__main__":
    main()
