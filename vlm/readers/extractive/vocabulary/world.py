# ruff: noqa: E501
"""Events of history, deeds, qualities, measures, peoples and places: data for `lexicon`.

Same format as `vocabulary.actions`.
"""

DEEDS = """
use: use, serve, function, purpose, home to, home of; 用, 用途, 用作, 用于, 用来, 作为, 作用, 使用, 供, 做什么, 充当, 设有
live: live, living, settle, dwell, inhabit, reside, resident, residence, occupy, lived-in; 住, 居住, 生活, 住在, 居民, 定居, 入住
worship: worship, prayer, pray, mass, masses, service, services, religious, rite, ritual, ceremony; 礼拜, 祈祷, 弥撒, 宗教, 仪式, 祭祀, 敬拜, 供奉, 奉祀, 宗教活动, 做礼拜, 宗教仪式
perform: perform, performance, show, concert, play, festival, music, dance; 演出, 表演, 音乐会, 音乐, 戏剧, 节日, 舞蹈, 庆典
celebrate: celebrate, celebration, festival, feast, mourning, gathering; 庆祝, 节, 庆典, 节庆, 悼念, 集会, 聚会
hold: hold, held, contain, accommodate, keep; 举行, 容纳, 举办, 收藏, 保存
meet: meet, met, meeting, sit, conference, congress; 开会, 会议, 集会, 会面
teach: teach, study, education, training, learn; 教学, 教育, 学习, 培训, 研究
trade: trade, sell, sold, buy, bought, purchase, acquire, acquisition, sale, auction; 买, 卖, 买下, 购买, 出售, 收购, 贸易, 交易, 拍卖, 购得, 购入, 买卖
give: give, gave, given, donate, donation, gift, present to, hand_over, cede, grant; 给, 赠, 捐, 赠送, 捐赠, 礼物, 移交, 交给, 交还, 赠予, 捐献, 割让
pay: pay, paid, fund, finance, money, raise money, subscription; 支付, 出资, 资助, 筹款, 资金, 付, 募捐
cost: cost, price, expense, budget, dollar, dollars, pound, franc, rupee, spend, spent; 花, 花费, 费用, 造价, 成本, 耗资, 钱, 花钱, 价格, 美元, 英镑, 卢比, 多少钱, 资金
rent: rent, lease, fee, admission, ticket; 租金, 租, 出租, 门票, 票, 收费, 票价
order: order, commission, command, decree, have built, had built, at the request; 下令, 命令, 下旨, 委托, 敕令, 诏令, 令
decide: decide, decision, vote, resolve; 决定, 投票, 表决
design: design; 设计
name: name, call, known as, rename, title, nickname, popular name, given the name; 名, 名字, 命名, 称, 叫, 取名, 改名, 更名, 改称, 又称, 称为, 名称, 得名, 俗称, 被称为, 原名
return: give_back, gave_back, given back, bring_back, brought_back, come_back, came_back, return; 归还, 还给, 恢复, 交还, 返还, 送回, 回归, 回到, 返回, 回来
list: list, inscribe, designate, designation, declare, declared, protected, register, entry, enter; 列入, 列为, 入选, 登录, 名录, 宣布, 指定, 登记, 公布, 评为, 定为, 被列为
heritage: unesco, world heritage, heritage; 世界遗产, 联合国教科文组织, 世遗, 遗产, 教科文组织, 世界遗产名录
protect: protect, protection, guard, defend, defence, defense; 保护, 守护, 防御, 守卫, 保卫, 防守
commemorate: commemorate, remember, honour, honor, in memory, memory, mark, celebrate, stand for, stood for, symbol, symbolise, symbolize, represent, mean, meaning; 纪念, 庆祝, 悼念, 怀念, 代表, 象征, 缅怀, 意味, 标志, 表示, 寓意
die: die, dead, death, died, dying, pass_away, decease; 死, 去世, 逝世, 死亡, 死于, 驾崩, 病逝, 身亡, 死者, 遇难
kill: kill, murder, massacre, execute, execution, behead, assassinate, victim; 杀, 杀害, 杀死, 处决, 屠杀, 刺杀, 遇害, 处死, 遇难, 死亡
bear: !born, birth, birthday; 生日, 诞辰, 寿辰, 出生, 诞生, 生于
bury: bury, burial, interred, inter, lies buried, laid to rest, entomb, body of; 葬, 埋葬, 安葬, 下葬, 埋, 长眠, 安息, 遗体, 遗骸, 葬于, 葬在
marry: marry, marriage, wedding; 结婚, 婚礼, 嫁, 娶, 婚姻
crown: crown, coronation, throne, enthrone, proclaim; 加冕, 登基, 即位, 宣告, 继位, 加冕礼
rule: rule, reign, govern, ruler; 统治, 在位, 治理, 执政, 当政
conquer: conquer, conquest, capture, seize, occupy, occupation, take, took, taken, invade, invasion, storm, loot, plunder; 占领, 征服, 攻占, 攻陷, 攻克, 夺取, 侵占, 入侵, 占据, 洗劫, 掠夺, 抢掠, 攻破, 俘虏, 被俘
arrest: arrest, imprison, sentence, try, trial, convict, captured, taken prisoner, jail, detain; 逮捕, 监禁, 判刑, 审判, 被捕, 被俘, 俘获, 关押, 囚禁
attack: attack, assault, siege, besiege, raid, bombard, shot, shots, fired on, fired at; 攻击, 进攻, 围攻, 围困, 袭击, 包围, 开炮, 开火, 炮击
battle: battle, fight, fought, combat; 战斗, 战役, 作战, 会战, 交战, 打仗
war: war, wartime, campaign; 战争, 大战, 战时, 内战, 征战, 世界大战, 战
revolution: revolution, rebellion, uprising, revolt, mutiny, riot, commune; 革命, 起义, 暴动, 叛乱, 兵变, 公社, 骚乱
victory: victory, win, won, defeat, beat, beaten, triumph; 胜利, 战胜, 击败, 打败, 战败, 凯旋, 赢
surrender: surrender, fall of, capitulate; 投降, 陷落
withdraw: move_out, moved_out, pull_out, pulled_out, withdraw, withdrew, retreat, leave, !left, depart, departure, march_out; 撤离, 撤退, 离开, 撤出, 撤走, 出发
origin: come from, came from, comes from; 来自, 出自, 产自
home: come home, came home, homeland, go home; 家园, 故乡, 回家, 家乡
arrive: arrive, arrival, landing, land, come, came, reach, visit; 访, 访问, 参拜, 到达, 抵达, 登陆, 到来, 来到, 到访, 访问, 登岸
lead: lead, led, guide, direct, head; 发起, 带领, 领导, 率领, 带到, 引导, 主持
send: send, sent, dispatch; 派, 派遣, 送, 寄
flee: flee, fled, escape; 逃, 逃跑, 逃离, 出逃, 逃走
independence: independence, independent, free, freedom, republic, constitution; 独立, 自由, 共和国, 宪法, 民国
treaty: treaty, sign, agreement, peace, armistice, accord, pact; 条约, 签署, 协议, 签订, 和约, 协定, 停战, 签字
speech: speech, speak, spoke, address, deliver, proclaim, announce, declare; 演讲, 演说, 讲话, 发言, 宣布, 发表, 宣告
collection: collection, collect, art collection; 收藏, 藏品
art: art, artwork, works of art, work of art; 艺术, 艺术品, 美术
register: register, registration, record; 登记, 注册
protest: protest, campaign, demonstrate, demonstration, oppose, opposition, petition, picket, outcry; 运动, 抗议, 反对, 示威, 请愿, 呼吁
resign: resign, quit, step_down, dismiss, leave; 辞职, 辞去, 卸任, 退出, 离职, 辞
appoint: appoint, elect, choose, chose, chosen, select, become, became, made a, made an, make a, make an; 任命, 选, 当选, 选出, 选择, 选中, 成为, 担任, 就任
competition: competition, contest, prize, award, win; 竞赛, 比赛, 奖, 获奖, 大赛, 竞图
write: write, wrote, written, novel, book, poem, publish, describe, description, account, report; 写, 写下, 书, 小说, 诗, 出版, 著, 记载, 撰写, 描述, 记述, 发表, 诗句
paint: paint, draw, drew, drawn, sketch, copy; 画, 绘, 描绘, 绘制, 临摹, 草图
photograph: photograph, photo, picture, image, film, shoot, shot; 照片, 摄影, 拍摄, 电影, 拍照, 影像, 相片, 图片
steal: steal, stole, stolen, theft, rob, robber, loot; 偷, 盗, 被盗, 盗窃, 偷走, 抢劫, 盗墓, 失窃
hide: hide, hid, hidden, conceal, bury; 藏, 隐藏, 掩埋, 埋藏
crash: crash, accident, collide, hit, struck, strike, plane, aircraft, bomber, airliner, hijack; 撞, 坠毁, 事故, 撞上, 撞击, 飞机, 坠落, 轰炸机, 客机, 劫持
stampede: stampede, crush, trample; 踩踏, 踩踏事故, 拥挤
jump: jump, leap, suicide; 跳, 跃, 自杀, 跳下
outdoors: open air, in the open; 露天
climb: climb, ascend, go_up, went_up; 爬, 登, 攀登, 登上, 攀爬, 登楼, 登塔
show: show, display, exhibit, demonstrate; 展示, 展出, 演示, 显示, 展现
store: store, storage, stored, keep; 存放, 储存, 贮藏, 存储, 储藏
cover: cover, coat, clad, wrap, face; 覆盖, 盖, 包, 包裹, 贴, 镶嵌, 铺, 覆, 贴面
hit_record: surpass, pass, exceed, outdo, overtake, lose the title, lost that title, record; 超过, 超越, 纪录, 打破
lean: lean, tilt, incline, sink, sank; 倾斜, 斜, 下沉, 沉降
flow: flow, pour, supply, carry water; 流, 供水, 输水, 引水
merge: merge, join, unite, connect, combine; 合并, 并入, 连接, 相连, 联合, 统一, 合
split: split, divide, separate, break, broke, broken; 分, 分割, 分开, 断, 破裂, 裂
allow: allow, permit, permission, ban, forbid, admit, access; 允许, 准许, 许可, 禁止, 批准, 不准
work: !work, !works, labour, employ; 工作, 工程, 施工, 劳动, 雇用, 动用, 雇
cast: !cast, forge, mould, mold, found metal; 铸, 铸造, 浇铸, 锻造
strike_fire: lightning, thunderbolt, storm; 雷击, 闪电, 雷, 雷电
earthquake: earthquake, quake, tremor; 地震, 大地震
flood: flood, tide, wave, tsunami; 洪水, 水灾, 潮, 海啸, 泛滥
hunt: hunt, hunter, hunting, tiger hunt; 打猎, 狩猎, 猎人, 猎
tell: tell, told, say, said, legend, tradition, according; 说, 相传, 传说, 据说, 讲, 称
believe: believe, think, thought, assume, assumed, consider, probably; 认为, 相信, 大概, 可能, 推测, 看作
date: date, dating, tree ring, dendrochronology; 年代, 日期, 测定, 年轮, 断代
hear: hear, heard, sound, voice; 听, 声音, 听到
stop: stop, cease, halt, interrupt, pause; 停, 停止, 中断, 停工, 暂停
continue: continue, go on, still in, last, keep on; 继续, 持续, 延续
help: help, support, assist; 帮助, 支持, 协助
run: run, operate, manage, administer, management, maintain; 经营, 运营, 管理, 维护, 管辖
fill: fill, dry, drain; 填, 填平, 充满, 排干
light: light, lit, lighting, illuminate, lamp; 灯, 点亮, 照明, 点灯, 光, 亮灯, 点燃
broadcast: broadcast, radio, television, studio; 广播, 电台, 电视, 电视台, 无线电, 演播室
weigh: weigh, weight, ton, tonne, tons, tonnes, kilogram, kilograms, kg, heavy; 重, 重量, 吨, 公斤, 千克, 多重
measure: measure, size, dimension; 测量, 尺寸, 大小
"""

QUALITIES = """
high: high, height, tall; 高, 高度, 多高, 高达
long: long, length; 长, 长度, 多长, 长达
wide: wide, width, broad; 宽, 宽度, 多宽
deep: deep, depth; 深, 深度, 多深
area_size: hectare, acre, square metre, square metres, square kilometre; 公顷, 英亩, 平方米, 平方公里, 面积, 占地
metre: metre, meter, metres, m, feet, foot, ft, centimetre, cm; 米, 公尺, 英尺, 厘米, 尺, 丈
kilometre: kilometre, kilometer, km, mile; 公里, 千米, 英里, 里
large: large, largest, big, biggest, great, greatest, huge, grand, gigantic; 大, 最大, 巨大, 大型, 宏大
small: small, smallest, little, tiny; 小, 小型, 最小
tallest: tallest, highest; 最高
oldest: oldest, earliest, ancient; 最古老, 最早, 最老
old: old, older, former, earlier, previous, original, earliest, ancient; 旧, 老, 原来, 原, 古老, 从前, 早先, 以前, 古代, 最初, 前身, 古, 早期
new: new, newer, present, current, modern, present-day, today's, rebuilt; 新, 现在的, 现代, 如今的, 今天的, 现有, 目前的
first: first, firstly; 第一, 首, 首次, 首座, 第一座, 最先, 初, 第一次, 首个
last: !last, final, latest; 最后, 末, 最后一, 末代, 最终, 最后的
second: second; 第二
third: third; 第三
only: only, sole; 只, 仅, 唯一, 只有
most: most, majority, mostly, main, mainly, chief; 大部分, 多数, 主要, 大半, 大多
half: half; 一半, 半, 三分之一
part: part, part of, section, portion, piece, fragment, a third of, a quarter of, third of, quarter of; 部分, 段, 片, 局部, 一段, 残段, 碎片
top: top, summit, upper; 顶, 顶部, 顶上, 顶端, 最高处, 上部, 顶层
inside: inside, interior, inner, within; 内部, 里面, 内, 里, 室内, 内侧
outside: outside, exterior, outer; 外部, 外面, 外, 外墙, 外侧, 外壁, 外层
behind: behind, rear; 后面, 背后, 后
side: side; 侧, 边, 旁, 一侧
middle: middle, centre, center, central; 中间, 中央, 中心, 中部
north: north, northern; 北, 北部, 北面, 北方, 北侧, 北边
south: south, southern; 南, 南部, 南面, 南方, 南侧, 南边
east: east, eastern; 东, 东部, 东面, 东方, 东侧, 东边
west: west, western; 西, 西部, 西面, 西方, 西侧, 西边
left_side: left-hand; 左
white: white; 白, 白色
black: black, dark; 黑, 黑色
red: red, pink; 红, 红色, 粉红
green: green; 绿, 绿色
blue: blue; 蓝, 蓝色
yellow: yellow; 黄, 黄色
round: round, circular, oval, octagonal; 圆, 圆形, 椭圆, 八角
holy: holy, sacred, divine; 神圣, 圣, 圣洁
royal: royal, imperial, regal; 皇家, 王家, 皇室, 帝国, 王室
famous: famous, well-known, renowned, known for, household word; 家喻户晓, 著名, 有名, 闻名, 知名, 出名
popular: popular; 流行, 受欢迎
rich: rich, wealthy; 富有, 富
public: public, open to the public; 公众, 公共, 公开, 向公众
partial: partial, partly; 部分, 局部
whole: whole, entire, all, complete; 整个, 全部, 整座, 全, 整体, 完整
style: style, baroque, gothic, romanesque, renaissance, neoclassical, classical; 风格, 样式, 式, 巴洛克, 哥特, 哥特式, 罗马式, 文艺复兴, 新古典, 古典
gothic: gothic; 哥特式, 哥特
baroque: baroque; 巴洛克
romanesque: romanesque; 罗马式
renaissance: renaissance; 文艺复兴
model: model, pattern, inspire, imitation; 模型, 样板, 仿照, 模仿, 蓝本, 原型
number: number, total, altogether, in all; 数量, 总数, 总共, 一共, 共, 数
population: population; 人口
century: century; 世纪
age: age; 年龄, 时代, 时期
time: time, period, era; 时间, 时候, 时期, 期间, 时代
day: day; 天
month: month; 月份
night: night; 夜, 夜晚, 夜间
winter: winter; 冬, 冬天, 冬季
summer: summer; 夏, 夏天, 夏季
spring: spring; 春, 春天, 春季, 泉
autumn: autumn; 秋, 秋天, 秋季
today: today, now, nowadays, present, currently, at present, still, these days; 今天, 现在, 如今, 目前, 现, 今, 当今, 仍, 仍然, 还, 依然, 至今, 现今
sun: sun, solar; 太阳
moon: moon; 月亮
star: star, stars, zodiac; 星, 星辰, 星座
heaven: heaven, sky; 天空, 天堂
earth_world: world, globe; 世界, 全球
sea: sea, ocean, harbour, harbor, port, bay, coast, shore; 海, 大海, 海洋, 港, 港口, 海湾, 海岸, 海边, 海港
river: river, stream, channel, canal; 河, 江, 河流, 运河, 河道, 溪
water: water, fresh water; 水, 用水
wind: wind, breeze; 风, 刮风
rain: rain, snow; 雨, 雪
tree: tree, forest, jungle, wood; 树, 树木, 森林, 丛林, 树林
flower: flower, lotus; 花, 莲花, 荷花
dog: dog, cat; 狗, 猫
tiger: tiger; 虎, 老虎
language: language, tongue; 语, 语言, 文字
food: food, meal, kitchen, restaurant, café, cafe; 食物, 餐, 饭, 厨房, 餐厅, 餐馆, 咖啡馆, 免费餐
game: game, games, sport, sports, football, baseball, basketball, olympic; 运动, 体育, 比赛, 足球, 棒球, 篮球, 奥运会, 球
book: book; 书, 书籍
music: music, song; 音乐, 歌
dream: dream, vision; 梦, 异象
law: law, act, legislation; 法, 法律, 法令, 法案
right: right; 权, 权利
tax: tax, taxes; 税, 税款
gas: gas, poison; 毒气, 气体
ice: ice, ice rink; 冰, 溜冰场
colour: colour, color; 颜色, 彩色
eye: eye; 眼, 眼睛
head: !head, !heads; 头, 头部, 头像
hand: hand, arm; 手, 臂, 手臂
body: body; 身体, 身
heart: heart; 心, 心脏
foot: foot, feet; 脚
"""

KINDRED = """
live arrive
order build
cost pay
architect build
appoint list
appoint name
founder build
heritage list
worship dedicate
worship god
kill die
conquer attack
arrive return
give trade
commemorate list
tourist open
owner trade
"""
"""Concepts that texts often use for each other: *built by* answers *who ordered it*."""

NUMBERS = """
n1: one, once, single;
n2: two, second, twice, both, pair, twin; 两
n3: three, third;
n4: four, fourth;
n5: five, fifth;
n6: six, sixth;
n7: seven, seventh;
n8: eight, eighth;
n9: nine, ninth;
n10: ten, tenth;
n11: eleven;
n12: twelve, dozen;
n20: twenty;
n30: thirty;
n50: fifty;
n100: hundred;
n1000: thousand;
n1000000: million; 百万
"""
CHINESE_NUMERALS = dict(zip("一二三四五六七八九十", range(1, 11), strict=True))
CHINESE_MEASURES = frozenset("座层个根块匹面口尊组次扇间条道位名幅条对栋")
"""Words that follow a number; without one a numeral may be part of a name."""
