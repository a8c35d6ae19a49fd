# ruff: noqa: E501
"""What happens to buildings, in English and Chinese: data for `lexicon`, no code.

A line is `concept: English words; 中文词`. A word may stand under several concepts (建成 is both
`build` and `finish`). English words match in every regular form; `!founded` matches that form
alone; `pull_down` also matches with words between (pulled the tower down); a phrase matches as it
stands.
"""

ACTIONS = """
build: build, built, construct, construction, erect, erection, put_up, went_up, lay out; 建, 建造, 修建, 建设, 兴建, 建立, 修筑, 筑, 始建, 初建, 建于, 建成, 建起, 修造, 营建, 营造, 造, 盖, 修, 竖立, 树立, 兴造, 建好, 修好, 修成, 筑成, 开工, 动工, 竣工, 完工, 落成, 立起, 始建于, 建成于, 修成于
make: !made, was dug, were dug, been dug, was cut, were cut, carve, cut, hew, hewn, sculpt; 开凿, 凿, 雕刻, 雕凿, 雕成, 凿成, 制作, 制成, 做成, 制造, 造就, 打造, 开掘
cornerstone: foundation stone, cornerstone, corner stone, first stone, foundation-stone; 奠基, 奠基石, 基石, 第一块石头, 首块石头, 第一块基石
found: !founded, !founding, set up, establish, establishment, !foundation; 创建, 创办, 创立, 建立, 成立, 设立, 始建, 开创
open: open, !opening, open to the public, opens to the public, into use, into service, into operation, enter service; 开放, 开幕, 启用, 开业, 开张, 揭幕, 通车, 投入使用, 开馆, 开园, 开门, 开办, 落成, 投用
inaugurate: inaugurate, inauguration, unveil; 揭幕, 落成典礼, 落成, 启用, 开幕, 剪彩, 揭牌
consecrate: consecrate, consecration; 祝圣, 奉献礼, 开光, 圣别
dedicate: dedicate, dedication; 落成典礼, 奉献, 献给, 题献, 启用, 揭幕, 献祭
demolish: demolish, demolition, tear_down, torn_down, tore_down, pull_down, take_down, took_down, taken_down, knock_down, bring_down, brought_down, raze, dismantle, clear away, !cleared, take_apart, taken_apart, break_up, bulldoze, implosion, implode, removal, remove; 拆, 拆除, 拆毁, 拆掉, 拆卸, 拆去, 拆平, 拆下, 拆走, 铲平, 夷平, 清拆, 推倒, 夷为平地, 爆破拆除, 清除, 移除
explode: blow_up, blew_up, blown_up, explosive, dynamite, implosion, implode; 炸毁, 炸, 爆破, 引爆, 炸掉, 炸塌, 炸药
blast: explode, explosion, detonate, detonation, blast, shell; 爆炸, 炮弹
burn: burn, burnt, !fire, !fires, blaze, set_fire, set_alight, gut, flames, arson, on fire; 火, 火灾, 大火, 烧, 烧毁, 焚毁, 焚烧, 焚, 纵火, 放火, 失火, 着火, 烧掉, 焚掉, 起火, 火烧
destroy: destroy, destruction, wreck, ruin, devastate, annihilate, tear apart, swept_away, wipe_out; 毁, 毁坏, 摧毁, 毁掉, 毁灭, 被毁, 损毁, 毁于, 烧毁, 焚毁, 炸毁, 拆毁, 捣毁, 倒毁, 覆灭
bomb: bomb, bombing, bomber, air raid, bombard, bombardment, shelling; 轰炸, 空袭, 炸弹, 轰炸机, 炮轰, 炮击
collapse: collapse, !fell, fall_down, !fallen, topple, break_off, broke_off, come_down, came_down, give_way, crumble, !falls, !fall, bring_down, brought_down; 倒塌, 坍塌, 塌, 崩塌, 震塌, 震倒, 倒掉, 倒, 倒了, 塌陷, 垮塌, 坍毁, 倒下, 倾倒
damage: damage, harm, hit, injure, batter, strike, struck, scar; 受损, 损坏, 损害, 破损, 受到损坏, 损毁, 毁损, 破坏, 击中, 重创, 震坏, 受创
rebuild: rebuild, rebuilt, reconstruct, reconstruction, re-erect, reerect, built again, build again, built anew, put up again, re-built, re-erected, replica; 重建, 复建, 再建, 修复重建, 原样重建, 重新修建, 重新建造, 仿建, 复制, 复制品, 重新建
restore: restore, restoration, repair, renovate, renovation, refurbish, refurbishment, conservation, conserve, clean, strengthen, overhaul, mend; 修复, 修缮, 维修, 翻修, 整修, 修理, 修葺, 复原, 大修, 重修, 保护工程, 清洗, 加固, 修补
redesign: redesign, remodel, alter, change, convert, adapt, transform, turn into, turned into, rework; 改建, 改造, 改, 改为, 变为, 改成, 变成, 转变, 改作, 更改, 改变
enlarge: enlarge, extend, expand, extension, expansion, widen, lengthen, heighten; 扩建, 扩大, 扩展, 加建, 增建, 加高, 延伸, 加宽, 拓宽, 拓展, 增高
close: close, !closed, closure, shut, shut_down, out of service, stop working, cease working; 关闭, 停用, 停业, 关门, 封闭, 停办, 歇业, 停止使用, 废止
reopen: reopen, re-open, open again, opened again; 重新开放, 重开, 重新开门, 再次开放, 恢复开放
move: take_away, took_away, taken_away, carry_away, move, relocate, transfer, relocation, bring, brought, carry, carried, ship, transport; 迁, 搬, 迁移, 移, 搬迁, 迁到, 搬到, 迁往, 移走, 移到, 运, 运到, 运走, 迁建, 转移
abandon: abandon, desert, leave, !left, give_up, given_up, disuse, empty, neglect; 废弃, 遗弃, 荒废, 放弃, 离开, 闲置, 弃, 撤离, 空置
add: add, addition, put_up, exchange, substitute, swap, fit, install, set on, set in, placed on, put on, fixed on, attach, !placed, !put, replace, replacement, mount, hang, hung; 加, 加高, 增加, 添加, 安装, 装, 换, 更换, 替换, 放, 放置, 安放, 加上, 增添, 增设, 设置, 取代, 代替, 换上
reveal: reveal, uncover, discover, discovery, !found, find, come_upon, came_upon, rediscover, unearth, dig_up, come across; 发现, 找到, 出土, 重新发现, 揭露
excavate: excavate, excavation, dig, dug, archaeological; 发掘, 挖掘, 考古发掘, 挖, 发掘出
"""

PHASES = """
begin: begin, began, begun, start, commence, commencement, onset, take_up, break ground, broke ground, ground was broken, groundbreaking, inception; 开始, 开工, 动工, 始建, 始建于, 着手, 破土, 动土, 初建, 奠基, 兴工, 起建
finish: finish, complete, completion; 完成, 建成, 完工, 竣工, 落成, 告竣, 完毕, 告成, 修成, 建好, 筑成, 修好, 雕成, 凿成, 建成于, 修成于
end: end, ended, conclude, conclusion, come to an end, came to an end; 结束, 终于, 结束于, 为止, 告终, 终止
"""

STATUS = """
stand: stand, stood, standing; 矗立, 屹立, 立, 立着, 耸立, 伫立, 坐落, 位于
exist: exist, existence, extant, still there, be seen, is it still, around; 存在, 还在, 尚存, 现存, 存, 保存, 存世, 健在, 留存, 犹存, 仍在, 存有
survive: survive, survival, survivor, preserve, preservation, intact, remain, remains, keep, kept, save, spare, rescue; 幸存, 保存, 保留, 遗存, 保住, 完好, 留下, 剩, 剩下, 仅存, 残存, 保全, 存放, 收藏
vanish: vanish, disappear, gone, no longer, no more, nothing is left, nothing remains, no trace; 消失, 不存在, 不复存在, 不再, 荡然无存, 已不存在, 不在了, 没了, 不见
negate: not, never, no, none, nothing, nobody, without, neither, nor, cannot, didn't, wasn't, isn't, doesn't, don't, hasn't, fail, unfinished, incomplete, refuse, decline, instead of, prevent, avoid, protect from, save from; 防止, 避免, 以免, 不, 没有, 没, 未, 未曾, 从未, 无, 尚未, 并未, 未能, 并非, 不曾, 非
plan: plan, propose, proposal, intend, intention, project, would, should, was to be, were to be, is to be, want, wish, decide, decision, announce, approve, voted for, vote, suggest, hope, threaten, so that, meant to, in order; 计划, 打算, 拟, 准备, 提议, 决定, 建议, 设想, 希望, 宣布, 想, 方案, 要求, 预定, 原定, 将
"""
