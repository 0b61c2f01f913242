"""Symbols of units as they are typed behind a number, and their Chinese names.

Symbols are those of the International System of Units (SI brochure, 9th edition), of ISO/IEC
80000-13 for data, and others in daily use.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_TABLE = """
kg kg 公斤 千克|g g 克|mg mg 毫克|t t 吨|lb lb 磅|oz oz 盎司|km km 公里 千米|m m 米
dm dm 分米|cm cm 厘米|mm mm 毫米|um μm 微米|nm nm 纳米|ft ft 英尺|mi mi 英里|l L 升
ml mL ml 毫升|dl dL 分升|cc cc 毫升|s s 秒|ms ms 毫秒|us μs 微秒|ns ns 纳秒|min min 分钟
h h 小时|d d 天|hz Hz 赫兹|khz kHz 千赫|mhz MHz 兆赫|ghz GHz 吉赫|w W 瓦|kw kW 千瓦
mw MW 兆瓦|wh Wh 瓦时|kwh kWh 度 千瓦时|v V 伏|kv kV 千伏|mv mV 毫伏|a A 安|ma mA 毫安
mah mAh 毫安时|j J 焦耳|kj kJ 千焦|cal cal 卡|kcal kcal 千卡 大卡|n N 牛|pa Pa 帕
kpa kPa 千帕|mpa MPa 兆帕|bar bar 巴|k K 开|b B 字节|kb KB 千字节|mb MB 兆字节|gb GB 吉字节
tb TB 太字节|pb PB 拍字节|bps bps|kbps kbps|mbps Mbps|gbps Gbps|fps fps 帧|rpm rpm 转
dpi dpi|ppi ppi|px px 像素|pt pt 磅|em em|rem rem|db dB 分贝|mol mol 摩尔|ppm ppm|lm lm 流明
lx lx 勒克斯|cd cd 坎德拉|rmb RMB 人民币|usd USD 美元|eur EUR 欧元|jpy JPY 日元|hkd HKD 港元
cny CNY 人民币|kmh km/h 公里每小时|mph mph|ha ha 公顷|mu 亩|in in 英寸|am am 上午|pm pm 下午
"""


def _units() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for item in _TABLE.replace("\n", "|").split("|"):
        if item:
            typed, *ways = item.split(" ")
            found[typed] = tuple(dict.fromkeys((*ways[:1], typed, *ways[1:])))
    return MappingProxyType(found)


UNITS: Mapping[str, tuple[str, ...]] = _units()
"""Typed letters -> symbol, letters as typed, Chinese names."""

_AMBIGUOUS = "g t m l s h d w v a j n k b mi mu in us em ha wh ma pa bar min cal pb lm"
AMBIGUOUS = frozenset(_AMBIGUOUS.split(" "))
"""Those that are as often an initial or syllable of what follows a number: 3 g 个, 5 t 天."""
