"""The key tables of the well-known shuangpin (double pinyin) schemes, as data.

One key types the initial and one the final. Finals are listed by key, row by row as on the
charts that come with the schemes; single letters that stand for themselves are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

SPELLED = "spelled"
FIRST = "first"


@dataclass(frozen=True, slots=True)
class SchemeTable:
    """What the keys of a scheme stand for.

    Attributes:
        title: name of the scheme, as shown in the settings.
        initials: keys of zh, ch and sh; every other initial is its own key.
        finals: keys of the finals, one string of them each; the first is the one taught, the
            others are accepted, too. Finals of one letter are their own key unless listed.
        zero: how syllables without an initial are typed; the first way is the one taught, the
            others are accepted, too. `SPELLED`: one letter twice (aa), two as they are (an),
            three as the first letter and the key of the final (ang is a + ang). `FIRST`: always
            the first letter and the key of the final. A key: it stands in place of the initial.
        codes: codes of whole syllables that go another way.
    """

    title: str
    initials: Mapping[str, str]
    finals: Mapping[str, str]
    zero: tuple[str, ...]
    codes: Mapping[str, str] = field(default_factory=dict)


def _by_key(rows: str) -> Mapping[str, str]:
    """`q=iu r=uan,er` turned round: keys of each final, in the order of the rows."""
    finals: dict[str, str] = {}
    for item in rows.split():
        key, _, names = item.partition("=")
        for name in names.split(","):
            finals[name] = finals.get(name, "") + key
    return MappingProxyType(finals)


def _initials(zh: str, ch: str, sh: str) -> Mapping[str, str]:
    return MappingProxyType({"zh": zh, "ch": ch, "sh": sh})


SCHEME_TABLES: Mapping[str, SchemeTable] = MappingProxyType(
    {
        "flypy": SchemeTable(
            "小鹤双拼",
            _initials(zh="v", ch="i", sh="u"),
            _by_key(
                "q=iu w=ei r=uan t=ue,ve y=un o=uo p=ie "
                "s=ong,iong d=ai f=en g=eng h=ang j=an k=ing,uai l=iang,uang "
                "z=ou x=ia,ua c=ao v=ui,v b=in n=iao m=ian"
            ),
            (SPELLED, FIRST),
        ),
        "ziranma": SchemeTable(
            "自然码",
            _initials(zh="v", ch="i", sh="u"),
            _by_key(
                "q=iu w=ia,ua r=uan,er t=ue,ve y=ing,uai o=uo p=un "
                "s=ong,iong d=iang,uang f=en g=eng h=ang j=an k=ao l=ai "
                "z=ei x=ie c=iao v=ui,v b=ou n=in m=ian"
            ),
            (SPELLED, FIRST),
        ),
        # üe lies on two keys of the keyboard chart, t and v. v is taught for lüe and nüe.
        "mspy": SchemeTable(
            "微软双拼",
            _initials(zh="v", ch="i", sh="u"),
            _by_key(
                "q=iu w=ia,ua r=uan,er t=ue y=uai,v o=uo p=un "
                "s=ong,iong d=iang,uang f=en g=eng h=ang j=an k=ao l=ai ;=ing "
                "z=ei x=ie c=iao v=ui,ue,ve b=ou n=in m=ian t=ve"
            ),
            ("o", FIRST),
        ),
        "sogou": SchemeTable(
            "搜狗双拼",
            _initials(zh="v", ch="i", sh="u"),
            _by_key(
                "q=iu w=ia,ua r=uan,er t=ue,ve y=uai,v o=uo p=un "
                "s=ong,iong d=iang,uang f=en g=eng h=ang j=an k=ao l=ai ;=ing "
                "z=ei x=ie c=iao v=ui b=ou n=in m=ian"
            ),
            ("o",),
        ),
        "abc": SchemeTable(
            "智能ABC双拼",
            _initials(zh="a", ch="e", sh="v"),
            _by_key(
                "q=ei w=ian r=iu,er t=iang,uang y=ing o=uo p=uan "
                "s=ong,iong d=ia,ua f=en g=eng h=ang j=an k=ao l=ai "
                "z=iao x=ie c=in,uai v=v b=ou n=un m=ui,ue,ve"
            ),
            ("o",),
        ),
        "ziguang": SchemeTable(
            "紫光双拼",
            _initials(zh="u", ch="a", sh="i"),
            _by_key(
                "q=ao w=en r=an t=eng y=in,uai o=uo p=ai "
                "s=ang d=ie f=ian g=iang,uang h=ong,iong j=iu,er k=ei l=uan ;=ing "
                "z=ou x=ia,ua v=v b=iao n=ui,ue,ve m=un"
            ),
            ("o",),
        ),
        "pyjj": SchemeTable(
            "拼音加加双拼",
            _initials(zh="v", ch="u", sh="i"),
            _by_key(
                "q=ing,er w=ei r=en t=eng y=ong,iong o=uo p=ou "
                "s=ai d=ao f=an g=ang h=iang,uang j=ian k=iao l=in "
                "z=un x=ue,ve,uai c=uan v=ui,v b=ia,ua n=iu m=ie"
            ),
            (FIRST, "o"),
        ),
    }
)
"""The schemes that come with the program, by the name the settings know them by."""
