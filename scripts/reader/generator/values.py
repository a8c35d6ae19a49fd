# ruff: noqa: E501
"""Names and values to fill examples with, each in English and Chinese.

Knows word lists written for this purpose and how dates and sizes are written. Knows neither records
nor sentences. Nobody here is real: names are joined at random.
"""

from dataclasses import dataclass
from random import Random

Pair = tuple[str, str]
"""The same in English and in Chinese."""

_GIVEN = """John 约翰|Mary 玛丽|William 威廉|Anna 安娜|Thomas 托马斯|Clara 克拉拉|Henry 亨利|Edith 伊迪丝|George 乔治
Martha 玛莎|Samuel 塞缪尔|Agnes 阿格尼丝|Otto 奥托|Ingrid 英格丽德|Pierre 皮埃尔|Louise 路易丝|Carlos 卡洛斯|Lucía 露西娅
Giovanni 乔瓦尼|Rosa 罗莎|Ivan 伊万|Olga 奥尔加|Ahmed 艾哈迈德|Fatima 法蒂玛|Kenji 健二|Yuki 由纪|Rajesh 拉杰什|Priya 普里娅
Emil 埃米尔|Hedwig 黑德维希|Walter 沃尔特|Beatrice 比阿特丽斯|Frank 弗兰克|Ruth 露丝|Albert 阿尔伯特|Grace 格蕾丝|Hugo 雨果
Ida 艾达|Karl 卡尔|Nora 诺拉|Peter 彼得|Sofia 索菲亚|Viktor 维克托|Wilma 威尔玛|Arthur 阿瑟|Elsa 埃尔莎|Nils 尼尔斯|Tomás 托马斯"""
_SURNAME = """Smith 史密斯|Harding 哈丁|Whitlow 惠特洛|Bergström 贝里斯特伦|Müller 米勒|Dubois 迪布瓦|Okafor 奥卡福|Tanaka 田中
Petrov 彼得罗夫|García 加西亚|Rossi 罗西|Novak 诺瓦克|Lindqvist 林德奎斯特|Ashby 阿什比|Crowther 克劳瑟|Pemberton 彭伯顿
Ferreira 费雷拉|Kowalski 科瓦尔斯基|Haddad 哈达德|Mehta 梅塔|O'Brien 奥布赖恩|McAllister 麦卡利斯特|Van Dyke 范戴克
Schneider 施耐德|Larsen 拉森|Moreau 莫罗|Fontaine 方丹|Castillo 卡斯蒂略|Yamamoto 山本|Nakamura 中村|Sokolov 索科洛夫
Holloway 霍洛韦|Thackeray 萨克雷|Winslow 温斯洛|Barlow 巴洛|Kingsley 金斯利|Dunmore 邓莫尔|Fairfax 费尔法克斯|Hale 黑尔
Marsh 马什|Quill 奎尔|Redfern 雷德芬|Sutcliffe 萨克利夫|Tolliver 托利弗|Underwood 安德伍德|Vance 万斯|Yates 耶茨|Zimmer 齐默"""
_HAN_SURNAME = """Wang 王|Li 李|Zhang 张|Liu 刘|Chen 陈|Yang 杨|Zhao 赵|Huang 黄|Zhou 周|Wu 吴|Xu 徐|Sun 孙|Hu 胡|Zhu 朱|Gao 高
Lin 林|He 何|Guo 郭|Ma 马|Luo 罗|Liang 梁|Song 宋|Zheng 郑|Xie 谢|Han 韩|Tang 唐|Feng 冯|Deng 邓|Cao 曹|Peng 彭|Shen 沈|Lu 陆"""
_HAN_GIVEN = """Ming 明|Wei 伟|Fang 芳|Jianguo 建国|Xiuying 秀英|Guoqiang 国强|Meilan 美兰|Zhiyuan 志远|Wenbo 文博|Yulan 玉兰
Haitao 海涛|Shufen 淑芬|Deming 德明|Yongchang 永昌|Jiahua 家骅|Ruolan 若兰|Tianyu 天宇|Shiqi 诗琪|Zhenhua 振华|Guiying 桂英
Baoshan 宝山|Qiuyue 秋月|Heng 恒|Lihua 丽华|Zhongyi 忠义|Chunmei 春梅|Xinghai 星海|Songnian 松年|Yifan 一帆|Shaoqing 少卿"""
_TOWN = """Ashford 阿什福德|Millbrook 米尔布鲁克|Kingsport 金斯波特|Lakewood 莱克伍德|Harrow 哈罗|Whitby 惠特比|Dunmere 邓米尔
Eastvale 伊斯特韦尔|Port Alder 阿尔德港|Norrby 诺尔比|Glenmore 格伦莫尔|Castleton 卡斯尔顿|Redhill 雷德希尔|Silverton 锡尔弗顿
Lisbon 里斯本|Hamburg 汉堡|Lyon 里昂|Seville 塞维利亚|Turin 都灵|Kraków 克拉科夫|Bergen 卑尔根|Ghent 根特|Porto 波尔图
Bristol 布里斯托尔|Glasgow 格拉斯哥|Baltimore 巴尔的摩|Oakland 奥克兰|Quebec 魁北克|Lima 利马|Cairo 开罗|Nairobi 内罗毕
Mumbai 孟买|Osaka 大阪|Nagasaki 长崎|Penang 槟城|Manila 马尼拉|Shanghai 上海|Suzhou 苏州|Hangzhou 杭州|Tianjin 天津|Wuhan 武汉
Guangzhou 广州|Xiamen 厦门|Qingdao 青岛|Nanjing 南京|Harbin 哈尔滨|Chengdu 成都|Kunming 昆明|Taipei 台北|Foshan 佛山|Yangzhou 扬州"""
_REGION = """Cornwall 康沃尔|Bavaria 巴伐利亚|Tasmania 塔斯马尼亚|Yunnan 云南|Sichuan 四川|Madagascar 马达加斯加|Patagonia 巴塔哥尼亚
Borneo 婆罗洲|New Zealand 新西兰|the Azores 亚速尔群岛|Siberia 西伯利亚|Kerala 喀拉拉邦|Andalusia 安达卢西亚|Hokkaido 北海道|Corsica 科西嘉岛
the Lower Danube 多瑙河下游|Mauritius 毛里求斯|Iceland 冰岛|Zhejiang 浙江|Fujian 福建|Tibet 西藏|Nova Scotia 新斯科舍|Java 爪哇岛|Namibia 纳米比亚"""
_STREET = """Mill Lane 磨坊巷|Station Road 车站路|Queen Street 皇后街|Harbour Square 港口广场|River Street 河滨街|Church Hill 教堂山
North Gate 北门|Market Place 集市广场|Old Quay 老码头|Victoria Avenue 维多利亚大道|Zhongshan Road 中山路|Nanjing East Road 南京东路
Jiefang Street 解放街|Union Street 联合街|Garden Row 花园街|Bell Alley 钟楼巷|Canal Street 运河街|Elm Avenue 榆树大道|Fifth Avenue 第五大道"""
_EPITHET = """Old 老|North 北|South 南|Royal 皇家|Grand 大|Upper 上|Lower 下|Great Eastern 大东|St Mary's 圣玛丽|St Peter's 圣彼得
Imperial 帝国|Union 联合|Victoria 维多利亚|Jubilee 禧年|Liberty 自由|Golden Lion 金狮|White Swan 白天鹅|Mercer 默瑟|Hillside 山坡
Riverside 河畔|Phoenix 凤凰|Dragon Well 龙泉|Jade Spring 玉泉|Five Cranes 五鹤|East Lake 东湖|Prosperity 兴隆|Drum Hill 鼓山"""
_SHIP = """Aurora 极光|Meridian 子午线|Swallow 燕子|Albatross 信天翁|Northern Star 北极星|Queen Maud 莫德王后|Perseverance 坚毅|Evening Tide 晚潮
Blue Heron 蓝鹭|Lady Catherine 凯瑟琳夫人|Mercury 水星|Ocean Pride 海洋之傲|Lihua 丽华|Haiyan 海燕|Yongfeng 永丰|Sea Lark 海云雀|Valiant 勇士"""
_HOLDER = """the city archive 市档案馆|the Maritime Museum 海事博物馆|the county record office 郡档案局|the university library 大学图书馆
the Museum of Science 科学博物馆|the National Gallery 国家美术馆|the botanical garden 植物园|the Natural History Museum 自然历史博物馆
the provincial museum 省博物馆|the parish church 教区教堂|a private collection in Zurich 苏黎世的一位私人收藏家|the transport museum 交通博物馆
the town hall 市政厅|the palace museum 故宫博物院|the observatory 天文台|the railway museum 铁道博物馆|the folk museum 民俗博物馆"""


def _pairs(text: str) -> list[Pair]:
    entries = [entry.strip() for line in text.splitlines() for entry in line.split("|")]
    return [(entry.rsplit(" ", 1)[0], entry.rsplit(" ", 1)[1]) for entry in entries]


GIVEN, SURNAMES = _pairs(_GIVEN), _pairs(_SURNAME)
HAN_GIVEN, HAN_SURNAMES = _pairs(_HAN_GIVEN), _pairs(_HAN_SURNAME)
TOWNS, REGIONS, STREETS = _pairs(_TOWN), _pairs(_REGION), _pairs(_STREET)
EPITHETS, SHIPS, HOLDERS = _pairs(_EPITHET), _pairs(_SHIP), _pairs(_HOLDER)

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_MONTHS_OF = {
    "de": [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "es": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
}
_HAN_DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Day:
    """A date that is written in many ways; `month` and `day` are 0 where they are not known."""

    year: int
    month: int
    day: int
    about: bool
    style: int

    def written(self, language: str, *, record: bool = False) -> str:
        """The date as a text or a record in `language` has it."""
        if language == "zh":
            return self._chinese(record)
        if language in _MONTHS_OF:
            return self._european(language)
        about = ["about ", "c. ", "circa ", "around "][self.style % 4] if self.about else ""
        if self.about and record:
            about = ["c. ", "ca. ", "circa ", "c"][self.style % 4]
        if not self.month:
            if self.style == 7 and not self.about:
                return f"{self.year // 10 * 10}s"
            return f"{about}{self.year}"
        if record and self.style % 3 == 0 and self.day:
            return f"{self.year}-{self.month:02}-{self.day:02}"
        month = MONTHS[self.month - 1]
        if not self.day:
            return f"{month} {self.year}"
        if self.style % 2:
            return f"{self.day} {month} {self.year}"
        return f"{month} {self.day}, {self.year}"

    def _chinese(self, record: bool) -> str:
        if record and self.style % 3 == 0 and self.day:
            return f"{self.year}-{self.month:02}-{self.day:02}"
        about = "约" if self.about else ""
        year = str(self.year)
        if self.style == 7 and not self.month and not self.about:
            return f"{self.year // 100 + 1}世纪{self.year // 10 % 10}0年代"
        if self.style == 6:
            year = "".join(_HAN_DIGITS[int(digit)] for digit in year)
        month = f"{self.month}月" if self.month else ""
        day = f"{self.day}日" if self.day else ""
        return f"{about}{year}年{month}{day}" if not (record and self.style == 5) else year

    def _european(self, language: str) -> str:
        about = {"de": "um ", "fr": "vers ", "es": "hacia "}[language] if self.about else ""
        if not self.month:
            return f"{about}{self.year}"
        month = _MONTHS_OF[language][self.month - 1]
        joint = " de " if language == "es" else " "
        dot = "." if language == "de" else ""
        day = f"{self.day}{dot}{joint}" if self.day else ""
        return f"{day}{month}{joint}{self.year}"


def make_day(random: Random, low: int, high: int) -> Day:
    """A date between the years `low` and `high`."""
    month = random.randint(1, 12) if random.random() < 0.4 else 0
    day = random.randint(1, 28) if month and random.random() < 0.6 else 0
    about = not month and random.random() < 0.12
    return Day(random.randint(low, high), month, day, about, random.randrange(8))


def make_person(random: Random) -> Pair:
    """A person's name."""
    if random.random() < 0.3:
        surname, given = random.choice(HAN_SURNAMES), random.choice(HAN_GIVEN)
        return f"{surname[0]} {given[0]}", f"{surname[1]}{given[1]}"
    given, surname = random.choice(GIVEN), random.choice(SURNAMES)
    if random.random() < 0.15:
        letter = random.choice("ABCDEFGHJKLMPRSTW")
        return f"{letter}. {surname[0]}", f"{letter}·{surname[1]}"
    if random.random() < 0.15:
        letter = random.choice("ABCDEFGHJKLMPRSTW")
        return f"{given[0]} {letter}. {surname[0]}", f"{given[1]}·{letter}·{surname[1]}"
    return f"{given[0]} {surname[0]}", f"{given[1]}·{surname[1]}"


def make_firm(random: Random) -> Pair:
    """A workshop or company."""
    surname, other = random.choice(SURNAMES), random.choice(SURNAMES)
    kind = random.choice(
        [
            ("{} & Sons", "{}父子公司"), ("{} and {}", "{}与{}公司"), ("{} Brothers", "{}兄弟公司"),
            ("the {} Company", "{}公司"), ("{} Works", "{}工厂"), ("Messrs {} & {}", "{}与{}商行"),
            ("{} Ltd", "{}有限公司"), ("the {} yard", "{}船厂"),
        ]
    )  # fmt: skip
    return kind[0].format(surname[0], other[0]), kind[1].format(surname[1], other[1])


def make_place(random: Random) -> Pair:
    """A town, a street in a town, or a region."""
    chance = random.random()
    town = random.choice(TOWNS)
    if chance < 0.45:
        return town
    if chance < 0.7:
        street = random.choice(STREETS)
        if random.random() < 0.5:
            number = random.randint(1, 180)
            return f"{number} {street[0]}, {town[0]}", f"{town[1]}{street[1]}{number}号"
        return f"{street[0]}, {town[0]}", f"{town[1]}{street[1]}"
    if chance < 0.85:
        return random.choice(REGIONS)
    region = random.choice(REGIONS)
    side = random.choice([("northern", "北部"), ("western", "西部"), ("southern", "南部")])
    name = region[0].removeprefix("the ")
    return f"{side[0]} {name}", f"{region[1]}{side[1]}"


def make_number(random: Random) -> str:
    """An inventory or shelf mark."""
    year, small, large = (
        random.randint(1880, 2019),
        random.randint(1, 99),
        random.randint(100, 99999),
    )
    letters = random.choice(
        ["AB", "MS", "PH", "NEG", "GL", "HP", "KX", "TR", "ZB", "ARC", "DOC", "F", "N", "Ph", "W"]
    )
    return random.choice(
        [
            f"{year}.{small}", f"{letters}-{large}", f"{letters} {large}", f"{letters}.{year}.{small}",
            f"{large}", f"{year}/{small}", f"{letters}{large:05}", f"{letters}/{small}/{large}",
            f"No. {small}", f"{small}-{large}", f"{letters} {small}.{large % 100}",
        ]
    )  # fmt: skip


def make_size(random: Random, unit: str) -> Pair:
    """A size: `flat` (two sides), `long`, `tall`, `heavy`, `area` or `wing`."""
    a, b = random.randint(6, 240), random.randint(6, 240)
    if unit == "flat":
        sign = random.choice(["×", "x"])
        return random.choice(
            [
                (f"{a} {sign} {b} cm", f"{a} {sign} {b}厘米"),
                (f"{a}.{b % 10} {sign} {b}.{a % 10} cm", f"{a}.{b % 10}×{b}.{a % 10}厘米"),
                (f"{a * 4} {sign} {b * 4} mm", f"{a * 4}×{b * 4}毫米"),
                (f"{a % 30 + 4} by {b % 30 + 4} inches", f"{a % 30 + 4}×{b % 30 + 4}英寸"),
            ]
        )
    if unit == "heavy":
        return random.choice(
            [(f"{a * 10} kg", f"{a * 10}公斤"), (f"{a} tonnes", f"{a}吨"), (f"{a * 5} g", f"{a * 5}克"),
             (f"{a * b} tons", f"{a * b}吨")]
        )  # fmt: skip
    if unit == "area":
        return random.choice(
            [(f"{a} hectares", f"{a}公顷"), (f"{a * b} square metres", f"{a * b}平方米"),
             (f"{a} km²", f"{a}平方公里")]
        )  # fmt: skip
    if unit == "small":
        return random.choice(
            [(f"{a % 90 + 3} cm", f"{a % 90 + 3}厘米"), (f"{a % 90 + 3} mm", f"{a % 90 + 3}毫米"),
             (f"up to {a % 40 + 2} cm", f"可达{a % 40 + 2}厘米")]
        )  # fmt: skip
    return random.choice(
        [
            (f"{a} metres", f"{a}米"), (f"{a} m", f"{a}米"), (f"{a * 3} feet", f"{a * 3}英尺"),
            (f"{a}.{b % 10} m", f"{a}.{b % 10}米"), (f"{a * 3} ft", f"{a * 3}英尺"),
        ]
    )  # fmt: skip
