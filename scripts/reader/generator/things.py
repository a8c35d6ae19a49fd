# ruff: noqa: E501
"""Lists of what things are made of, used for, caused by, each in English and Chinese, and counts.

Knows how a value of each name in `domains.py` is drawn. Does not know what it is said of.
"""

from collections.abc import Callable
from random import Random

from reader.generator.values import (
    EPITHETS,
    GIVEN,
    HAN_SURNAMES,
    HOLDERS,
    MONTHS,
    REGIONS,
    SHIPS,
    SURNAMES,
    TOWNS,
    Day,
    Pair,
    make_day,
    make_firm,
    make_number,
    make_person,
    make_place,
    make_size,
)  # fmt: skip

Value = Pair | Day

_LISTS = {
    "scene": """a fishing boat in the harbour=港口里的一艘渔船/two women at a market stall=集市摊位前的两名妇女/the flooded main street=被水淹没的大街
a steam engine crossing a viaduct=驶过高架桥的蒸汽机车/children skating on a frozen canal=在结冰的运河上滑冰的孩子们/a wedding party on the church steps=教堂台阶上的婚礼队伍
the town band in uniform=身着制服的镇乐队/workers leaving the cotton mill=离开棉纺厂的工人们/a view of the old bridge from the south=从南面看老桥/a shipyard with a half-built hull=停着半成品船体的船厂
a still life with pears and a jug=梨与水罐的静物/a bearded man reading a letter=读信的长须男子/a shepherd with his flock at dusk=黄昏时牧羊人和羊群/horses drinking at a ford=在浅滩饮水的马群
the execution of a rebel leader=一名起义首领被处决的场面/a blue kingfisher above a stream=溪流上的一只翠鸟/lotus flowers after rain=雨后荷花/a tiger walking through bamboo=穿过竹林的老虎/the signing of the treaty=条约签订仪式
a street barber shaving a customer=街头剃头匠给顾客刮脸/snow on the temple roof=寺庙屋顶的积雪/a football team with its trophy=捧着奖杯的足球队/the ruins after the fire=火灾后的废墟/a girl holding a dove=手捧鸽子的女孩""",
    "photo_process": """gelatin silver print=明胶银盐照片/albumen print=蛋白照片/glass negative=玻璃底片/cyanotype=蓝晒法照片/daguerreotype=银版照片/colour slide=彩色幻灯片/postcard=明信片/lantern slide=幻灯玻片/platinum print=铂金印相/inkjet print=喷墨打印""",
    "paint": """oil on canvas=布面油画/watercolour on paper=纸本水彩/ink on silk=绢本水墨/tempera on panel=木板蛋彩画/gouache=水粉画/acrylic on board=板上丙烯/ink and colour on paper=纸本设色/pastel=色粉画/fresco=湿壁画/charcoal=炭笔画""",
    "paper": """parchment=羊皮纸/rice paper=宣纸/copperplate on paper=纸本铜版/silk=丝绸/vellum=犊皮纸/linen-backed paper=布裱纸/woodblock print=木刻版画""",
    "stuff": """spruce and maple=云杉木和枫木/brass=黄铜/rosewood=红木/bronze=青铜/walnut and ivory=胡桃木和象牙/cast iron=铸铁/bamboo=竹子/silver-plated copper=镀银铜/ebony=乌木/boxwood=黄杨木""",
    "stone": """red brick=红砖/granite=花岗岩/sandstone=砂岩/reinforced concrete=钢筋混凝土/timber=木材/wrought iron=熟铁/limestone=石灰岩/steel and glass=钢和玻璃/marble=大理石/rammed earth=夯土/yellow brick=黄砖/cast iron=铸铁""",
    "metal": """silver=银/gold=金/bronze=青铜/copper-nickel=铜镍合金/aluminium=铝/steel=钢/brass=黄铜/paper=纸""",
    "tongue": """Latin=拉丁文/English=英文/German=德文/Classical Chinese=文言文/French=法文/Manchu=满文/Arabic=阿拉伯文/Dutch=荷兰文/Portuguese=葡萄牙文/Japanese=日文""",
    "fonds": """Harbour Board records=港务局档案/Whitlow family papers=惠特洛家族文书/Municipal Building Office=市建筑局/Customs Service=海关总署/Tramway Company archive=电车公司档案/Parish council=教区议会/Ministry of Works=工务部/Chamber of Commerce=商会档案""",
    "content": """letters from sailors=水手书信/building plans of the station=车站建筑图纸/glass negatives of the floods=洪水的玻璃底片/minutes of the town council=镇议会会议记录/wage books of the mill=工厂工资簿/birth registers=出生登记簿/maps of the river delta=三角洲地图
recipes and menus=食谱和菜单/seed lists=种子清单/photographs of the tramway=有轨电车照片/tax rolls=税册/school reports=学校报告/sheet music=乐谱/theatre posters=剧院海报/insurance policies=保险单/ship logs=航海日志/botanical drawings=植物图谱/court files=诉讼案卷""",
    "scale": """1:25,000=1:25,000/1:10 000=1:10 000/one inch to the mile=一英寸比一英里/1:500=1:500/1:63,360=1:63,360/about 1:2,000,000=约1:2,000,000""",
    "style": """Gothic Revival=哥特复兴式/Art Deco=装饰艺术风格/Baroque=巴洛克式/Romanesque=罗马式/Neoclassical=新古典主义/Brutalist=粗野主义/Ming=明代风格/Art Nouveau=新艺术风格/Tudor=都铎式/Lingnan=岭南风格""",
    "purpose": """a youth hostel=青年旅舍/a concert hall=音乐厅/a local museum=地方博物馆/flats=公寓/a restaurant=餐馆/offices of the water board=水务局办公室/a primary school=小学/a tea house=茶馆/a warehouse=仓库/a public library=公共图书馆/an art gallery=美术馆/a nursing home=养老院""",
    "purpose_why": """to carry the railway across the valley=为了让铁路跨越山谷/to warn ships of the rocks=为了警示船只避开礁石/to replace an unsafe ferry=为了取代不安全的渡船/to supply the town with water=为了给城镇供水/to celebrate the end of the war=为了庆祝战争结束/because the old ford flooded every spring=因为旧浅滩每年春天都被淹
to attract trade to the market=为了吸引商贸/to defend the harbour=为了防守港口/in memory of the founder's daughter=为了纪念创始人的女儿/to measure the tides=为了测量潮汐""",
    "replacement": """a multi-storey car park=一座多层停车场/an office tower=一栋写字楼/a supermarket=一家超市/a public park=一座公园/a bus station=公交车站/a block of flats=一幢公寓楼/the new city library=新的市图书馆/a shopping centre=购物中心/a petrol station=加油站
a memorial garden=纪念花园/a motorway junction=高速公路立交/an empty lot=一块空地/a concrete bridge=一座混凝土桥/a school playground=学校操场/a hotel=一家酒店/a metro entrance=地铁出入口""",
    "successor": """the Northern Transport Group=北方运输集团/the state railways=国营铁路/a larger rival=一家更大的竞争对手/the regional savings bank=地区储蓄银行/the city university=市立大学/the Evening Herald=《晚报》/the national broadcaster=国家广播公司/route 42=42路""",
    "colour": """pale yellow=淡黄色/deep purple=深紫色/white with red spots=白色带红点/bright orange=亮橙色/sky blue=天蓝色/pink=粉红色/greenish white=绿白色/crimson=深红色/violet=紫罗兰色""",
    "plant_use": """dyeing cloth=染布/making tea=制茶/treating fevers=治疗发热/basket weaving=编篮子/perfume=制作香水/flavouring soup=给汤调味/ship timber=造船木材/feeding silkworms=喂蚕/rope making=制绳/roof thatch=盖屋顶""",
    "plant_why": """because all its parts are poisonous=因为全株有毒/because the sap burns the skin=因为汁液会灼伤皮肤/because too many were dug up by collectors=因为被采集者大量挖掘/because it grows on a single hill=因为只生长在一座山上/because its berries upset the stomach=因为浆果会引起腹痛""",
    "food": """small crabs and shrimp=小螃蟹和虾/fruit and nectar=水果和花蜜/ants=蚂蚁/bamboo shoots=竹笋/seeds and berries=种子和浆果/freshwater snails=淡水螺/leaves of the mulberry tree=桑叶/moths=飞蛾/rotting wood=朽木/herring and squid=鲱鱼和鱿鱼""",
    "decline": """because its forests were cleared=因为森林被砍伐/because of hunting for its feathers=由于羽毛贸易的捕猎/because rats eat its eggs=因为老鼠吃它的蛋/through drainage of the marshes=由于沼泽被排干/because of a fungal disease=由于真菌病/through overfishing=由于过度捕捞/because of cats brought by settlers=因为移民带来的猫""",
    "fauna": """salmon and otters=鲑鱼和水獭/snow leopards=雪豹/flamingos=火烈鸟/brown bears=棕熊/sea eagles=海雕/wild goats=野山羊/blind cave fish=盲洞鱼/freshwater seals=淡水海豹""",
    "preservation": """in alcohol=酒精浸泡/dried and pressed=压干/stuffed=填充剥制/mounted on a pin=针插/in formalin=福尔马林浸泡/freeze-dried=冷冻干燥/thin section=薄片/cast in resin=树脂包埋""",
    "job": """clockmaker=钟表匠/marine biologist=海洋生物学家/organist=管风琴师/lighthouse keeper=灯塔看守人/court painter=宫廷画家/bridge engineer=桥梁工程师/poet and translator=诗人兼翻译家/newspaper editor=报社编辑/glass blower=吹玻璃工/opera singer=歌剧演唱家/herbalist=草药师/cartographer=地图绘制员""",
    "prize": """the Royal Medal=皇家奖章/a silver cup=银杯/the Golden Quill=金笔奖/first prize at the World's Fair=世博会一等奖/an honorary doctorate=荣誉博士学位/a live pig=一头活猪/the Lotus Prize=莲花奖/the Navigator's Cross=航海家十字勋章/a barrel of cider=一桶苹果酒""",
    "product": """enamel signs=搪瓷招牌/bicycles=自行车/pale ale=淡色艾尔啤酒/matches=火柴/cotton yarn=棉纱/porcelain=瓷器/fountain pens=钢笔/typewriters=打字机/soy sauce=酱油/church bells=教堂大钟/fishing nets=渔网/camera lenses=相机镜头""",
    "dish": """roast chestnuts=烤栗子/rice dumplings=粽子/honey cakes=蜂蜜糕/smoked eel=熏鳗鱼/plum brandy=梅子白兰地/sesame balls=芝麻球/pea soup=豌豆汤/moon cakes=月饼/fried dough=油条/ginger bread=姜饼""",
    "ingredients": """chestnut flour=栗子粉/glutinous rice and dates=糯米和红枣/sheep's milk=羊奶/black beans=黑豆/buckwheat=荞麦/rye and caraway=黑麦和葛缕子/fermented cabbage=发酵白菜/almonds and rose water=杏仁和玫瑰水/duck and ginger=鸭肉和姜/juniper berries=杜松子/smoked fish=熏鱼""",
    "event_why": """to thank the river god=为了感谢河神/in memory of the drowned fishermen=为了纪念遇难的渔民/to mark the end of the harvest=为了庆祝收获结束/because a plague ended that year=因为那年瘟疫结束/to drive out winter=为了驱走冬天/to bring visitors to the town=为了给镇上招揽游客/to raise money for a hospital=为了给医院筹款""",
    "dish_why": """after the inn where it was first sold=得名于最初售卖它的客栈/because it looks like a hat=因为形状像帽子/to use up stale bread=为了用完剩面包/because sailors could keep it for months=因为水手可以存放数月/in honour of a visiting duke=为了向来访的公爵致敬/because the cook had run out of butter=因为厨师的黄油用完了""",
    "nature_why": """when a glacier dammed the valley=因冰川堵塞山谷/by a volcanic eruption=由火山喷发/because of its rare birds=因为珍稀鸟类/by a landslide=由山体滑坡/through erosion by the sea=由海水侵蚀/by the collapse of a crater=由火山口塌陷""",
    "gone_why": """to make room for a new road=为了给新路让道/because of dry rot=因为干腐/after a fire in the boiler room=因锅炉房失火/because repairs were too expensive=因为维修费用过高/to widen the street=为了拓宽街道/after a flood had weakened it=因洪水损坏/because it no longer paid=因为不再盈利/for lack of spare parts=因为缺少零件/after the war=战后/because the lease ran out=因为租约到期/because of asbestos=因为含石棉""",
    "named": """its discoverer's wife=发现者的妻子/a local saint=当地的一位圣人/the colour of its water=水的颜色/a dragon in an old story=古老传说中的龙/the surveyor general=测量总监/a wrecked ship=一艘失事的船""",
    "engine": """a six-cylinder diesel=六缸柴油机/two electric motors=两台电动机/a twin-cylinder petrol engine=双缸汽油机/four turboprops=四台涡轮螺旋桨发动机/a V8=V8发动机/a triple-expansion steam engine=三胀式蒸汽机/a rotary engine=转子发动机""",
}  # fmt: skip

LISTS: dict[str, list[Pair]] = {
    name: [
        (entry.split("=")[0].strip(), entry.split("=")[1].strip())
        for line in text.splitlines()
        for entry in line.split("/")
        if entry.strip()
    ]
    for name, text in _LISTS.items()
}

_COUNTS: dict[str, tuple[int, int, Pair]] = {
    "items": (12, 900, ("{} pages/{} leaves/{} items/{} letters/{} sheets", "{}页/{}件/{}张")),
    "people": (8, 2400, ("{}/{} people/{} men/{} passengers", "{}人/{}名")),
    "seats": (12, 210, ("{}/{} seats/{} passengers", "{}座/{}人/{}个座位")),
    "copies": (3, 99000, ("{}/{} copies/{} units/about {}", "{}/{}枚/{}辆/约{}")),
    "eggs": (1, 40, ("{}/{} eggs/up to {}", "{}枚/{}个/最多{}枚")),
    "left": (20, 9000, ("about {}/fewer than {}/{} individuals/{}", "约{}只/不足{}只/{}只")),
    "children": (1, 11, ("{}/{} children", "{}个/{}人")),
    "staff": (4, 9000, ("{}/{} people/about {}/{} workers", "{}人/约{}人/{}名员工")),
    "crowd": (200, 900000, ("{}/about {}/{} people/{} visitors", "{}人/约{}人次/{}名观众")),
}
_AMOUNTS: dict[str, tuple[int, int, Pair]] = {
    "money": (2, 90000, ("£{}/${}/{} marks/{} francs/{} yuan/{} guineas/{} taels of silver",
                         "{}英镑/{}美元/{}马克/{}法郎/{}元/{}畿尼/{}两白银")),
    "speed": (8, 320, ("{} km/h/{} knots/{} mph", "时速{}公里/{}节/每小时{}英里")),
    "years": (1, 90, ("{} years/up to {} years/about {} months", "{}年/最长{}年/约{}个月")),
    "heat": (40, 260, ("{} °C/{} degrees/about {} °C", "{}摄氏度/{}度/约{}℃")),
}  # fmt: skip


def draw_value(name: str, random: Random, *, year: int) -> Value:
    """A value of `name` for something that came to be about the year `year`."""
    if name in LISTS:
        return random.choice(LISTS[name])
    if name in _COUNTS or name in _AMOUNTS:
        low, high, words = _COUNTS.get(name) or _AMOUNTS[name]
        number = int(low * (high / low) ** random.random())
        place = random.random()
        written = f"{number:,}" if number >= 10_000 or random.random() < 0.3 else str(number)
        english, chinese = (_among(text, place) for text in words)
        return english.format(written), chinese.format(written)
    return _MAKERS[name](random, year)


def _among(text: str, place: float) -> str:
    # "km/h" holds the sign between alternatives.
    parts = text.replace("km/h", "km%h").split("/")
    return parts[int(place * len(parts))].replace("%", "/")


def _month(random: Random, year: int) -> Pair:
    del year
    number = random.randrange(12)
    later = (number + random.randint(1, 3)) % 12
    if random.random() < 0.5:
        return f"{MONTHS[number]} to {MONTHS[later]}", f"{number + 1}月至{later + 1}月"
    if random.random() < 0.3:
        return random.choice([("spring", "春季"), ("late summer", "夏末"), ("autumn", "秋季")])
    return MONTHS[number], f"{number + 1}月"


def _both(number: str) -> Pair:
    return number, number


_MAKERS: dict[str, Callable[[Random, int], Value]] = {
    "person": lambda random, year: make_person(random),
    "firm": lambda random, year: make_firm(random),
    "day": lambda random, year: make_day(random, year, year + 4),
    "day_old": lambda random, year: make_day(random, year - 2, year),
    "place": lambda random, year: make_place(random),
    "region": lambda random, year: random.choice(REGIONS),
    "holder": lambda random, year: random.choice(HOLDERS),
    "number": lambda random, year: _both(make_number(random)),
    "fleet": lambda random, year: _both(
        random.choice(["{}", "{}", "No. {}", "LT {}", "KA-{}", "G-{}", "Nr. {}"]).format(
            random.randint(1, 9999)
        )
    ),
    "month": _month,
    "flat": lambda random, year: make_size(random, "flat"),
    "long": lambda random, year: make_size(random, "long"),
    "tall": lambda random, year: make_size(random, "tall"),
    "small": lambda random, year: make_size(random, "small"),
    "heavy": lambda random, year: make_size(random, "heavy"),
    "area": lambda random, year: make_size(random, "area"),
}


def draw_name(naming: str, random: Random, kind: Pair) -> Pair:
    """What a thing is called: `kind` is what it is, in both languages."""
    english, chinese = kind
    title = english.title() if english.islower() else english
    if naming == "person":
        return make_person(random)
    if naming in ("scene", "artwork"):
        chance = random.random()
        if chance < 0.5:
            scene = random.choice(LISTS["scene"])
            return scene[0][0].upper() + scene[0][1:], scene[1]
        town, street = random.choice(TOWNS), random.choice(EPITHETS)
        if chance < 0.75:
            return f"View of {town[0]}", f"{town[1]}风景"
        return f"{street[0]} {title}", f"{street[1]}{chinese}"
    if naming == "ship":
        ship = random.choice(SHIPS)
        return random.choice(["", "SS ", "MV ", "the "]) + ship[0], f"{ship[1]}号"
    if naming == "vehicle":
        surname, number = random.choice(SURNAMES), random.randint(1, 99)
        letter = random.choice("ABCDEFGHKLMTX")
        return f"{surname[0]} {letter}{number}", f"{surname[1]}{letter}{number}"
    if naming == "maker_object":
        epithet = random.choice([*EPITHETS, *SURNAMES])
        return f"the {epithet[0]} {english}", f"{epithet[1]}{chinese}"
    if naming in ("plant", "animal"):
        first = random.choice(
            [("Spotted", "斑点"), ("Golden", "金"), ("Dwarf", "矮"), ("Giant", "巨"), ("Silver", "银"),
             ("Black-tailed", "黑尾"), ("Mountain", "山地"), ("Weeping", "垂"), ("Crested", "冠"),
             ("Red", "红"), ("Blue", "蓝"), ("Marsh", "沼泽"), ("Island", "岛")]
        )  # fmt: skip
        if random.random() < 0.4:
            surname = random.choice(SURNAMES)
            return f"{surname[0]}'s {english}", f"{surname[1]}{chinese}"
        return f"{first[0]} {english}".capitalize(), f"{first[1]}{chinese}"
    if naming == "specimen":
        first = random.choice([("Specimen", "标本"), ("Sample", "样本"), (title, chinese)])
        number = random.randint(1, 9999)
        return f"{first[0]} {number}", f"{first[1]}{number}号"
    if naming == "file":
        number = random.randint(1, 60)
        return f"{title} {number}", f"{chinese}{number}"
    if naming == "coin":
        worth = random.choice(
            [("five-cent", "五分"), ("one-shilling", "一先令"), ("ten-kopek", "十戈比"), ("silver", "银质"),
             ("jubilee", "纪念"), ("airmail", "航空"), ("two-mark", "两马克")]
        )  # fmt: skip
        place = random.choice(TOWNS)
        return f"the {worth[0]} {english} of {place[0]}", f"{place[1]}{worth[1]}{chinese}"
    if naming == "dish":
        place = random.choice(TOWNS)
        return f"{place[0]} {english}", f"{place[1]}{chinese}"
    if naming == "nature":
        first = random.choice([*EPITHETS, *GIVEN])
        return f"{first[0]} {title}", f"{first[1]}{chinese}"
    if naming == "festival":
        first = random.choice(
            [("Lantern", "灯笼"), ("Cherry", "樱桃"), ("Onion", "洋葱"), ("Harvest", "丰收"), ("Kite", "风筝"),
             ("River", "河"), ("Snow", "雪"), ("Candle", "蜡烛"), ("Goose", "鹅"), ("Tea", "茶")]
        )  # fmt: skip
        town = random.choice(TOWNS)
        return f"the {town[0]} {first[0]} {title}", f"{town[1]}{first[1]}{chinese}"
    if naming == "company":
        first = random.choice([*EPITHETS, *SURNAMES, *TOWNS])
        return f"the {first[0]} {title}", f"{first[1]}{chinese}"
    if naming == "map":
        town = random.choice([*TOWNS, *REGIONS])
        return f"{title} of {town[0].removeprefix('the ')}", f"{town[1]}{chinese}"
    first = random.choice([*EPITHETS, *TOWNS, *SURNAMES, *HAN_SURNAMES])
    return f"{first[0]} {title}", f"{first[1]}{chinese}"
