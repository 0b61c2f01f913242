"""Forty everyday sentences of 5 to 20 syllables with the text before them, to time keys."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """What somebody types, and where.

    Attributes:
        context: text left of the caret; may be empty.
        syllables: full reading, one a character of `gold`.
        gold: the text wanted.
    """

    context: str
    syllables: tuple[str, ...]
    gold: str

    @property
    def keys(self) -> str:
        """The letters typed, without anything between syllables."""
        return "".join(self.syllables)


# Three lines each: the text before it, the sentence, its reading.
_TABLE = """
好久不见，
今天晚上有空吗
jin tian wan shang you kong ma
周末要是没有别的安排的话，
我们一起去看电影吧
wo men yi qi qu kan dian ying ba
你说得有道理。
这个问题我再想一想
zhe ge wen ti wo zai xiang yi xiang
通知：
明天早上八点半在学校门口集合
ming tian zao shang ba dian ban zai xue xiao men kou ji he
您好，
麻烦你把文件发给我
ma fan ni ba wen jian fa gei wo
别担心，
我已经到家了
wo yi jing dao jia le
不好意思，
路上堵车可能会晚到十分钟
lu shang du che ke neng hui wan dao shi fen zhong
中午吃什么？要我说，
这家店的牛肉面特别好吃
zhe jia dian de niu rou mian te bie hao chi
你问问他，
孩子的作业写完了没有
hai zi de zuo ye xie wan le mei you
各位同事：
会议改到下周三下午三点
hui yi gai dao xia zhou san xia wu san dian
会议改到下周三下午三点，
请大家提前做好准备
qing da jia ti qian zuo hao zhun bei
出门记得带伞，
天气预报说明天有大雨
tian qi yu bao shuo ming tian you da yu
你好，
我想买一张去北京的火车票
wo xiang mai yi zhang qu bei jing de huo che piao
抱歉一直没有回复，
最近工作太忙了
zui jin gong zuo tai mang le
先这样吧，
手机快没电了回头再聊
shou ji kuai mei dian le hui tou zai liao
写得真好，
这本书的作者是谁
zhe ben shu de zuo zhe shi shei
据报道，
他们公司去年的收入增长了百分之二十
ta men gong si qu nian de shou ru zeng zhang le bai fen zhi er shi
对于未来的走势，
专家表示经济正在逐步恢复
zhuan jia biao shi jing ji zheng zai zhu bu hui fu
亲爱的妈妈，
祝你生日快乐
zhu ni sheng ri kuai le
出院以后，
爷爷的身体好多了
ye ye de shen ti hao duo le
爷爷的身体好多了，
医生让他多休息少喝酒
yi sheng rang ta duo xiu xi shao he jiu
请问一下，
附近有没有便宜一点的宾馆
fu jin you mei you pian yi yi dian de bin guan
不远，
从这里走到地铁站要十五分钟
cong zhe li zou dao di tie zhan yao shi wu fen zhong
登录不上去，
密码忘了怎么办
mi ma wang le zen me ban
要是还不行，
先试试重新启动电脑
xian shi shi chong xin qi dong dian nao
我刚才更新了版本，
程序运行的时候突然报错
cheng xu yun xing de shi hou tu ran bao cuo
两个我都看过了，
我觉得第二个方案更合适
wo jue de di er ge fang an geng he shi
-
谢谢你一直以来的支持和帮助
xie xie ni yi zhi yi lai de zhi chi he bang zhu
这次很愉快，
希望以后还有机会合作
xi wang yi hou hai you ji hui he zuo
记者了解到，
春节期间景区的游客数量明显增加
chun jie qi jian jing qu de you ke shu liang ming xian zeng jia
-
小时候我最喜欢听外婆讲故事
xiao shi hou wo zui xi huan ting wai po jiang gu shi
你看，
那只猫又在窗台上睡着了
na zhi mao you zai chuang tai shang shui zhao le
-
西安是一座历史悠久的城市
xi an shi yi zuo li shi you jiu de cheng shi
-
我爱祖国天安门
wo ai zu guo tian an men
同学你好，
图书馆几点关门
tu shu guan ji dian guan men
几年不见，
他长得越来越像他爸爸
ta zhang de yue lai yue xiang ta ba ba
事情过去很久了，
没有人知道他为什么突然离开
mei you ren zhi dao ta wei shen me tu ran li kai
据报道，
科学家发现了一种新的材料
ke xue jia fa xian le yi zhong xin de cai liao
说好了，
如果明天不下雨我们就去爬山然后在山上吃饭
ru guo ming tian bu xia yu wo men jiu qu pa shan ran hou zai shan shang chi fan
做法很简单，
先把米洗干净再加水煮二十分钟
xian ba mi xi gan jing zai jia shui zhu er shi fen zhong
"""


def _read(table: str) -> tuple[Sentence, ...]:
    lines = table.strip().splitlines()
    thirds = zip(lines[::3], lines[1::3], lines[2::3], strict=True)
    return tuple(
        Sentence(context.strip("-"), tuple(syllables.split()), gold)
        for context, gold, syllables in thirds
    )


SENTENCES = _read(_TABLE)
"""What people write to each other, with news and instructions in between."""
