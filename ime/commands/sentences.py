"""Forty everyday sentences of 5 to 20 syllables with the text before them, to time keys with."""

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


# gold, its reading, and the text before it
_TABLE = """
今天晚上有空吗 | jin tian wan shang you kong ma | 好久不见，
我们一起去看电影吧 | wo men yi qi qu kan dian ying ba | 周末要是没有别的安排的话，
这个问题我再想一想 | zhe ge wen ti wo zai xiang yi xiang | 你说得有道理。
明天早上八点半在学校门口集合 | ming tian zao shang ba dian ban zai xue xiao men kou ji he | 通知：
麻烦你把文件发给我 | ma fan ni ba wen jian fa gei wo | 您好，
我已经到家了 | wo yi jing dao jia le | 别担心，
路上堵车可能会晚到十分钟 | lu shang du che ke neng hui wan dao shi fen zhong | 不好意思，
这家店的牛肉面特别好吃 | zhe jia dian de niu rou mian te bie hao chi | 中午吃什么？要我说，
孩子的作业写完了没有 | hai zi de zuo ye xie wan le mei you | 你问问他，
会议改到下周三下午三点 | hui yi gai dao xia zhou san xia wu san dian | 各位同事：
请大家提前做好准备 | qing da jia ti qian zuo hao zhun bei | 会议改到下周三下午三点，
天气预报说明天有大雨 | tian qi yu bao shuo ming tian you da yu | 出门记得带伞，
我想买一张去北京的火车票 | wo xiang mai yi zhang qu bei jing de huo che piao | 你好，
最近工作太忙了 | zui jin gong zuo tai mang le | 抱歉一直没有回复，
手机快没电了回头再聊 | shou ji kuai mei dian le hui tou zai liao | 先这样吧，
这本书的作者是谁 | zhe ben shu de zuo zhe shi shei | 写得真好，
他们公司去年的收入增长了百分之二十 | ta men gong si qu nian de shou ru zeng zhang le bai fen zhi er shi | 据报道，
专家表示经济正在逐步恢复 | zhuan jia biao shi jing ji zheng zai zhu bu hui fu | 对于未来的走势，
祝你生日快乐 | zhu ni sheng ri kuai le | 亲爱的妈妈，
爷爷的身体好多了 | ye ye de shen ti hao duo le | 出院以后，
医生让他多休息少喝酒 | yi sheng rang ta duo xiu xi shao he jiu | 爷爷的身体好多了，
附近有没有便宜一点的宾馆 | fu jin you mei you pian yi yi dian de bin guan | 请问一下，
从这里走到地铁站要十五分钟 | cong zhe li zou dao di tie zhan yao shi wu fen zhong | 不远，
密码忘了怎么办 | mi ma wang le zen me ban | 登录不上去，
先试试重新启动电脑 | xian shi shi chong xin qi dong dian nao | 要是还不行，
程序运行的时候突然报错 | cheng xu yun xing de shi hou tu ran bao cuo | 我刚才更新了版本，
我觉得第二个方案更合适 | wo jue de di er ge fang an geng he shi | 两个我都看过了，
谢谢你一直以来的支持和帮助 | xie xie ni yi zhi yi lai de zhi chi he bang zhu |
希望以后还有机会合作 | xi wang yi hou hai you ji hui he zuo | 这次很愉快，
春节期间景区的游客数量明显增加 | chun jie qi jian jing qu de you ke shu liang ming xian zeng jia | 记者了解到，
小时候我最喜欢听外婆讲故事 | xiao shi hou wo zui xi huan ting wai po jiang gu shi |
那只猫又在窗台上睡着了 | na zhi mao you zai chuang tai shang shui zhao le | 你看，
西安是一座历史悠久的城市 | xi an shi yi zuo li shi you jiu de cheng shi |
我爱祖国天安门 | wo ai zu guo tian an men |
图书馆几点关门 | tu shu guan ji dian guan men | 同学你好，
他长得越来越像他爸爸 | ta zhang de yue lai yue xiang ta ba ba | 几年不见，
没有人知道他为什么突然离开 | mei you ren zhi dao ta wei shen me tu ran li kai | 事情过去很久了，
科学家发现了一种新的材料 | ke xue jia fa xian le yi zhong xin de cai liao | 据报道，
如果明天不下雨我们就去爬山然后在山上吃饭 | ru guo ming tian bu xia yu wo men jiu qu pa shan ran hou zai shan shang chi fan | 说好了，
先把米洗干净再加水煮二十分钟 | xian ba mi xi gan jing zai jia shui zhu er shi fen zhong | 做法很简单，
"""


def _read(table: str) -> tuple[Sentence, ...]:
    sentences = []
    for line in table.strip().splitlines():
        gold, syllables, context = (part.strip() for part in line.split("|"))
        sentences.append(Sentence(context, tuple(syllables.split()), gold))
    return tuple(sentences)


SENTENCES = _read(_TABLE)
"""What people write to each other, with news and instructions in between."""
