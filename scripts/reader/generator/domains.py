# ruff: noqa: E501
"""What can be said of things of many kinds: photographs, ships, plants, people, lines of buses …

Knows the kinds, their facts, and for each fact its words, its labels in records and where its value
comes from. Does not know how questions and sentences are made of the words (`phrases.py`).

A line of `_TABLE`, after `@ domain | family | English kinds | Chinese kinds | names`, is

    slot | class | value | English words | Chinese words | English labels | Chinese labels

Words of a `who`, `when` or `where` fact are `participles ; pasts ; nouns` in English and
`verbs ; nouns` in Chinese, alternatives by commas; of other facts, nouns.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slot:
    """A fact that a thing of a kind may have."""

    name: str
    kind: str
    value: str
    participles: tuple[str, ...]
    pasts: tuple[str, ...]
    nouns: tuple[str, ...]
    verbs_zh: tuple[str, ...]
    nouns_zh: tuple[str, ...]
    labels: tuple[str, ...]
    labels_zh: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Domain:
    """A kind of thing; `family` is how it can end (see `ENDS` in phrases), or `-`."""

    name: str
    family: str
    kinds: tuple[str, ...]
    kinds_zh: tuple[str, ...]
    naming: str
    slots: tuple[Slot, ...]


_TABLE = """
@ photograph | - | photograph,photo,picture,image,print | 照片,相片,图片,图像,照片 | scene
maker | who | person | taken,shot,made ; took,shot,made ; photographer,creator | 拍摄,拍 ; 摄影者,摄影师,作者 | Photographer,Creator,Taken by,Author,Photo credit,creator,photog,artist,Maker,photographer_name,By | 摄影者,拍摄者,作者,摄影师,摄影,创作者
made | when | day | taken,shot,made ; - ; date | 拍摄,拍 ; 拍摄日期,拍摄时间 | Date,Date taken,Year,Taken,date_created,Created,DateTaken,Date of photograph,when | 拍摄时间,拍摄日期,日期,年代,时间
place | where | place | taken,shot,made ; - ; place,location | 拍摄,拍 ; 拍摄地点 | Place,Location,Taken at,place,Locality,Address,Town,where | 地点,拍摄地点,位置,地址
depicts | of | scene | - | - | Subject,Depicts,Description,Caption,subject,What it shows,Scope and content | 主题,内容,画面内容,描述,说明
people | people | person | - | - | People,Persons shown,Sitter,Person depicted,people,Who | 人物,画中人,被摄者,人名
size | size | flat | - ; size,dimensions | ; 尺寸,大小 | Dimensions,Size,dimensions,Measurements,Format,dims | 尺寸,规格,大小
material | material | photo_process | - ; process,technique,medium | ; 工艺,技法 | Medium,Process,Technique,medium,Physical description,Type of print | 工艺,技法,介质,材质
number | number | number | - ; negative number,accession number,inventory number | ; 编号,底片号,登记号 | Accession number,Negative no.,ID,Identifier,Inv. no.,Call number,ref_no,Object number,Neg. | 编号,登记号,底片号,馆藏号,索书号
held | held | holder | kept,held,stored ; - ; collection | 收藏,保存 ; 收藏单位,馆藏 | Repository,Collection,Held by,Institution,Owner,Current location | 收藏单位,馆藏地,收藏机构,藏品所在
donor | who | person | given,donated ; gave,donated ; donor | 捐赠,捐出 ; 捐赠者,捐赠人 | Donor,Gift of,Credit line,Acquired from,Provenance,Donated by | 捐赠者,捐赠人,来源
acquired | when | day | acquired,added to the collection ; - ; date of acquisition | 入藏,收进馆 ; 入藏日期 | Date acquired,Acquired,Accession date,date_acquired,Received | 入藏日期,入藏时间,征集日期
@ painting | object | painting,picture,canvas,portrait,work | 画作,画,油画,肖像,作品 | artwork
maker | who | person | painted,made ; painted,made ; painter,artist | 画,绘制,创作 ; 画家,作者 | Artist,Painter,Creator,Painted by,Author,artist_name,Attributed to,all_artists | 作者,画家,创作者,艺术家
made | when | day | painted,made,finished ; - ; date | 画,绘制,完成 ; 创作年代,创作时间 | Date,Year,Painted,Date made,creation_date,Dated,dateText | 年代,创作时间,创作年份,日期
depicts | of | scene | - | - | Subject,Depicts,Description,Theme,subject | 题材,主题,描绘内容,内容
material | material | paint | - ; medium,technique | ; 材料,材质,技法 | Medium,Technique,Materials,medium,Support | 材质,媒材,技法,材料
size | size | flat | - ; size,dimensions | ; 尺寸,大小 | Dimensions,Size,dimensions,H × W,Measurements | 尺寸,画幅,大小
held | held | holder | kept,held,hung ; - ; gallery | 收藏,保存 ; 收藏地 | Repository,Gallery,Held by,Owner,Current location,Collection | 收藏地,馆藏地,现藏,收藏单位
donor | who | person | given,bequeathed ; gave,bequeathed ; donor | 捐赠,遗赠 ; 捐赠者 | Donor,Gift of,Bequest of,Credit line,creditLine | 捐赠者,捐赠人
cost | amount | money | bought for,sold for ; price | 买,购得 ; 价格,成交价 | Price,Price paid,Purchase price,Sold for,Hammer price | 价格,成交价,购价
number | number | number | - ; accession number,inventory number | ; 编号,登记号 | Accession number,acno,Inv. no.,Object number,ID,Cat. no. | 编号,藏品号,登记号
@ file | object | file,box,folder,volume,album,bundle | 卷宗,档案盒,文件夹,册,相册,文件捆 | file
maker | who | person | compiled,written,kept ; compiled,wrote,kept ; author,compiler | 编写,写,整理 ; 作者,编者 | Creator,Author,Compiled by,Written by,Originator,author | 作者,编者,撰者,形成者
made | when | day | written,compiled ; - ; date | 写,编成 ; 形成时间,日期 | Date,Dates,Date of creation,Covering dates,Year,Inclusive dates | 日期,形成时间,年代,起止日期
depicts | content | content | - | - | Contents,Content,Scope and content,Description,Summary,contains | 内容,内容提要,摘要,所含内容
count | count | items | - ; number of pages,extent | ; 页数,件数 | Extent,Pages,Number of items,Quantity,Physical extent,Items | 页数,件数,数量,载体形态
number | number | number | - ; shelf mark,reference,call number | ; 索书号,档号,编号 | Shelf mark,Reference,Call number,Ref.,Ref no,Identifier Call Number,Signature | 档号,索书号,编号,案卷号
held | held | holder | kept,held,stored ; - ; archive | 保存,收藏 ; 保管单位 | Repository,Held at,Archive,Institution,Custodian | 保管单位,收藏机构,馆藏地
donor | who | person | donated,deposited ; donated,deposited ; donor,depositor | 捐赠,移交 ; 捐赠者,移交人 | Donor,Deposited by,Acquired from,Source of acquisition | 捐赠者,移交单位,来源
language | what | tongue | - ; language | ; 语言,文种 | Language,Lang.,Language of material | 语言,文种,语种
fonds | what | fonds | - ; fonds,series,collection | ; 全宗 | Fonds,Series,Part of,Record group,Collection | 全宗,系列,所属全宗
@ map | object | map,chart,plan | 地图,海图,平面图 | map
maker | who | person | drawn,surveyed,engraved ; drew,surveyed,engraved ; cartographer,surveyor | 绘制,测绘 ; 绘制者,制图者 | Cartographer,Surveyor,Drawn by,Engraver,Creator,Maker | 绘制者,制图者,测绘者,作者
made | when | day | drawn,printed,published ; - ; date | 绘制,出版,印制 ; 绘制年代,出版时间 | Date,Published,Year,Date of publication,Surveyed | 绘制年代,出版时间,年代
depicts | of | place | - | - | Area,Coverage,Area shown,Geographic area,Subject | 地区,图示范围,覆盖范围
scale | what | scale | - ; scale | ; 比例尺 | Scale,Map scale,scale | 比例尺
material | material | paper | - ; material | ; 材质,载体 | Material,Medium,Support | 材质,载体
size | size | flat | - ; size,dimensions | ; 尺寸,大小 | Dimensions,Size,Sheet size | 尺寸,图幅
held | held | holder | kept,held ; - ; library | 收藏,保存 ; 收藏地 | Repository,Held by,Collection | 收藏地,馆藏
number | number | number | - ; sheet number,call number | ; 图号,编号 | Sheet no.,Call number,Ref.,ID | 图号,编号
@ instrument | object | violin,organ,clock,telescope,piano,microscope,bell,drum,sextant | 小提琴,管风琴,钟,望远镜,钢琴,显微镜,铃,鼓,六分仪 | maker_object
maker | who | firm | made,built,crafted ; made,built ; maker,builder | 制作,制造 ; 制作者,制造者 | Maker,Made by,Builder,Manufacturer,Workshop,maker | 制作者,制造者,制造商,工匠
made | when | day | made,built,finished ; - ; date | 制作,制造,完成 ; 制作年代 | Date,Year made,Made,Date of manufacture,Built | 制作年代,制造时间,年代
place | where | place | made,built ; - ; place of making | 制作,制造 ; 产地,制作地 | Place made,Origin,Place of manufacture,Where made | 产地,制作地,制造地
material | material | stuff | - ; material | ; 材质,材料 | Materials,Material,Made of,Medium | 材质,材料
size | size | small | - ; length,size | ; 长度,尺寸 | Length,Dimensions,Size,Overall length | 长度,尺寸,大小
owner | who | person | owned,played,used ; owned,played,used ; owner | 拥有,使用 ; 所有者,主人 | Owner,Former owner,Owned by,Player,Provenance | 所有者,原主人,使用者
cost | amount | money | bought for,sold for ; price | 买,售出 ; 价格 | Price,Sold for,Purchase price | 价格,售价
held | held | holder | kept,displayed,held ; - ; museum | 收藏,陈列 ; 收藏地 | Current location,Held by,On display at,Museum | 现存地,收藏地,陈列地
number | number | number | - ; serial number,inventory number | ; 序号,编号 | Serial number,Inv. no.,Object ID,Serial no. | 编号,序列号
@ building | building | hall,church,station,theatre,mill,factory,school,house,temple,hotel,market,library,cinema,hospital | 会堂,教堂,车站,剧院,磨坊,工厂,学校,宅院,寺庙,旅馆,市场,图书馆,电影院,医院 | building
maker | who | person | designed,planned ; designed,planned ; architect,designer | 设计 ; 建筑师,设计师,设计者 | Architect,Designer,Designed by,architect,Arch. | 建筑师,设计者,设计师
builder | who | firm | put up,built ; built,put up ; contractor,builder | 承建,施工 ; 承建商,施工单位 | Builder,Contractor,Built by,Main contractor | 承建商,施工单位,营造厂
made | when | day | built,erected,completed,constructed,finished ; - ; date of construction | 建造,建成,修建,落成,兴建 ; 建造年代,建成时间 | Built,Year built,Date,Completed,Construction date,Erected,year_built,date_built,Constructed | 建成时间,建造年代,始建年代,落成时间,年代
opened | when | day | opened,inaugurated ; - ; opening date | 开放,启用,揭幕 ; 启用时间,开放日期 | Opened,Opening date,Inaugurated,date_opened | 启用时间,开放时间,开幕日期
place | where | place | located,situated ; - ; location,address | 位于,坐落 ; 地址,位置 | Location,Address,Place,City,Town,Site,address,Where | 地址,位置,地点,所在地
material | material | stone | - ; material | ; 材料,建材 | Material,Materials,Construction,Built of,Fabric | 材料,建材,结构
size | size | tall | - ; height | ; 高度 | Height,height_m,Height (m),Tall | 高度,高
style | what | style | - ; style,architectural style | ; 建筑风格,风格 | Style,Architectural style,style | 风格,建筑风格,样式
owner | who | firm | owned,commissioned ; owned,commissioned ; owner,client | 出资,委托兴建 ; 业主,所有者 | Owner,Client,Commissioned by,owner | 业主,所有者,委托人
cost | amount | money | built for,built at a cost of ; cost,price | 建造 ; 造价,费用 | Cost,Construction cost,Price,cost | 造价,费用,建造费用
use | use | purpose | - ; use | ; 用途 | Current use,Use today,Present use,Function,use,Used as | 现用途,用途,现状用途,今用途
now | now | replacement | - | - | Replacement,Site today,Replaced by,Now on site,replacement,Current site use,What is there now,Successor,site_now | 现址,原址现状,取代者,原址今为,后来建筑
number | number | number | - ; list entry number,register number | ; 编号,登记号 | List entry,Register no.,Reference,Listing no.,ID | 编号,登记号
@ bridge | building | bridge,tower,lighthouse,viaduct,gate,dam,pier,pagoda,monument | 桥,塔,灯塔,高架桥,城门,水坝,码头,宝塔,纪念碑 | building
maker | who | person | designed,engineered ; designed,engineered ; engineer,designer | 设计 ; 工程师,设计者 | Engineer,Designer,Designed by,Architect,engineer | 工程师,设计者,设计师
made | when | day | built,completed,constructed ; - ; date of construction | 建造,建成,修建,竣工 ; 建成时间,竣工时间 | Built,Completed,Year,Date,Construction,year_completed,Erected | 建成时间,竣工时间,建造年代,年代
place | where | place | located,situated ; - ; location | 位于,坐落 ; 位置,地点 | Location,Place,Site,Town,Locale | 位置,地点,所在地
size | size | long | - ; length,height | ; 长度,高度 | Length,Height,Span,Total length,Main span,length_m | 长度,高度,跨度,全长
material | material | stone | - ; material | ; 材料 | Material,Materials,Structure | 材料,结构,材质
cost | amount | money | built for,built at a cost of ; cost | 建造 ; 造价 | Cost,Construction cost | 造价,费用
cause | why | purpose_why | built ; | 建造,修建 ; | Reason,Purpose,Why built | 修建原因,目的,缘由
now | now | replacement | - | - | Replacement,Replaced by,Site today,replacement,Successor | 取代者,后继,原址现状
@ ship | ship | ship,steamer,schooner,ferry,boat,liner,tug,barge | 船,轮船,帆船,渡轮,小艇,客轮,拖船,驳船 | ship
maker | who | firm | built,constructed ; built,constructed ; builder,shipyard | 建造,制造 ; 建造者,船厂,造船厂 | Builder,Shipyard,Built by,Yard,builder | 建造者,船厂,造船厂,建造商
made | when | day | launched,built,completed ; - ; launch date | 下水,建造,完工 ; 下水时间,建造年份 | Launched,Built,Year,Completed,launch_date,Date of launch | 下水日期,下水时间,建造年份
captain | who | person | commanded,captained ; commanded,captained ; captain,master | 指挥,驾驶 ; 船长 | Captain,Master,Commander,Skipper | 船长,指挥官
owner | who | firm | owned,operated,ordered ; owned,operated,ordered ; owner,operator | 经营,订购 ; 船东,所有者 | Owner,Operator,Owners,Line | 船东,所有者,经营者,运营方
place | where | place | built,registered ; - ; home port | 建造,注册 ; 船籍港 | Port of registry,Home port,Place built,Registered at | 船籍港,母港,建造地
size | size | long | - ; length | ; 长度,船长 | Length,Length overall,LOA,length | 长度,全长
weight | size | heavy | - ; weight,tonnage,displacement | ; 吨位,排水量 | Tonnage,Displacement,GRT,Burden | 吨位,排水量
count | count | people | - ; crew,number of passengers | ; 船员人数,载客量 | Crew,Complement,Passengers,Capacity | 船员,载客量,乘员
speed | amount | speed | - ; top speed,speed | ; 航速,最高速度 | Speed,Top speed,Service speed | 航速,最高航速
@ vehicle | vehicle | bus,tram,locomotive,aircraft,car,truck,trolleybus,motorcycle,airship,tractor | 公交车,有轨电车,机车,飞机,汽车,卡车,无轨电车,摩托车,飞艇,拖拉机 | vehicle
maker | who | firm | built,made,manufactured ; built,made,manufactured ; maker,manufacturer,builder | 制造,生产 ; 制造商,厂家 | Manufacturer,Builder,Maker,Built by,Make,manufacturer,Coachwork | 制造商,生产厂家,制造者
designer | who | person | designed ; designed ; designer,engineer | 设计 ; 设计师,设计者 | Designer,Designed by,Chief engineer | 设计师,设计者
made | when | day | built,made,delivered,introduced ; - ; year of construction | 制造,出厂,投入使用,生产 ; 出厂时间,制造年份 | Year,Built,Year built,Delivered,Introduced,Into service,New | 出厂年份,制造年份,投入使用时间,生产时间
number | number | fleet | - ; fleet number,registration | ; 车号,编号,牌照 | Fleet number,Registration,Reg. no.,Running number,Works number,fleet_no | 车号,编号,牌照号
speed | amount | speed | - ; top speed | ; 最高速度,时速 | Top speed,Max. speed,Speed | 最高速度,时速
count | count | seats | - ; number of seats,capacity | ; 座位数,载客量 | Seats,Capacity,Seating | 座位数,载客量,座席
engine | what | engine | - ; engine,motor | ; 发动机 | Engine,Motor,Power unit,Powerplant | 发动机,动力
owner | who | firm | operated,run,owned ; operated,ran,owned ; operator,owner | 运营,拥有 ; 运营商,所有者 | Operator,Owner,Company,Fleet | 运营商,所有者,运营单位
weight | size | heavy | - ; weight | ; 重量 | Weight,Mass,Unladen weight | 重量,自重
held | held | holder | kept,displayed,preserved ; - ; museum | 陈列,保存 ; 保存地 | Current location,Preserved at,Museum,On display | 保存地,陈列地,现存地
made_count | count | copies | - ; number built | ; 产量,生产数量 | Number built,Production,Total built,Units | 产量,生产数量,总产量
@ plant | species | plant,tree,shrub,flower,herb,orchid,fern | 植物,树,灌木,花,草药,兰花,蕨类 | plant
maker | who | person | described,named,introduced ; described,named,introduced ; author,botanist | 命名,描述,引种 ; 命名者,植物学家 | Described by,Author,Named by,Authority,Botanist | 命名者,命名人,描述者
made | when | day | described,named,introduced ; - ; year of description | 命名,描述,引种 ; 命名年份 | Year described,First described,Introduced,Year | 命名年份,命名时间,引种时间
place | where | region | found,grown ; - ; range,habitat,origin | 分布,生长 ; 分布,产地,原产地 | Range,Distribution,Native to,Habitat,Origin,Provenance | 分布,产地,原产地,生境
size | size | small | - ; height,leaf length | ; 高度,株高 | Height,Height at maturity,Leaf length,Size | 株高,高度,叶长
colour | what | colour | - ; colour,flower colour | ; 花色,颜色 | Flower colour,Colour,Flowers,Bloom colour | 花色,颜色
flowers | when_month | month | - | - | Flowering time,Flowers in,Blooms,Season,Flowering | 花期,开花时间
food | use | plant_use | - ; use | ; 用途 | Uses,Use,Used for,Economic use | 用途,利用
danger | why | plant_why | avoided,protected ; | 保护,忌食 ; | Remarks,Notes,Reason for protection | 保护原因,备注
number | number | number | - ; accession number,bed number | ; 登记号,编号 | Accession,Bed,Plant ID,Label no. | 登记号,编号,标牌号
@ animal | species | bird,fish,frog,beetle,butterfly,lizard,mammal,parrot,bat,snail | 鸟,鱼,蛙,甲虫,蝴蝶,蜥蜴,兽类,鹦鹉,蝙蝠,蜗牛 | animal
maker | who | person | described,named,discovered ; described,named,discovered ; author,discoverer | 命名,描述,发现 ; 命名者,发现者 | Described by,Authority,Discovered by,Named by | 命名者,发现者,描述者
made | when | day | described,discovered,named ; - ; year of description | 命名,发现,描述 ; 命名年份,发现时间 | Year described,Described,Discovered,First recorded | 命名年份,发现时间
place | where | region | found,seen ; - ; range,habitat | 分布,生活,栖息 ; 分布,栖息地 | Range,Habitat,Distribution,Found in | 分布,栖息地,产地
size | size | small | - ; length,size,wingspan | ; 体长,翼展 | Length,Body length,Wingspan,Size | 体长,翼展,大小
weight | size | heavy | - ; weight | ; 体重,重量 | Weight,Body mass,Mass | 体重,重量
food | eats | food | - ; food,diet | ; 食物,食性 | Diet,Food,Feeds on | 食物,食性
count | count | eggs | - ; clutch size,number of eggs | ; 窝卵数,产卵数 | Clutch size,Eggs,Clutch | 窝卵数,产卵数
life | amount | years | - ; lifespan | ; 寿命 | Lifespan,Life span,Longevity | 寿命
left | count | left | - ; population,number left | ; 种群数量,现存数量 | Population,Number left,Estimated population,Wild population | 种群数量,现存数量
cause | why | decline | threatened,hunted ; | 濒危,减少 ; | Threats,Cause of decline,Reason | 致危因素,减少原因
@ specimen | object | specimen,skull,shell,mineral,fossil,skin,herbarium sheet | 标本,头骨,贝壳,矿物,化石,毛皮,腊叶标本 | specimen
maker | who | person | collected,found ; collected,found ; collector,finder | 采集,发现 ; 采集人,采集者 | Collector,Collected by,Leg.,Found by,collector,recordedBy,coll. | 采集人,采集者,发现者
made | when | day | collected,found ; - ; date of collection | 采集,发现 ; 采集日期,采集时间 | Date collected,Collected,Date,eventDate,Coll. date | 采集日期,采集时间
place | where | place | collected,found ; - ; locality | 采集,发现 ; 采集地,产地 | Locality,Place,Collected at,Site,locality,Loc. | 采集地,产地,采集地点
determiner | who | person | identified,determined ; identified,determined ; determiner | 鉴定 ; 鉴定人,鉴定者 | Det.,Identified by,Determined by,identifiedBy,Determiner | 鉴定人,鉴定者
number | number | number | - ; catalogue number,specimen number | ; 标本号,编号 | Catalogue no.,Specimen no.,Catalog number,catalogNumber,Cat. no.,Reg. no. | 标本号,编号,登记号
held | held | holder | kept,stored,held ; - ; collection | 保存,收藏 ; 保存地 | Institution,Repository,Stored at,Held at | 保存单位,收藏地,馆藏
how | what | preservation | - ; preservation,preparation | ; 保存方式,制作方法 | Preparation,Preservation,Preserved in,Prep. | 保存方式,制作方法
size | size | small | - ; length,size | ; 长度,大小 | Length,Size,Measurements | 长度,大小,尺寸
weight | size | heavy | - ; weight | ; 重量 | Weight,Mass | 重量
@ person | person | painter,engineer,botanist,singer,teacher,sailor,composer,printer,doctor | 画家,工程师,植物学家,歌唱家,教师,水手,作曲家,印刷匠,医生 | person
born | when | day_old | born ; - ; date of birth,birth date | 出生 ; 出生日期,生年 | Born,Date of birth,Birth,birth_date,beginyear,b. | 出生日期,出生,生年,生日
birthplace | where | place | born ; - ; birthplace,place of birth | 出生 ; 出生地,籍贯 | Birthplace,Place of birth,Born in | 出生地,籍贯
job | what | job | - ; profession,occupation | ; 职业 | Occupation,Profession,Trade,Known as | 职业,身份
spouse | who | person | married ; married ; spouse,partner | 结婚,嫁给 ; 配偶 | Spouse,Married to,Husband/wife,Partner | 配偶,伴侣
teacher | who | person | taught,trained ; taught,trained ; teacher,master | 教,指导 ; 老师,师承 | Teacher,Studied under,Pupil of,Master | 老师,师承
worked | where | place | - ; - ; workplace | 工作,任职 ; 工作地 | Worked in,Active in,Place of work,Workplace | 工作地,活动地
prize | what | prize | - ; prize,award | ; 奖项,荣誉 | Awards,Prize,Honours,Award | 奖项,荣誉,所获奖
children | count | children | - ; number of children | ; 子女人数 | Children,Issue,Number of children | 子女,子女人数
buried | where | place | buried ; - ; burial place,grave | 安葬,葬 ; 墓地 | Buried,Burial place,Grave | 墓地,葬地
@ company | company | company,newspaper,school,bank,brewery,railway line,orchestra,bus route,observatory,shop,society | 公司,报社,学校,银行,啤酒厂,铁路线,乐团,公交线路,天文台,商店,学会 | company
maker | who | person | founded,set up,started ; founded,set up,started ; founder | 创办,创立,创建 ; 创办人,创始人 | Founder,Founded by,Established by,founder | 创办人,创始人,创立者
made | when | day | founded,established,set up ; - ; founding date | 创办,成立,创立 ; 成立时间,创办时间 | Founded,Established,Year founded,Date of foundation,Since | 成立时间,创办时间,创立年份
place | where | place | based,located ; - ; headquarters,seat | 位于,设 ; 总部,所在地 | Headquarters,Seat,Based in,Location,Address | 总部,所在地,地址
head | who | person | led,directed,managed ; led,directed,managed ; director,manager | 领导,管理 ; 负责人,经理 | Director,Manager,Head,Chairman,Led by | 负责人,经理,主任
product | what | product | - ; product,main product | ; 产品,主要产品 | Products,Main product,Makes,Goods | 产品,主要产品
count | count | staff | - ; number of employees,staff | ; 员工人数,雇员 | Employees,Staff,Workforce,Number of employees | 员工人数,雇员数
income | amount | money | - ; turnover,revenue | ; 营业额 | Turnover,Revenue,Annual sales | 营业额,年收入
now | now | successor | - | - | Successor,Merged into,Replaced by,Taken over by | 后继者,并入,继承者
@ festival | event | festival,fair,race,parade,market,regatta,competition | 节,庙会,赛跑,游行,集市,赛舟会,比赛 | festival
maker | who | person | founded,started ; founded,started ; founder | 创办,发起 ; 创办人,发起人 | Founder,Started by,Founded by,Initiator | 创办人,发起人
made | when | day | first held,founded,started ; - ; first edition | 首次举办,创办 ; 首届时间 | First held,Since,First edition,Founded | 首届时间,首次举办
place | where | place | held,celebrated ; - ; venue,place | 举行,举办 ; 举办地,地点 | Venue,Place,Location,Held in | 举办地,地点
flowers | when_month | month | - | - | Month,Held in,Season,Takes place | 举办时间,时间,月份
count | count | crowd | - ; attendance,number of visitors | ; 参加人数,观众人数 | Attendance,Visitors,Participants | 参加人数,观众人数
food | eats_there | dish | - ; traditional food | ; 传统食物 | Food,Traditional food,Dish | 传统食物,食品
cause | why | event_why | held,founded ; | 举办,创办 ; | Origin,Reason,Why held | 由来,起因,缘起
prize | what | prize | - ; prize | ; 奖品,奖项 | Prize,Trophy,Award | 奖品,奖项
@ coin | object | coin,stamp,banknote,medal | 硬币,邮票,纸币,奖章 | coin
maker | who | person | designed,engraved ; designed,engraved ; designer,engraver | 设计,雕刻 ; 设计者,雕刻者 | Designer,Engraver,Designed by,Artist | 设计者,雕刻者
made | when | day | issued,struck,printed ; - ; date of issue | 发行,铸造,印制 ; 发行日期,发行时间 | Issued,Date of issue,Year,Struck,First day | 发行日期,发行时间,铸造年份
depicts | of | scene | - | - | Subject,Depicts,Motif,Design | 图案,主题,图样
material | material | metal | - ; material,metal | ; 材质 | Material,Metal,Composition | 材质,成分
value | amount | money | - ; face value,denomination | ; 面值 | Face value,Denomination,Value | 面值
made_count | count | copies | - ; mintage,print run | ; 发行量 | Mintage,Print run,Quantity,Number printed | 发行量,印量
size | size | small | - ; diameter,size | ; 直径,尺寸 | Diameter,Size,Dimensions | 直径,尺寸
place | where | place | struck,printed ; - ; mint,printing works | 铸造,印刷 ; 铸造地,印刷地 | Mint,Printed at,Printer's town | 铸造地,印刷地
number | number | number | - ; catalogue number | ; 目录号,编号 | Catalogue no.,Cat. no.,Michel no. | 目录号,编号
@ dish | - | dish,cake,drink,soup,cheese,tea,bread,sauce | 菜,糕点,饮料,汤,奶酪,茶,面包,酱 | dish
maker | who | person | invented,created ; invented,created ; inventor,cook | 发明,创制 ; 发明者,创制人 | Inventor,Created by,Invented by,Cook | 发明者,创制人
made | when | day | invented,created,first served ; - ; date of origin | 发明,创制 ; 起源时间 | Invented,First served,Since,Date | 起源时间,创制时间
place | where | place | made,eaten,invented ; - ; origin | 制作,发明 ; 产地,发源地 | Origin,Place of origin,Comes from,Region | 产地,发源地,起源地
food | material | ingredients | - ; ingredients,main ingredient | ; 原料,主料 | Ingredients,Main ingredient,Made with | 原料,主料,配料
cause | why | dish_why | named,made ; | 命名,得名 ; | Name,Reason for name,Etymology | 得名原因,名称由来
temperature | amount | heat | baked at,brewed at ; temperature | 烤制,冲泡 ; 温度 | Temperature,Baking temperature,Brew at | 温度,烘烤温度
life | amount | years | - ; shelf life,ageing time | ; 保质期,陈化时间 | Ageing,Matured for,Shelf life | 陈化时间,保质期
@ lake | nature | lake,mountain,waterfall,glacier,island,cave,river,volcano | 湖,山,瀑布,冰川,岛,洞穴,河,火山 | nature
maker | who | person | discovered,surveyed,mapped,first climbed ; discovered,surveyed,mapped ; discoverer,explorer | 发现,测量,勘察 ; 发现者,探险者 | Discovered by,First surveyed by,Explorer,First ascent by | 发现者,测量者,首登者
made | when | day | discovered,surveyed,mapped ; - ; date of discovery | 发现,测量,勘察 ; 发现时间 | Discovered,First surveyed,Date of first ascent,Year | 发现时间,测量时间,首登时间
place | where | region | located,found ; - ; location | 位于,坐落 ; 位置,所在地 | Location,Region,Country,Lies in | 位置,所在地区,所在地
size | size | long | - ; height,depth,length | ; 高度,深度,长度 | Height,Depth,Elevation,Max. depth,Length | 高度,海拔,最大深度,长度
area | size | area | - ; area | ; 面积 | Area,Surface area,Extent | 面积
named | named | named | named after,called after ; | 命名 ; 名称由来 | Named after,Origin of name,Name from | 命名由来,名称来源
cause | why | nature_why | formed,protected ; | 形成,保护 ; | Formation,Cause,Origin | 成因,形成原因
animals | lives_there | fauna | - ; wildlife,fauna | ; 动物,野生动物 | Fauna,Wildlife,Animals | 动物,野生动物
"""


def _split(text: str, sign: str = ",") -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(sign) if part.strip() not in ("", "-"))


def _slot(line: str) -> Slot:
    name, kind, value, english, chinese, labels, labels_zh = line.split("|")
    words = [_split(part) for part in english.split(";")] + [(), (), ()]
    words_zh = [_split(part) for part in chinese.split(";")] + [(), ()]
    participles, pasts, nouns = words[:3]
    if english.count(";") < 2:
        pasts, nouns = (), words[1]
    return Slot(
        name.strip(), kind.strip(), value.strip(), participles, pasts, nouns,
        words_zh[0], words_zh[1], _split(labels), _split(labels_zh),
    )  # fmt: skip


def _domains() -> tuple[Domain, ...]:
    domains = []
    for block in _TABLE.split("@ ")[1:]:
        head, *lines = block.strip().splitlines()
        name, family, kinds, kinds_zh, naming = (part.strip() for part in head.split("|"))
        slots = tuple(_slot(line) for line in lines)
        domains.append(Domain(name, family, _split(kinds), _split(kinds_zh), naming, slots))
    return tuple(domains)


DOMAINS = _domains()
