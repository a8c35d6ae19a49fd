"""Nouns for kinds of things, in English and Chinese, and how the kinds lie to one another.

Our own list, made by hand. A line is `kind < broader kinds | English words | 中文词`; a word with
several senses stands in several lines. Knows no question and no document: `search.kinds` reads it.
Over 500 lines, since one list is easier to keep than several.
"""

KINDS = """
anything | thing, place, site, spot, location, object, item, piece, one, landmark, attraction,
    sight, view, scene, scenery, area, specimen, example, artefact, artifact, exhibit, work,
    creation, masterpiece, heritage, treasure, relic, remains, ruin, property, establishment,
    institution, organisation, organization, company, firm, business, enterprise, collection,
    record, entry, species, kind, type, model, subject, picture, photo, photograph, image,
    postcard, snapshot, print, engraving, etching, drawing, sketch, illustration, slide, negative,
    scan, film | 东西 物品 地方 景点 地点 景观 景色 古迹 遗迹 遗址 名胜 文物 物件 标本 展品 藏品
    作品 品种 物种 对象 照片 图片 图像 相片 明信片 影像 图 版画 素描 插图 机构 公司 企业 胜地 景区
    地标 单位 遗产
built < | building, structure, construction, edifice, monument, premises | 建筑 建筑物 构筑物
    古建筑 老建筑 楼 楼房 大楼 古建
area < | city, town, village, hamlet, district, quarter, neighbourhood, neighborhood, suburb,
    settlement, region, county, province, country, estate, campus, complex | 城市 城镇 镇 古镇 村
    村子 村庄 古村 城区 街区 社区 古城 老城 校园 建筑群 聚落 都城 城
open < area | square, plaza, park, garden, street, road, avenue, lane, alley, boulevard, cemetery,
    graveyard, churchyard, burial ground, zoo, playground, botanical garden, courtyard,
    battlefield, promenade, highway, motorway | 广场 公园 花园 园林 园 街 街道 大街 路 马路 公路
    大道 巷 胡同 墓地 公墓 陵园 植物园 动物园 庭院 战场 弄堂
nature < | landscape | 风景 自然景观
mountain < nature | mountain, hill, peak, volcano, summit, ridge, cliff, mount | 山 山峰 高山 火山
    山丘 峰 悬崖 岭
water < nature | lake, pond, lagoon, river, stream, creek, brook, waterfall, waterfalls, spring,
    glacier, bay, fjord, sea, ocean, strait, wetland, marsh, loch, cataract | 湖 湖泊 池塘 河 河流
    江 溪 小溪 瀑布 泉 冰川 海湾 海 海峡 湿地 沼泽 潭
island < nature area | island, isle, islet, atoll, archipelago | 岛 岛屿 小岛 群岛
land < nature | valley, canyon, gorge, desert, beach, coast, forest, wood, woodland, meadow,
    plain, cape, peninsula, moor, dune | 峡谷 山谷 沙漠 海滩 沙滩 海岸 森林 树林 草原 半岛
cave < nature built | cave, cavern, grotto, rock shelter | 洞 洞穴 山洞 岩洞 石窟 溶洞 窟
worship < built | place of worship, shrine, sanctuary, house of worship | 宗教建筑 圣殿 圣地
church < worship | church, cathedral, chapel, basilica, minster, kirk, parish church, meeting
    house, abbey church, baptistery, church building | 教堂 大教堂 礼拜堂 主教座堂 圣母堂 天主堂
    小教堂 堂
monastery < worship | monastery, abbey, priory, convent, nunnery, friary, cloister | 修道院 僧院
    寺院
temple < worship | temple, gurdwara, gurudwara, mandir, vihara, fire temple, temple complex | 寺
    庙 寺庙 寺院 神庙 庙宇 神社 古寺 道观 庵 祠 祠堂 宫观 佛寺 文庙 孔庙
mosque < worship | mosque, masjid | 清真寺 礼拜寺
synagogue < worship | synagogue | 犹太会堂 犹太教堂
pagoda < worship tower | pagoda, stupa, chorten, dagoba | 塔 宝塔 佛塔 古塔 砖塔 木塔 舍利塔
    窣堵坡
tomb < built | tomb, mausoleum, grave, sepulchre, burial chamber, necropolis, pyramid, crypt,
    catacomb, dolmen, barrow, tumulus, sarcophagus | 墓 陵墓 陵 坟 坟墓 古墓 皇陵 帝陵 陵寝 金字塔
    墓葬 地下墓穴 墓室
memorial < built sculpture | memorial, monument, cenotaph, war memorial, obelisk, column, arch,
    triumphal arch, stele, pillar, milestone | 纪念碑 碑 石碑 方尖碑 纪念柱 凯旋门 牌坊 牌楼 柱
    石柱 华表 纪念塔
castle < built | castle, fort, fortress, citadel, keep, stronghold, fortification, palace fort,
    fortified palace, blockhouse, redoubt, bastion, kasbah | 城堡 堡垒 要塞 古堡 炮台 碉堡 堡 红堡
palace < built | palace, royal palace, chateau, mansion, manor, manor house, country house, villa,
    stately home, residence, haveli | 宫 宫殿 皇宫 王宫 行宫 故宫 豪宅 别墅 庄园 府邸 府 殿 官邸
house < built | house, cottage, farmhouse, bungalow, home, dwelling, hut, cabin, town house, barn,
    almshouse, lodge, pavilion, teahouse, rectory, vicarage | 房子 房屋 住宅 民居 故居 旧居 屋
    小屋 农舍 亭 亭子 阁 楼阁 宅 四合院 大院 茶馆 轩 榭
flats < built | apartment building, apartment block, block of flats, tower block, tenement,
    housing block | 公寓 公寓楼 住宅楼 居民楼
hall < built | hall, town hall, city hall, guildhall, village hall, courthouse, parliament,
    capitol, government building, seat of government, assembly hall, council house, embassy,
    custom house | 大厅 市政厅 会堂 礼堂 议会大厦 国会大厦 法院 政府大楼 海关 会馆 大会堂 总督府
    衙门
tower < built | tower, bell tower, clock tower, campanile, minaret, belfry, turret, spire,
    steeple, watchtower, observation tower, shot tower, television tower, radio tower,
    transmitter, gate tower, lookout, flak tower | 塔 塔楼 钟楼 鼓楼 高塔 铁塔 电视塔 宣礼塔
    瞭望塔 望楼 城楼 箭楼 角楼 尖塔
skyscraper < tower office | skyscraper, high rise, high-rise, tower building | 摩天大楼 摩天楼
    高楼 大厦
office < built | office building, office block, headquarters, bank, exchange, stock exchange, post
    office, chamber of commerce | 办公楼 写字楼 银行 总部 邮局 交易所 大厦 邮政局
watertower < tower works | water tower, standpipe | 水塔
lighthouse < tower | lighthouse, light tower, lightstation | 灯塔 航标灯塔
chimney < built | chimney, smokestack, chimney stack, factory chimney, mill chimney, flue | 烟囱
    大烟囱
windmill < mill | windmill, post mill, smock mill | 风车 风车磨坊
mill < works | mill, watermill, flour mill, cotton mill, paper mill, sawmill, spinning mill | 磨坊
    水磨坊 纱厂 棉纺厂 面粉厂 造纸厂
works < built | factory, works, plant, brewery, distillery, foundry, ironworks, steelworks,
    shipyard, dockyard, workshop, warehouse, granary, mine, colliery, quarry, refinery, gasworks,
    gasometer, gas holder, power station, power plant, pumping station, forge, kiln, pottery,
    tannery, blast furnace, silo, grain elevator, depot, shed, engine house, engine shed, smithy |
    工厂 厂房 厂 酒厂 啤酒厂 铁厂 钢厂 钢铁厂 船厂 造船厂 作坊 车间 仓库 粮仓 矿 矿山 煤矿 采石场
    炼油厂 煤气厂 发电厂 发电站 电厂 电站 水厂 泵站 窑 高炉 库房 货栈
bridge < built | bridge, footbridge, viaduct, aqueduct, overpass, flyover, railway bridge,
    suspension bridge, drawbridge, swing bridge, covered bridge, skybridge, causeway | 桥 大桥
    石桥 木桥 铁桥 拱桥 石拱桥 吊桥 廊桥 浮桥 天桥 立交桥 高架桥 铁路桥 公路桥 人行桥 渡槽 古桥
    索桥 悬索桥 斜拉桥
dam < built | dam, weir, barrage, dyke, dike, levee, embankment, sluice | 坝 大坝 水坝 堤 堤坝
    拦河坝 水闸 堰
reservoir < water dam | reservoir | 水库 蓄水池
canal < water built | canal, lock, waterway, ditch, moat | 运河 船闸 护城河 水渠 渠
tunnel < built | tunnel, subway tunnel, underpass, mine shaft | 隧道 地道
harbour < built area | harbour, harbor, port, dock, docks, pier, jetty, quay, wharf, marina, ferry
    terminal | 港 港口 码头 船坞 栈桥
station < built | station, railway station, train station, terminus, rail station, bus station,
    tram depot, metro station, underground station, tube station, halt, junction | 车站 火车站 站
    站房 地铁站 汽车站 总站 老车站 候车室
airport < built | airport, airfield, aerodrome, hangar, airport terminal | 机场 航站楼 机库 飞机场
railway < built | railway, railroad, tramway, funicular, railway line, metro, cable car, ropeway |
    铁路 缆车 索道 有轨电车 地铁
school < built | school, college, university, academy, grammar school, seminary, library,
    institute, kindergarten, madrasa, madrasah | 学校 大学 中学 小学 学院 书院 图书馆 幼儿园
    藏书楼 经学院
hospital < built | hospital, infirmary, clinic, asylum, sanatorium, workhouse, orphanage, hospice
    | 医院 疗养院 诊所 孤儿院 养老院 病院
hotel < built | hotel, inn, guest house, hostel, motel, lodging house, resort, caravanserai | 酒店
    饭店 宾馆 旅馆 旅店 客栈 旅社 大饭店 大酒店 招待所
eating < built | restaurant, pub, tavern, cafe, coffee house, bar, public house, diner, club |
    餐厅 餐馆 酒吧 咖啡馆 酒楼 茶楼 酒馆 俱乐部
shop < built | shop, store, department store, market, market hall, mall, arcade, bazaar, corn
    exchange, shopping centre, shopping center, supermarket, bakery | 商店 百货大楼 百货公司 商场
    市场 集市 菜市场 店 购物中心 超市 巴扎 老字号 当铺
theatre < built | theatre, theater, opera house, concert hall, cinema, playhouse, music hall,
    picture palace, auditorium, movie theater, ballroom, amphitheatre, amphitheater, dance hall |
    剧院 剧场 戏院 大剧院 歌剧院 音乐厅 电影院 影院 戏楼 戏台 圆形剧场 舞厅
museum < built | museum, gallery, art gallery, exhibition hall, art museum, aquarium, planetarium,
    exhibition building | 博物馆 美术馆 陈列馆 展览馆 纪念馆 画廊 水族馆 天文馆 馆
sports < built | stadium, arena, racecourse, gymnasium, swimming pool, baths, bathhouse,
    velodrome, ice rink, circus, lido, ballpark, racetrack | 体育场 体育馆 竞技场 斗兽场 游泳池
    浴场 浴池 赛马场 球场 游泳馆
prison < built | prison, jail, gaol, penitentiary, barracks, police station, fire station, armoury
    | 监狱 牢房 兵营 军营 警察局 消防站
observatory < built | observatory | 天文台 观星台 观象台
gate < built | gate, gateway, gatehouse, city gate, town gate, portal | 门 城门 大门 关 关口 山门
wall < built | wall, city wall, town wall, rampart | 城墙 墙 长城 围墙 城垣
fountain < built sculpture | fountain, drinking fountain | 喷泉
well < built | well, stepwell, step well, baoli, cistern | 井 水井 古井 阶梯井
platform < built | altar, platform, terrace, pulpit | 台 坛 祭坛 高台 阅兵台
stones < built | stone circle, standing stone, megalith, henge | 石阵 巨石阵 石圈
bunker < built | bunker, pillbox, air-raid shelter | 地堡 掩体 防空洞
greenhouse < built | greenhouse, glasshouse, conservatory, palm house | 温室
ride < built | ferris wheel, roller coaster, carousel, merry-go-round | 摩天轮 过山车 旋转木马
kiosk < built | kiosk, bandstand, phone box, telephone box | 售货亭 电话亭 音乐亭
rig < works | lighting rig, oil rig, headframe, derrick, gasometer | 井架 钻井平台
vehicle < | vehicle, conveyance | 车 车辆 交通工具
ship < vehicle | ship, boat, vessel, steamer, steamship, paddle steamer, liner, ferry, warship,
    battleship, frigate, destroyer, cruiser, submarine, schooner, brig, barque, clipper, tug,
    tugboat, barge, yacht, trawler, sailing ship, lifeboat, canoe, junk, cutter, galleon, gunboat,
    ocean liner, aircraft carrier, tanker, freighter, dinghy, lightship, longship, corvette,
    sloop, whaler, ketch | 船 轮船 船只 军舰 战舰 帆船 汽船 蒸汽船 客轮 邮轮 渡轮 渡船 潜艇 驳船
    拖船 游艇 货轮 舰 艇 快艇 护卫舰 驱逐舰 巡洋舰 航母 油轮 独木舟 沙船 炮舰 明轮船 木船
locomotive < rail | locomotive, steam locomotive, engine, steam engine, diesel locomotive, railway
    engine, tank engine, shunter | 机车 火车头 蒸汽机车 内燃机车 电力机车
rail < vehicle | train, railcar, carriage, coach, railway carriage, wagon, tram, tramcar, trolley,
    streetcar, multiple unit, trolleybus | 火车 列车 车厢 电车 客车 货车 动车 动车组
road < vehicle | car, automobile, motor car, bus, omnibus, lorry, truck, van, motorcycle,
    motorbike, bicycle, tractor, fire engine, cart, wagon, carriage, coach, taxi, ambulance,
    limousine, roadster, sedan, tank, sleigh, sledge, traction engine, steamroller, scooter,
    wheelchair | 汽车 轿车 公共汽车 巴士 卡车 货车 摩托车 自行车 拖拉机 消防车 马车 出租车 救护车
    坦克 三轮车 轿子 客车 雪橇
aircraft < vehicle | aircraft, aeroplane, airplane, plane, biplane, monoplane, glider, helicopter,
    airship, balloon, bomber, fighter, flying boat, seaplane, jet, airliner, drone, zeppelin,
    fighter plane | 飞机 战斗机 直升机 滑翔机 飞艇 气球 轰炸机 客机 运输机 双翼机 水上飞机
spacecraft < vehicle | spacecraft, rocket, satellite, space probe, missile, spaceship, space
    shuttle | 火箭 卫星 飞船 航天器 导弹 探测器
plant < living | plant, herb, weed, cultivar, seedling, crop | 植物 草 药草 庄稼 草本 草药
flower < plant | flower, orchid, rose, lily, tulip, iris, daisy, poppy, primrose, lotus, peony,
    wildflower, blossom, gentian, violet, daffodil, carnation, chrysanthemum, snowdrop, thistle |
    花 花卉 兰花 玫瑰 百合 郁金香 牡丹 荷花 菊花 鲜花 野花 莲花 兰
tree < plant | tree, shrub, bush, conifer | 树 树木 灌木 大树 古树 乔木 老树
oak < tree | oak | 橡树 栎树 栎
pine < tree | pine, fir, spruce, cedar, larch, cypress, yew, juniper, redwood, sequoia | 松树 松
    柏树 柏 冷杉 云杉 红杉 杉
broadleaf < tree | beech, birch, maple, elm, ash, willow, poplar, plane, lime, chestnut, walnut,
    alder, baobab, banyan, eucalyptus, hornbeam, rowan, holly, magnolia, rhododendron, camellia |
    山毛榉 桦树 枫树 榆树 柳树 杨树 银杏 槐树 榕树 梧桐 樟树 杜鹃 山茶 玉兰
fruit < tree flower | apple, pear, cherry, plum, peach, orange, vine, grape, strawberry | 苹果 梨
    樱桃 桃 橙 葡萄 梅花 樱花 桃花 草莓
palm < tree | palm, palm tree | 棕榈 椰子树
fern < plant | fern, moss, horsetail, liverwort | 蕨 蕨类 苔藓
grass < plant | grass, sedge, rush, reed, bamboo, wheat, rice, barley, maize | 禾草 竹 竹子 小麦
    水稻 芦苇
cactus < plant | cactus, succulent | 仙人掌
seaweed < living | seaweed, alga, algae, kelp | 海藻 藻类 海带
fungus < living | fungus, fungi, mushroom, toadstool, lichen | 蘑菇 真菌 菌 地衣 菌类
living < | organism, creature, life form | 生物
animal < living | animal, beast | 动物 野兽
mammal < animal | mammal, horse, dog, cat, deer, lion, tiger, elephant, bear, whale, dolphin, bat,
    mouse, rat, rabbit, hare, cow, bull, cattle, sheep, goat, pig, monkey, ape, wolf, fox, seal,
    otter, kangaroo, leopard, camel, rhinoceros, antelope, squirrel, giraffe, zebra, hippopotamus,
    panda, badger, ox | 哺乳动物 马 狗 猫 鹿 狮子 老虎 虎 大象 熊 鲸 海豚 蝙蝠 老鼠 兔子 牛 羊 猪
    猴 猴子 狼 狐狸 海豹 豹 骆驼 犀牛 熊猫 大熊猫 松鼠 长颈鹿 斑马
bird < animal | bird, owl, eagle, hawk, falcon, duck, goose, swan, gull, parrot, penguin, heron,
    crane, stork, pigeon, dove, finch, sparrow, crow, raven, pheasant, auk, woodpecker,
    kingfisher, peacock, ostrich, songbird, warbler, thrush, kite, vulture, rail, tern | 鸟 鸟类
    猫头鹰 鹰 鸭 鸭子 鹅 天鹅 海鸥 鹦鹉 企鹅 鹤 鹳 鸽子 麻雀 乌鸦 孔雀 鸵鸟 朱鹮 白鹭 雁
fish < animal | fish, shark, salmon, trout, eel, carp, pike, cod, ray, herring, sturgeon | 鱼 鱼类
    鲨鱼 鲑鱼 鳗鱼 鲤鱼 鲟 鲟鱼
reptile < animal | reptile, snake, lizard, turtle, tortoise, crocodile, alligator, dinosaur |
    爬行动物 蛇 蜥蜴 龟 乌龟 鳄鱼 恐龙
amphibian < animal | amphibian, frog, toad, newt, salamander | 青蛙 蛙 蟾蜍 蝾螈 大鲵
insect < animal | insect, beetle, butterfly, moth, bee, wasp, ant, fly, dragonfly, bug,
    grasshopper, spider, scorpion, cricket, mosquito, cicada | 昆虫 甲虫 蝴蝶 蛾 蜜蜂 黄蜂 蚂蚁
    苍蝇 蜻蜓 蚱蜢 蜘蛛 蝎子 蝉 虫
shell < animal | shell, snail, mollusc, mollusk, clam, oyster, squid, octopus, crab, lobster,
    crustacean, starfish, coral, sea urchin, jellyfish, slug, mussel, shrimp | 贝壳 贝 蜗牛
    软体动物 牡蛎 章鱼 螃蟹 龙虾 海星 珊瑚 海胆 水母 虾 螺 海螺
fossil < | fossil, ammonite, trilobite, skeleton, skull, bone, tooth | 化石 骨架 骨骼 头骨 三叶虫
    菊石
mineral < | mineral, crystal, gem, gemstone, meteorite, rock, ore, stone, boulder, nugget, diamond
    | 矿物 晶体 宝石 陨石 岩石 矿石 石头 水晶 钻石 奇石
art < | artwork, work of art | 艺术品 美术作品 工艺品
painting < art depiction | painting, canvas, oil painting, watercolour, watercolor, portrait,
    fresco, mural, icon, miniature, altarpiece, scroll, landscape painting, still life,
    self-portrait, panel, triptych | 画 油画 绘画 画作 水彩画 肖像 肖像画 壁画 国画 水墨画 卷轴
    画卷 山水画 静物画 画像 自画像 唐卡
sculpture < art | sculpture, statue, bust, relief, figure, figurine, statuette, carving, bronze,
    colossus, equestrian statue, sphinx, totem pole, effigy, installation | 雕塑 雕像 塑像 像 铜像
    石像 佛像 大佛 半身像 浮雕 石雕 木雕 坐像 立像 石刻 俑 陶俑 神像 兵马俑
graphic < art depiction | woodcut, woodblock print, lithograph, poster, cartoon, fresco sketch,
    watercolour sketch, aquatint, mezzotint, caricature, photogravure | 木版画 石版画 海报 年画
    漫画 招贴
map < depiction document | map, plan, chart, atlas, globe, city plan | 地图 平面图 海图 地球仪
    图纸 图册
stamp < depiction | stamp, postage stamp | 邮票
mosaic < art depiction | mosaic, stained glass, stained glass window, window, tapestry, wall
    hanging | 马赛克 彩色玻璃 彩窗 花窗 挂毯
depiction < | album, photograph album, daguerreotype, glass negative, newsreel, video, movie,
    documentary | 相册 影集 电影 影片 录像 底片 胶片
document < | document, manuscript, book, letter, newspaper, magazine, charter, diary, codex,
    scroll, bible, novel, poem, pamphlet, certificate, deed, treaty, journal, ledger, dictionary,
    text, inscription, papyrus, sheet music, leaflet, catalogue, treatise, psalter, herbal,
    encyclopedia, ticket, passport | 书 书籍 图书 手稿 信 信件 信函 报纸 杂志 文件 日记 圣经 小说
    诗 契约 条约 词典 手抄本 古籍 经书 铭文 票 证书 抄本 刻本 文书 画册 碑文 竹简 经卷 奏折
instrument < | instrument, musical instrument | 乐器
strings < instrument | violin, viola, cello, double bass, guitar, lute, harp, mandolin, banjo,
    zither, lyre, fiddle, sitar, stringed instrument, guqin, erhu, pipa | 小提琴 中提琴 大提琴
    吉他 竖琴 琵琶 古琴 古筝 二胡 弦乐器 琴 三弦 曼陀林 筝
keyboard < instrument | piano, grand piano, harpsichord, clavichord, spinet, harmonium,
    fortepiano, accordion | 钢琴 大键琴 羽管键琴 手风琴 三角钢琴 古钢琴 琴
organ < instrument | organ, pipe organ | 管风琴 风琴 琴
wind < instrument | flute, oboe, clarinet, bassoon, recorder, trumpet, trombone, horn, tuba,
    bugle, saxophone, bagpipes, whistle, ocarina | 长笛 双簧管 单簧管 小号 长号 圆号 笛子 萨克斯
    唢呐 箫 笛 笙
drum < instrument | drum, cymbal, xylophone, gong, tambourine | 鼓 锣 木琴 铜鼓
bell < instrument | bell, carillon, chime | 钟 铜钟 编钟 大钟 铃
measuring < | telescope, microscope, astrolabe, sextant, compass, barometer, thermometer, scales,
    balance, scientific instrument, calculator, theodolite, quadrant, instrument, armillary sphere
    | 望远镜 显微镜 星盘 六分仪 指南针 罗盘 气压计 温度计 天平 秤 计算器 浑天仪 地动仪 仪器
clock < | clock, watch, pocket watch, timepiece, sundial, wristwatch, chronometer, longcase clock
    | 钟 时钟 钟表 表 怀表 手表 座钟 挂钟 日晷 自鸣钟 座钟 落地钟
machine < | machine, engine, steam engine, beam engine, press, printing press, loom, typewriter,
    sewing machine, computer, crane, pump, turbine, generator, lathe, camera, radio, television,
    telephone, gramophone, phonograph, robot, calculating machine, motor, projector, spinning
    wheel, plough, excavator, waterwheel | 机器 发动机 蒸汽机 印刷机 织布机 打字机 缝纫机 计算机
    电脑 起重机 水泵 涡轮机 发电机 车床 相机 照相机 收音机 电视机 电话 留声机 机器人 纺车 犁 水车
    放映机
weapon < | weapon, gun, cannon, rifle, pistol, musket, revolver, machine gun, howitzer, mortar,
    bow, arrow, crossbow, spear, shield, bomb, torpedo, halberd, catapult | 武器 枪 大炮 炮 步枪
    手枪 火枪 弓 箭 弩 矛 盾 炸弹 鱼雷 戈 戟 机枪
sword < weapon tool | sword, sabre, saber, dagger, knife, bayonet, blade, rapier, katana,
    scimitar, broadsword | 剑 刀 匕首 军刀 宝剑 佩剑 刺刀 马刀 佩刀
armour < | armour, armor, helmet, breastplate, cuirass, uniform, suit of armour | 盔甲 头盔 铠甲
    胸甲 军装
tool < | tool, axe, hammer, saw, plane, spade, hoe, implement, chisel, sickle, needle, anvil, hand
    axe | 工具 斧 斧头 锤子 锯 锄头 农具 凿子 镰刀 针 石斧 石器
money < | coin, banknote, currency, token, money, coinage, penny, shilling, ducat, denarius,
    dollar, florin, note, thaler, guinea, farthing | 硬币 钱币 钞票 纸币 货币 铜钱 古币 银元 金币
    银币 铜币 银锭
medal < money | medal, medallion, badge, decoration, award, trophy | 奖章 勋章 徽章 奖牌 纪念章
    奖杯
seal < | seal, signet, cylinder seal | 印章 印 玉玺 印玺
jewellery < | jewel, jewellery, jewelry, ring, necklace, brooch, bracelet, earring, crown, tiara,
    pendant, diadem, fibula, torc | 首饰 珠宝 戒指 项链 胸针 手镯 耳环 皇冠 王冠 冠 玉佩 簪
vessel < | vase, pot, jar, bowl, jug, cup, plate, dish, teapot, bottle, urn, amphora, goblet,
    chalice, tankard, ewer, pitcher, tureen, beaker, flask, vessel, pottery, porcelain, ceramic,
    ceramics, mug, basin, krater, cauldron, tripod, glass, tea caddy, snuffbox, tableware,
    earthenware, stoneware | 花瓶 瓶 瓶子 罐 碗 壶 茶壶 杯 杯子 盘 盘子 瓷器 陶器 陶罐 瓷瓶 青铜器
    鼎 尊 酒器 盆 缸 瓷盘 觚 爵 瓮 陶瓷 玻璃器 漆器 簋 香炉
furniture < | furniture, piece of furniture, chair, table, desk, cabinet, chest, bed, bench,
    stool, wardrobe, cupboard, sofa, bureau, throne, mirror, cradle, dresser, sideboard, screen,
    bookcase, writing desk, armchair, commode, pew, chest of drawers, settle | 家具 椅子 桌子 书桌
    柜子 箱子 床 长凳 凳子 衣柜 沙发 宝座 镜子 屏风 书柜 太师椅 圈椅 案 书案
lamp < | lamp, lantern, candlestick, chandelier, lamppost, street lamp, torch | 灯 灯笼 烛台 吊灯
    油灯 路灯
clothing < | dress, costume, garment, robe, gown, coat, shoe, boot, hat, glove, suit, shirt,
    jacket, skirt, kimono, cloak, cap, shawl, corset, bonnet, stocking, waistcoat, wedding dress,
    apron, trousers | 衣服 服装 裙子 袍 长袍 外套 鞋 靴子 帽子 手套 西装 衬衫 旗袍 和服 斗篷 龙袍
    婚纱 礼服 戏服
textile < | textile, carpet, rug, quilt, flag, banner, lace, embroidery, tapestry, fabric, cloth,
    curtain, sampler | 织物 地毯 被子 旗 旗帜 刺绣 布 丝绸 窗帘 锦
toy < | toy, doll, game, chessboard, puppet, teddy bear, dollhouse, chess set, rocking horse |
    玩具 娃娃 木偶 棋盘 皮影 风筝
food < | food, cake, bread, cheese, wine, beer, dish, soup, recipe | 食品 食物 蛋糕 面包 奶酪 酒
    啤酒 菜
star < | star, planet, comet, galaxy, nebula, moon, constellation, asteroid | 恒星 行星 彗星 星系
    星云 月亮 星座 小行星
person < | man, woman, person, boy, girl, child, lady, gentleman, soldier, sailor, king, queen |
    人 男人 女人 人物 男子 女子 孩子 先生 女士 士兵
"""
"""Each kind with the kinds that it is one of. `anything` holds nouns that say nothing of a kind."""

ALIKE = """
church monastery temple
church castle
church palace
church hall
church tower
church school
church museum
church theatre
monastery castle
monastery palace
monastery school
temple palace
temple tomb
temple pagoda
temple house
temple memorial
temple theatre
temple museum
temple cave
mosque tomb
mosque temple
mosque palace
mosque church
synagogue church mosque
tomb memorial
tomb palace
tomb temple cave
tomb pagoda
memorial tower
memorial gate
memorial sculpture
memorial lighthouse
castle palace house
castle gate
castle wall
castle tower
castle prison
castle school
palace house hall
palace museum
palace hotel
palace school
palace hospital
palace theatre office
palace gate
house hotel eating flats
house school
house shop office
house tower
house mill works
house flats
hall office museum school
hall theatre shop
hall station
hall hospital
hall hotel
office flats skyscraper hotel shop
flats skyscraper hotel
hotel eating
hotel hospital school flats
shop works
shop station
shop theatre eating
theatre museum sports
museum school
museum observatory
school hospital prison
tower gate
tower windmill
tower lighthouse
tower observatory
tower stones
works windmill
works station
works shop
works school
works flats
works prison
dam bridge
dam wall
dam canal
bridge canal
bridge railway
tunnel cave
tunnel bridge
station hall palace
station railway
station airport
harbour station
fountain memorial
well tomb
well sports
platform tomb
platform temple
stones tomb
greenhouse station
bunker castle
kiosk house
kiosk shop
wall bridge
canal water
reservoir canal
cave temple
cave tomb
cave monastery
island castle
mountain cave
chimney watertower
lighthouse chimney
ship house
locomotive machine
rail road
road machine
road weapon
aircraft spacecraft
* flower tree
* fern grass
* seaweed fungus
shell fossil
reptile amphibian fossil
insect shell
fossil mineral
* fossil animal
* fossil plant
painting graphic mosaic
sculpture vessel
sculpture toy
sculpture platform
graphic document
map painting
map graphic
document stamp
strings keyboard organ
measuring clock machine
clock tower
clock furniture
clock jewellery
machine tool works
machine instrument
machine measuring
weapon tool
weapon machine
armour clothing
money medal
medal jewellery seal
medal clothing
medal sculpture
seal sculpture
seal jewellery
* vessel food
vessel art
vessel lamp
vessel jewellery
furniture house
furniture toy
furniture textile
clothing textile
textile painting
textile mosaic
lamp tower
art furniture
art textile
art jewellery
art vessel
art clock
art clothing
mineral jewellery
mineral mountain
mineral sculpture
star mineral
fruit food
* plant food
observatory museum
"""
"""Kinds, a line each, of which a person may take one for another, or that a thing often becomes.
Behind `*`, what is narrower may be taken for the other too."""

PARTS = """
church: tower organ bell sculpture painting mosaic tomb clock memorial gate platform monastery
monastery: church tower gate open
temple: tower gate sculpture pagoda painting bell platform
mosque: tower tomb gate
castle: tower gate wall church prison well
palace: open gate hall tower fountain church
tower: clock bell observatory
hall: tower clock
station: clock tower railway hotel
school: church tower museum observatory
hospital: church
hotel: eating
skyscraper: hotel shop observatory
office: shop eating
bridge: tower gate sculpture lighthouse tunnel
wall: tower gate
gate: tower sculpture
works: chimney tower machine watertower house railway
mill: chimney machine
harbour: lighthouse ship bridge
dam: reservoir bridge works tunnel
memorial: sculpture fountain
lighthouse: lamp house
theatre: organ
tomb: sculpture tower gate mosque open
cave: painting sculpture
road: machine
ship: machine bell lamp
locomotive: machine
aircraft: machine
airport: tower
sports: tower
museum: open
railway: station bridge tunnel rail locomotive
document: graphic map painting
furniture: clock painting
prison: tower church
clothing: jewellery
weapon: sword
armour: sword weapon
money: sculpture
"""
"""`whole: parts`: a question about the part may be about the whole's own."""
