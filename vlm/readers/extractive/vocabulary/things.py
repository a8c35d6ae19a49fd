# ruff: noqa: E501
"""Buildings, their parts, materials, people and uses, in English and Chinese: data for `lexicon`.

Same format as `vocabulary.actions`. `TYPES` are the nouns that say what a subject is.
"""

TYPES = """
building: !building, !buildings, structure, edifice, complex, monument, landmark, premises, block, apartment block, blocks; 栋, 楼栋, 建筑, 建筑物, 建筑群, 古迹, 地标, 楼房, 大楼, 建筑体, 古建筑
site: site, place, spot, location, ground, grounds, plot, area; 遗址, 原址, 地方, 地点, 场所, 位置, 旧址, 地块, 这里, 那里, 此地, 遗迹
church: church, chapel, kirk, abbey, minster, priory, convent; 教堂, 礼拜堂, 小教堂, 修道院教堂, 修道院, 圣堂
cathedral: cathedral, basilica, !dom, duomo; 大教堂, 主教座堂, 圣殿, 主教堂, 教堂
monastery: monastery, cloister, vihara, nunnery, abbey, convent; 修道院, 僧院, 精舍, 寺院, 修院
mosque: mosque, masjid; 清真寺, 礼拜寺
temple: temple, shrine, sanctuary, gurdwara, mandir, pantheon; 庙, 神庙, 寺, 寺庙, 庙宇, 神殿, 祠, 圣祠, 寺院, 佛寺, 谒师所
shrine: shrine, jinja, dargah; 神社, 圣陵, 圣祠, 圣地, 祠堂, 神龛
pagoda: pagoda, stupa, tower; 塔, 宝塔, 佛塔, 窣堵坡, 舍利塔, 琉璃塔, 砖塔
tower: tower, skyscraper, campanile, minaret, spire, turret, high-rise, minar; 塔, 高塔, 塔楼, 摩天楼, 摩天大楼, 钟楼, 尖塔, 宣礼塔, 铁塔, 大厦, 光塔
pavilion: pavilion, kiosk, summerhouse; 阁, 楼阁, 亭, 亭子, 楼, 展馆
gate: gate, gateway, gatehouse, portal, propylaea, entrance; 门, 城门, 大门, 门楼, 城楼, 箭楼, 门户, 门廊, 拱门, 入口, 正门
arch: arch, archway; 拱门, 凯旋门, 拱, 牌坊, 门, 拱券
palace: palace, palazzo, palais, palacio, residence, château, chateau, mansion, villa, royal house; 宫, 宫殿, 皇宫, 王宫, 城市宫, 城堡, 府邸, 官邸, 宅邸, 行宫, 别墅, 皇宫建筑
castle: castle, chateau, château, fort, fortress, citadel, keep, stronghold, bastion, battery, fortification; 城堡, 堡垒, 要塞, 炮台, 堡, 王宫, 城寨, 碉堡, 防御工事
wall: !wall, !walls, rampart; 城墙, 墙, 围墙, 长城, 墙壁, 壁
tomb: tomb, mausoleum, grave, burial place, burial chamber, sepulchre, crypt, cenotaph, sarcophagus; 陵, 陵墓, 墓, 坟墓, 墓葬, 陵寝, 墓室, 地宫, 衣冠冢, 石棺, 坟
pyramid: pyramid; 金字塔
cave: cave, cavern, grotto; 石窟, 洞窟, 洞穴, 岩洞, 洞, 窟
theatre: theatre, theater, playhouse, auditorium, odeon; 剧院, 戏院, 剧场, 大剧院
opera: opera, opera house; 歌剧院, 歌剧, 大歌剧院
amphitheatre: amphitheatre, amphitheater, arena, colosseum, circus, bullring; 竞技场, 圆形剧场, 斗兽场, 角斗场
stadium: stadium, ballpark, arena, sports hall, sports ground; 体育场, 球场, 体育馆, 巨蛋, 运动场
library: library; 图书馆, 藏书楼
museum: museum, gallery; 博物馆, 美术馆, 陈列馆, 纪念馆, 展览馆, 博物院, 画廊
school: school, academy, college; 学校, 学院, 学堂, 书院
university: university; 大学
hospital: hospital, infirmary, asylum; 医院, 病院
hotel: hotel, inn, guesthouse, hostel; 酒店, 饭店, 旅馆, 宾馆, 旅店, 大饭店
platform: platform; 站台, 月台, 平台
station: station, railway station, terminal, terminus, depot; 车站, 火车站, 站房, 总站, 站, 航站楼, 地铁站
airport: airport, airfield; 机场, 飞机场
bridge: bridge, aqueduct, viaduct, overpass, flyover; 桥, 大桥, 高架桥, 立交桥, 渡槽, 水道桥, 引水渠
aquarium: aquarium, zoo; 水族馆, 动物园
deck: deck, viewing platform, observation deck, lookout, overlook; 观景台, 瞭望台, 观景平台, 眺望台
capsule: capsule, pod, cell; 胶囊, 舱
market: market, bazaar, market hall; 市场, 商场, 集市, 巴扎, 菜市场
shop: shop, store, mall, shopping centre, shopping center, department store, boutique; 商店, 店铺, 购物中心, 百货, 百货公司, 商铺, 店
office: office, office building, office block, office tower, headquarters; 办公, 办公楼, 写字楼, 办公大楼, 总部, 办公室, 办事处
factory: factory, mill, plant, works, foundry, brewery; 工厂, 厂, 作坊, 磨坊, 厂房
parliament: parliament, congress, senate, legislature, assembly, diet, capitol; 议会, 国会, 参议院, 立法机关, 议院, 人民议院, 国会大厦
courthouse: courthouse, court of law, law court, courts, federal courts; 法院, 法庭, 裁判所
prison: prison, jail, gaol; 监狱, 牢狱, 牢房
barracks: barracks, garrison, military base, military camp; 兵营, 军营, 营房, 驻地
apartment: apartment, flat, housing estate, housing, estate, dwelling, tenement, home, homes; 公寓, 住宅, 住宅区, 住房, 民居, 房屋, 住宅楼, 民房
house: !house, !houses, cottage, hut, birthplace; 房子, 住宅, 屋, 故居, 屋子, 砖房, 宅, 农舍, 房屋, 小屋
baths: bath, baths, swimming bath, thermae, swimming pool; 浴场, 澡堂, 浴池, 泳池, 游泳池, 游泳馆, 浴室
park: park, garden; 公园, 花园, 园林, 遗址公园, 园, 御苑, 庭园, 绿地
square: square, plaza, piazza, parade ground; 广场, 校场, 阅兵场
street: street, road, avenue, boulevard, crossroads, highway, junction, footpath; 街, 街道, 路, 马路, 大道, 大街, 道路, 公路, 路口, 人行道, 十字路口, 林荫大道
statue: statue, sculpture, figure, bust, colossus; 雕像, 塑像, 雕塑, 石像, 铜像, 神像, 像, 头像, 巨像, 坐像
column: column, pillar, obelisk; 柱, 柱子, 石柱, 铁柱, 圆柱, 方尖碑, 立柱, 纪念柱
memorial: memorial, commemoration; 纪念碑, 纪念馆, 纪念堂, 纪念物, 纪念地, 碑
hall: hall, assembly hall, meeting hall; 厅, 大厅, 堂, 礼堂, 会堂, 殿, 大殿, 正殿, 展厅, 会议厅, 厅堂
pool: pool, tank, pond, reservoir, lake, basin; 水池, 池, 池塘, 湖, 水塘, 圣池, 水库, 蓄水池
well: stepwell, well; 井, 阶梯井
observatory: observatory; 天文台, 观象台
lighthouse: lighthouse; 灯塔
parking: parking lot, car park, parking garage, parking, garage, truck stop; 停车场, 车库, 停车
realm: kingdom, empire, sultanate, state, colony; 王国, 帝国
city: city, town, capital, settlement; 城市, 城, 市, 镇, 城镇, 首都, 都城, 古城, 京城
village: village, hamlet; 村, 村庄, 村落
mountain: mountain, mount, hill, cliff, rock, peak; 山, 山丘, 山峰, 悬崖, 岩石, 峭壁, 崖, 丘, 岩壁, 山顶, 山崖
canyon: canyon, valley, gorge, ravine; 峡谷, 山谷, 谷
island: island, isle, peninsula; 岛, 岛屿, 半岛, 小岛
ruin: !ruins, !ruin, !ruined, rubble, debris, wreckage, remnant, heap; 废墟, 遗迹, 遗址, 残迹, 残骸, 瓦砾, 残垣
ship: ship, boat, ferry, vessel; 船, 轮船, 渡轮, 舰, 船只
train: train, railway, railroad, metro, subway, underground, tram, track; 火车, 铁路, 地铁, 列车, 铁道, 捷运, 电车, 轨道
factory_store: warehouse, storehouse, arsenal, granary; 仓库, 货栈, 粮仓, 军火库, 库房
cemetery: cemetery, graveyard, burial ground, churchyard; 公墓, 墓地, 陵园, 坟场
exhibition: exhibition, exhibit, fair, expo, exposition, world's fair, display; 展览, 博览会, 世博会, 世界博览会, 展出, 陈列, 展会
"""

FAMILIES = """
opera theatre hall
church cathedral monastery
palace castle house
temple shrine
tower pagoda
arch gate
house apartment
market shop
stadium amphitheatre
tomb memorial
"""
"""Kinds of which either may be said for the other: *the theatre* of an opera house."""

PARTS = """
storey: storey, story, floor, level; 层, 楼层, 一层, 层楼
roof: roof, rooftop; 屋顶, 顶, 房顶, 顶盖, 屋面
dome: dome, cupola; 圆顶, 穹顶, 穹隆, 圆拱顶, 小圆顶
vault: vault, ceiling; 拱顶, 天花板, 穹窿, 顶棚
facade: facade, façade, front, frontage, face; 正面, 立面, 门面, 外立面, 前壁
wing: wing, transept, annex, annexe; 侧翼, 翼, 翼楼, 附楼, 耳堂, 厢房
room: room, chamber, apartment, hall; 房间, 室, 房, 厅, 间, 套房
window: window, glass pane, lattice; 窗, 窗户, 窗子, 花窗, 格窗
door: door, doorway; 门, 门口, 门洞, 房门
stair: stair, stairs, staircase, stairway, step, steps; 楼梯, 台阶, 阶梯, 石阶, 梯级, 级
courtyard: court, courtyard, yard, patio, quadrangle; 庭院, 院子, 院, 中庭, 院落, 天井
corridor: corridor, colonnade, passage, cloister, portico, arcade, veranda, gallery; 走廊, 柱廊, 回廊, 长廊, 廊, 通道, 檐廊
clock: clock, clocks; 钟, 时钟, 大钟, 钟面
bell: bell, bells, carillon; 钟, 大钟, 铜钟, 编钟
cross: cross, crucifix; 十字架
finial: finial, pinnacle, spike, mast, lightning rod, aerial, antenna; 尖顶, 塔尖, 塔刹, 宝顶, 铜顶, 天线, 桅杆, 避雷针, 尖塔
altar: altar, high altar; 祭坛, 圣坛, 神坛
crypt: crypt, cellar, basement, underground room; 地下室, 地窖, 墓室, 地宫, 地下墓室
foundation: !foundations, footing, plinth, base, pedestal, platform, terrace; 地基, 基础, 底座, 基座, 台基, 塔基, 平台, 露台, 台座
beam: beam, rafter, timber frame, girder, truss; 梁, 房梁, 横梁, 木梁, 椽
frame: frame, framework, skeleton; 框架, 骨架, 构架, 架子
rivet: rivet, bolt, nail; 铆钉, 螺栓, 钉子, 钉
brickwork: !brick, !bricks, tile, tiles; 砖, 瓦, 瓷砖, 瓦片, 砖块
lift: lift, elevator; 电梯, 升降机
canopy: canopy, baldachin; 华盖, 天篷, 顶篷, 亭盖
torch: torch, flame, eternal flame, beacon; 火炬, 火焰, 长明火, 圣火
horse: horse, chariot, quadriga, cavalry; 马, 战车, 马车, 驷马, 骑兵
lion: lion; 狮, 狮子
bull: bull, nandi, ox; 公牛, 牛, 神牛
elephant: elephant; 大象, 象
bird: bird, crane, stork, eagle; 鸟, 鹤, 神鸟, 鹰, 鹳
serpent: serpent, snake, dragon; 蛇, 龙, 羽蛇
egg: egg; 蛋, 卵
ball: ball, sphere, globe, orb; 球, 圆球, 金球, 球体
angel: angel; 天使
inscription: inscription, inscribe, epitaph, plaque, tablet, lettering, text; 铭文, 碑文, 题字, 题刻, 石匾, 匾, 刻字, 铭牌, 题词, 碑刻
relief: relief, frieze, ornament, decoration, carving, decorate, mosaic; 浮雕, 雕饰, 装饰, 雕刻, 饰带, 镶嵌, 马赛克, 纹饰
painting: painting, mural, fresco, picture, canvas, paint; 壁画, 绘画, 画, 画作, 油画, 画像
stained_glass: stained glass; 彩色玻璃, 花窗玻璃, 彩绘玻璃
treasure: treasure, jewel, gem, diamond, precious stone; 宝藏, 宝石, 珠宝, 财宝, 珍宝, 钻石
relic: relic, relics, casket, reliquary; 圣物, 舍利, 遗物, 圣髑, 圣骨, 遗骨, 文物
throne: throne, crown; 宝座, 王座, 王位, 皇冠, 王冠
moat: moat, ditch; 护城河, 壕沟
seat: seat, seating, capacity; 座位, 席位, 座席, 坐席, 容量
organ: organ; 管风琴
pit: pit, shaft; 坑, 井道, 基坑
stone_ring: fence, railing, screen; 栏杆, 围栏, 屏风, 栅栏
wheel: wheel; 轮, 车轮
sign: sign, nameplate; 招牌, 标志, 标牌
"""

MATERIALS = """
stone: stone, masonry, rubble; 石, 石头, 石材, 石料, 石块, 石砌
brick: brick; 砖, 砖砌, 砖块
wood: wood, wooden, timber, log; 木, 木头, 木材, 木质, 木料, 木结构, 木构, 木制
iron: iron, wrought iron, cast iron, cast-iron; 铁, 熟铁, 铸铁, 钢铁
steel: steel; 钢, 钢材, 钢铁, 钢结构
glass: glass; 玻璃
concrete: concrete, cement; 混凝土, 水泥, 钢筋混凝土
marble: marble; 大理石, 汉白玉
granite: granite; 花岗岩, 花岗石
sandstone: sandstone; 砂岩
limestone: limestone; 石灰岩, 石灰石
bronze: bronze; 青铜, 铜
copper: copper; 铜, 红铜, 紫铜
gold: gold, golden, gilt, gilded, gild; 金, 黄金, 金色, 镀金, 鎏金, 金箔, 贴金
silver: silver; 银, 白银, 银色
lead: !lead; 铅
terracotta: terracotta, ceramic, porcelain, glazed; 陶, 陶瓷, 瓷, 琉璃, 赤陶, 瓷砖
plaster: plaster, stucco, lime; 灰泥, 灰浆, 石膏
mud: mud, adobe, clay, earth, earthen; 泥, 土, 夯土, 土坯, 泥砖, 泥土
gunpowder: gunpowder, powder, ammunition, munitions; 火药, 弹药, 军火
paper: paper, document, manuscript; 纸, 文件, 手稿, 文献
cloth: cloth, silk, textile; 布, 丝绸, 织物
wax: wax; 蜡
asbestos: asbestos; 石棉
"""

PEOPLE = """
architect: architect, designer, design, draw_up, drew, plan by, layout; 建筑师, 设计师, 设计者, 设计, 设计人
engineer: engineer, engineering; 工程师, 工程学
sculptor: sculptor, carver; 雕塑家, 雕刻家, 雕刻师
painter: painter, artist; 画家, 艺术家
builder: builder, contractor, mason, craftsman, artisan, stonemason, smith; 工匠, 匠人, 建造者, 承建商, 石匠, 铁匠
worker: worker, labourer, laborer, workforce, workman, slave; 工人, 劳工, 民工, 劳动者, 民夫, 奴隶
king: king, monarch, ruler, maharaja, raja, !kings, sovereign, prince; 国王, 君主, 王, 大公, 统治者, 君王, 土邦主, 王公, 亲王
crown_prince: crown prince, heir; 太子, 皇太子, 王储
queen: queen, empress, regent, princess, maharani; 女王, 王后, 皇后, 女皇, 公主, 摄政
emperor: emperor, tsar, czar, caesar, shah; 皇帝, 帝, 沙皇, 君主, 大帝
pharaoh: pharaoh, king; 法老, 国王
sultan: sultan, nawab, nizam, emir, caliph, khan; 苏丹, 纳瓦布, 可汗, 哈里发, 尼扎姆
president: president; 总统, 主席
minister: minister, prime minister, chancellor, premier; 首相, 总理, 部长, 大臣
governor: governor, viceroy, mayor, regent; 总督, 市长, 州长, 省长, 都督, 督军
pope: pope, pontiff, papal; 教皇, 教宗
bishop: bishop, archbishop, cardinal, abbot; 主教, 大主教, 枢机, 院长
priest: priest, clergy, missionary, jesuit; 神父, 牧师, 祭司, 传教士, 教士, 耶稣会, 耶稣会士
monk: monk, nun, friar; 僧人, 和尚, 修士, 僧侣, 修女
saint: saint, holy man; 圣人, 圣徒, 圣者, 圣
guru: guru, master; 古鲁, 上师, 祖师, 大师
god: god, goddess, deity, deity, lord; 神, 神灵, 女神, 上帝, 神祇, 天神
prophet: prophet, apostle; 先知, 使徒
officer: officer, general, admiral, commander, captain, lieutenant, colonel; 军官, 将军, 上将, 司令, 指挥官, 上尉, 将领, 海军上将
soldier: soldier, troop, troops, army, force, regiment, military, navy; 士兵, 军队, 部队, 军, 兵, 驻军, 军人, 海军, 陆军
enemy: enemy, rebel, insurgent, militant, invader, pirate; 敌人, 叛军, 起义军, 武装分子, 侵略者, 海盗
crowd: crowd, mob, people, citizen, inhabitant, population, public; 群众, 民众, 人群, 人们, 市民, 居民, 公众, 百姓, 人口, 老百姓
tourist: tourist, visitor, visit, tourism, sightseer, sightseeing, tourist sight, tourist attraction; 游客, 旅客, 游人, 参观者, 观众, 旅游, 参观, 游览, 景点, 观光
pilgrim: pilgrim, pilgrimage; 朝圣, 朝圣者, 香客, 朝拜
scholar: scholar, historian, archaeologist, archeologist, scientist, astronomer, professor, explorer, expert; 学者, 历史学家, 考古学家, 考古人员, 科学家, 天文学家, 教授, 专家, 史学家
explorer: explorer, navigator, traveller, traveler, seafarer; 探险家, 航海家, 旅行家, 航海, 探险
writer: writer, poet, author, novelist; 作家, 诗人, 作者, 小说家
singer: singer, sing, sang, sung, song, musician, composer, actor; 唱, 歌手, 唱歌, 演唱, 歌唱家, 音乐家, 作曲家, 演员
photographer: photographer, photograph; 摄影师, 摄影家
merchant: merchant, trader, businessman, industrialist, banker; 商人, 商贾, 企业家, 实业家, 银行家
owner: owner, own, belong, property, proprietor; 所有者, 业主, 拥有, 属于, 归, 产权, 主人
founder: founder; 创始人, 创立者, 奠基人
successor: successor, succeed, heir, predecessor; 继承人, 继任者, 继位, 后继者, 前任
father: father; 父亲, 父
mother: mother; 母亲, 母
parents: parents; 父母
son: son, sons; 儿子, 子, 之子, 皇子, 王子
daughter: daughter; 女儿
wife: wife, consort, widow, bride, empress, queen; 妻子, 妻, 夫人, 王妃, 爱妃, 皇后, 遗孀, 妃
husband: husband, widower; 丈夫
brother: brother, sister, sibling; 兄弟, 哥哥, 弟弟, 姐妹, 姐姐, 妹妹
family: family, clan, household, descendant; 家族, 家庭, 后裔, 后代, 家人, 王室, 皇室
dynasty: dynasty, ruling house; 王朝, 朝代, 朝, 代
child: child, children; 孩子, 儿童, 小孩
immigrant: immigrant, immigration, migrant, refugee, emigrant; 移民, 难民
prisoner: prisoner, captive, inmate; 囚犯, 俘虏, 犯人
caretaker: caretaker, guard, keeper, guardian; 看守, 守卫, 看门人, 管理员, 卫兵
committee: committee, board, council, commission, society, association, agency, department, authority; 委员会, 协会, 理事会, 学会, 机构, 部门, 当局, 局
company: company, firm, corporation, business; 公司, 企业, 商行, 集团
government: government, state, administration, ministry, national; 政府, 国家, 行政, 当局, 国立
party: party; 党, 政党
bank: !bank, !banks; 银行, 岸
team: team, club; 队, 球队, 俱乐部
"""
