# ruff: noqa: E501
"""Peoples, places, given names and the words that carry no meaning: data for `lexicon`.

Same format as `vocabulary.actions`.
"""

PLACES = """
china: china, chinese; 中国, 中华, 华
japan: japan, japanese; 日本, 日军
korea: korea, korean; 朝鲜, 韩国, 大韩民国
india: india, indian; 印度
pakistan: pakistan; 巴基斯坦
nepal: nepal, nepali, nepalese; 尼泊尔
mongolia: mongol, mongolian, mongolia; 蒙古, 蒙古人
britain: britain, british, england, english, united kingdom; 英国, 英格兰, 大英, 不列颠, 英军, 英国人
france: france, french; 法国, 法军, 法兰西, 法国人
germany: germany, german, nazi, prussia, prussian; 德国, 德军, 普鲁士, 纳粹, 德意志
east_germany: east germany, east german, gdr; 东德, 民主德国
italy: italy, italian; 意大利
spain: spain, spanish; 西班牙
portugal: portugal, portuguese; 葡萄牙, 葡国
netherlands: netherlands, dutch, holland; 荷兰
belgium: belgium, belgian; 比利时
austria: austria, austrian, habsburg; 奥地利, 哈布斯堡
switzerland: switzerland, swiss; 瑞士
denmark: denmark, danish; 丹麦
sweden: sweden, swedish; 瑞典
norway: norway, norwegian; 挪威
poland: poland, polish; 波兰
russia: russia, russian, soviet, soviet union; 俄国, 俄罗斯, 苏联, 沙俄, 苏维埃
greece: greece, greek; 希腊
turkey: turkey, turk, turkish, ottoman; 土耳其, 奥斯曼
egypt: egypt, egyptian; 埃及
persia: persia, persian, iran, iranian; 波斯, 伊朗
afghan: afghan, afghanistan; 阿富汗
iraq: iraq, iraqi; 伊拉克
israel: israel, israeli, jew, jewish; 以色列, 犹太
arab: arab, arabia, arabic; 阿拉伯
syria: syria, syrian; 叙利亚
jordan: jordan; 约旦
usa: united states, american, america; 美国, 美军, 美国人, 合众国
canada: canada, canadian; 加拿大
mexico: mexico, mexican, aztec, maya; 墨西哥, 玛雅, 阿兹特克
peru: peru, inca; 秘鲁, 印加
brazil: brazil, brazilian; 巴西
australia: australia, australian; 澳大利亚, 澳洲
kazakhstan: kazakhstan, kazakh; 哈萨克斯坦
ireland: ireland, irish; 爱尔兰
scotland: scotland, scottish; 苏格兰
malta: malta, maltese; 马耳他
europe: europe, european; 欧洲
asia: asia, asian; 亚洲
africa: africa, african; 非洲
taiwan: taiwan; 台湾
hong_kong: hong kong, kowloon; 香港, 九龙
macau: macau, macao; 澳门
beijing: beijing, peking; 北京
shanghai: shanghai; 上海
nanjing: nanjing, nanking; 南京
tianjin: tianjin, tientsin; 天津
taipei: taipei; 台北
tokyo: tokyo, edo; 东京
seoul: seoul; 首尔, 汉城
delhi: delhi; 德里, 新德里
mumbai: mumbai, bombay; 孟买
kolkata: kolkata, calcutta; 加尔各答
london: london; 伦敦
paris: paris; 巴黎
berlin: berlin; 柏林
rome: rome, roman; 罗马, 罗马人, 古罗马
venice: venice, venetian; 威尼斯
moscow: moscow; 莫斯科
st_petersburg: petersburg, leningrad; 圣彼得堡, 列宁格勒
vienna: vienna; 维也纳
brussels: brussels; 布鲁塞尔
warsaw: warsaw; 华沙
madrid: madrid; 马德里
athens: athens, athenian; 雅典
jerusalem: jerusalem; 耶路撒冷
istanbul: istanbul, constantinople; 伊斯坦布尔, 君士坦丁堡
cairo: cairo; 开罗
new_york: new york, manhattan; 纽约, 曼哈顿
chicago: chicago; 芝加哥
washington: washington; 华盛顿
los_angeles: los angeles; 洛杉矶
san_francisco: san francisco; 旧金山
boston: boston; 波士顿
sydney: sydney; 悉尼
babylon: babylon, babylonian; 巴比伦
ming: ming, ming dynasty; 明, 明代, 明朝
qing: qing, qing dynasty, manchu; 清, 清代, 清朝, 满洲, 满族
yuan: yuan dynasty; 元代, 元朝
song: song dynasty; 宋, 宋代, 宋朝
tang: tang dynasty; 唐, 唐代, 唐朝
han: han dynasty; 汉代, 汉朝
qin: qin, qin dynasty; 秦, 秦朝, 秦代
mughal: mughal, mogul; 莫卧儿, 莫卧儿王朝
maratha: maratha; 马拉塔
rajput: rajput; 拉杰普特
christian: christian, christianity; 基督教, 基督徒
catholic: catholic; 天主教, 天主教徒
protestant: protestant, lutheran; 新教, 路德宗, 路德教
orthodox: orthodox; 东正教
muslim: muslim, islam, islamic, shia, sunni, sufi; 穆斯林, 伊斯兰, 伊斯兰教, 什叶派, 逊尼派, 苏菲
hindu: hindu, hinduism; 印度教
buddhist: buddhist, buddhism, buddha; 佛教, 佛, 佛陀
sikh: sikh; 锡克教, 锡克, 锡克教徒
jain: jain; 耆那教
"""

NAMES = """
christ: christ, jesus; 基督, 耶稣
shiva: shiva; 湿婆
vishnu: vishnu; 毗湿奴
napoleon: napoleon; 拿破仑
hitler: hitler; 希特勒
stalin: stalin; 斯大林
victoria: victoria; 维多利亚
louis: louis; 路易
george: george; 乔治
henry: henry; 亨利
william: william, wilhelm; 威廉
frederick: frederick, friedrich; 腓特烈, 弗里德里希
charles: charles, karl, carlos; 查理, 卡尔, 查尔斯
francis: francis, francois; 弗朗索瓦, 弗朗茨, 方济各
philip: philip, felipe; 腓力, 菲利普
peter: peter; 彼得
paul: paul; 保罗, 保禄
john: john; 约翰
james: james; 詹姆斯, 雅各
mary: mary, maria, our lady, virgin; 玛丽, 圣母, 玛利亚
nicholas: nicholas; 尼古拉
catherine: catherine; 凯瑟琳, 叶卡捷琳娜
elizabeth: elizabeth; 伊丽莎白
alexander: alexander; 亚历山大
martin: martin; 马丁
luther: luther; 路德
"""

ENGLISH_STOP_WORDS = """
ad bc ce bce a an the of in on at to for from by with and or but as is are was were be been
being am do does did done have has had having it its it's they them their this that these those
there here what which who whom whose when where why how not no yes one ones some any all many
much you your we our us i me my he she his her him person thing photo picture photograph image
shown seen see say said can could would should will shall may might must so than then actually
really next another other under through beside behind near above below across along among
against toward towards within without like while roughly whole entire also into onto upon about
around approximately exactly please tell year years date dates month day century centuries
decade decades time still today now nowadays present currently ever once after before during
between until since per if just only very more most both each such same own out up down off over
again begin began start take took happen happened kind type
"""
"""Words of an English question that need not stand in its answer."""

CHINESE_FUNCTION_WORDS = """
的 了 是 在 被 把 和 与 及 为 于 之 将 而 或 吗 呢 吧 啊 也 就 都 又 并
且 由 从 向 对 以 因 所 其 它 他 她 们 这 那 该 此 个 座 处 些 有 至 到
曾 已 后来 当时 以后 之后 以前 之前 因此 所以 但 但是 因为 由于 其中 以及 哪 谁
几 什么 多少 怎么 年 月 日 时 中 上 下 前 等 位于 称 约 大约 照片 图片
"""
"""Words that only hold a Chinese sentence together; they part the unknown names between them."""
