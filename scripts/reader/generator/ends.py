# ruff: noqa: E501
"""How things of a family end, or do not: what is asked of it and how texts and records say it.

Knows templates, in English, Chinese, and for buildings, ships and companies in German, French and
Spanish. In sentences `{V}` is a date, `{W}` a reason, `‹…›` marks the words that show whether the
thing is still there. Does not know which text gets which sentence (`compose.py`).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """A way to end.

    `still_asked` and `gone_asked` are yes/no questions to which "yes" means that the thing is there,
    or that it is gone; `when_asked` and `why_asked` are about the end. Sentences: `gone` has the date
    and often a reason, `gone_undated` neither, `stands`, `planned` (an end that did not come; a date
    that is not its end), `perhaps` (nobody knows). `fields_*` are `label=value` of records.
    """

    pp: tuple[str, ...]
    pp_zh: tuple[str, ...]
    still_asked: tuple[str, ...]
    gone_asked: tuple[str, ...]
    when_asked: tuple[str, ...]
    why_asked: tuple[str, ...]
    gone: tuple[str, ...]
    gone_undated: tuple[str, ...]
    stands: tuple[str, ...]
    planned: tuple[str, ...]
    perhaps: tuple[str, ...]
    still_asked_zh: tuple[str, ...]
    gone_asked_zh: tuple[str, ...]
    when_asked_zh: tuple[str, ...]
    why_asked_zh: tuple[str, ...]
    gone_zh: tuple[str, ...]
    gone_undated_zh: tuple[str, ...]
    stands_zh: tuple[str, ...]
    planned_zh: tuple[str, ...]
    perhaps_zh: tuple[str, ...]
    fields_gone: tuple[str, ...]
    fields_stands: tuple[str, ...]
    fields_perhaps: tuple[str, ...]
    date_labels: tuple[str, ...]
    why_labels: tuple[str, ...]
    fields_gone_zh: tuple[str, ...]
    fields_stands_zh: tuple[str, ...]
    fields_perhaps_zh: tuple[str, ...]
    date_labels_zh: tuple[str, ...]
    why_labels_zh: tuple[str, ...]


FAMILIES = {
    "building": Family(
        pp=("demolished", "pulled down", "torn down", "knocked down", "razed", "destroyed", "dismantled"),
        pp_zh=("拆除", "拆毁", "毁掉", "夷为平地", "拆掉"),
        still_asked=("Is {n} still [standing|there]?", "Does {n} still [exist|stand]?", "Does {n} exist today?", "Can {n} still be [seen|visited] today?", "Is there anything left of {n}, does it still stand?", "Is {n} still around?", "is {n} still standing", "Has {n} survived?", "Is {n} still in use?", "Does it still stand [today|nowadays]?"),
        gone_asked=("Has {n} been {pp}?", "Was {n} {pp}?", "Is {n} gone?", "Did they tear down {n}?", "Has {n} disappeared?", "Was {n} ever {pp}?"),
        when_asked=("When was {n} {pp}?", "In [what|which] year was {n} {pp}?", "When did {n} disappear?", "What year was {n} {pp}?", "Since when is {n} gone?", "When did they pull {n} down?", "When was {n} lost?"),
        why_asked=("Why was {n} {pp}?", "For what reason was {n} {pp}?", "Why is {n} no longer there?", "Why did {n} have to go?", "What led to its loss?"),
        gone=("{N} was ‹{pp}› in {V} {W}.", "{N} was ‹{pp}› in {V}.", "In {V} {n} was ‹{pp}› {W}.", "{N} ‹burned down› in {V}.", "{N} ‹collapsed› in {V}.", "{N} stood until {V}, when it was ‹{pp}› {W}.", "The wreckers came in {V}: {n} was ‹{pp}›.", "{N} fell to the ‹wrecking ball› in {V} {W}.", "The last walls were ‹carted away› in {V}."),
        gone_undated=("{N} ‹no longer stands›.", "Nothing ‹is left› of {n}.", "{N} has since been ‹{pp}›.", "Only photographs of it ‹remain›; the walls are gone.", "{N} ‹has vanished›."),
        stands=("{N} ‹still stands›.", "{N} is ‹still in use› today.", "{N} ‹survives› and is open to visitors.", "{N} ‹is a protected monument› and can be visited.", "{N} ‹was restored› and reopened in {V}.", "{N} ‹remains standing› after all these years.", "Trains ‹still use› it today.", "To this day {n} ‹is in daily use›."),
        planned=("There were plans to have it {pp} in {V}, but {n} ‹was saved›.", "{N} was to be {pp} in {V}; protests prevented it and it ‹still stands›.", "In {V} the council refused to have {n} {pp}; it ‹stands to this day›.", "{N} was damaged by fire in {V} but ‹was repaired›.", "An application of {V} to have it {pp} ‹was turned down›.", "Contrary to reports it was never {pp}: {n} ‹is still there›."),
        perhaps=("{N} may have been {pp} in {V}, but no record confirms it.", "Possibly {pp} in {V} (unverified).", "It is not known what became of {n}.", "Whether {n} still stands could not be found out.", "Some say it was {pp} in {V}; others doubt it."),
        still_asked_zh=("{n}[现在|如今|]还在吗？", "{n}还[存在|矗立]吗？", "{n}现在还能看到吗？", "{n}今天还在使用吗？", "{n}保存下来了吗？", "{n}是否还在？", "{n}现在还有吗"),
        gone_asked_zh=("{n}[已经|]被{pp}了吗？", "{n}[是不是|是否][已经|]{pp}了？", "{n}已经不在了吗？", "{n}消失了吗？"),
        when_asked_zh=("{n}[是|][什么时候|何时|哪一年]被?{pp}的？", "{n}{pp}于哪一年？", "{n}哪年{pp}的？", "{n}什么时候没的？", "{n}是何时消失的？"),
        why_asked_zh=("{n}为什么被{pp}？", "{n}为何{pp}？", "为什么{pp}{n}？", "{n}因何消失？"),
        gone_zh=("{N}于{V}‹被{pp}›，{W}。", "{N}于{V}‹被{pp}›。", "{V}，{W}，{n}‹被{pp}›。", "{N}在{V}‹毁于大火›。", "{N}于{V}‹倒塌›。", "{V}，{n}‹被{pp}›。"),
        gone_undated_zh=("{N}‹已不存在›。", "{N}‹早已被{pp}›。", "如今{n}‹荡然无存›。", "{N}‹仅存照片›。"),
        stands_zh=("{N}‹至今仍在›。", "{N}‹今天仍在使用›。", "{N}‹保存完好›，对公众开放。", "{N}‹被列为文物保护单位›。", "{N}于{V}‹修复后重新开放›。", "{N}‹依然矗立›。"),
        planned_zh=("{V}曾计划将其{pp}，后因居民反对‹得以保留›。", "{N}原定于{V}{pp}，但‹最终保留下来›。", "{V}，市政府否决了将其{pp}的方案，{n}‹至今仍在›。", "{N}在{V}遭火灾，‹后修复›。"),
        perhaps_zh=("{N}可能于{V}被{pp}，但没有记录证实。", "据说{V}被{pp}（未经证实）。", "{N}后来的情况不明。", "{N}是否还在，未能查明。"),
        fields_gone=("Status=demolished", "Status=destroyed", "Condition=demolished", "Fate=pulled down {V}", "Status=demolished {V}", "demolished=yes", "exists=no", "extant=no", "Still standing=no", "state=gone", "status=lost", "Present condition=no trace left", "Standing=N"),
        fields_stands=("Status=standing", "Status=in use", "Condition=good", "Fate=preserved", "demolished=no (still in use)", "demolished=no", "exists=yes", "extant=yes", "Still standing=yes", "state=extant", "status=restored", "Demolished=never", "Status=listed building, open to the public"),
        fields_perhaps=("Status=unknown", "demolished=?", "Condition=not recorded", "Fate=unclear", "Demolished=perhaps {V} (unverified)", "Status=not checked since {V}"),
        date_labels=("Demolished", "Date demolished", "demolished", "Pulled down", "Destroyed", "end_date", "Demolition", "Year demolished", "Lost", "Torn down", "year_lost"),
        why_labels=("Reason for demolition", "Cause of loss", "Why demolished", "Reason", "cause"),
        fields_gone_zh=("现状=已拆除", "现状=已毁", "状态=不存", "是否存在=否", "保存状况=已拆", "结局={V}拆除", "现存=否"),
        fields_stands_zh=("现状=尚存", "现状=仍在使用", "状态=保存完好", "是否存在=是", "保存状况=良好", "拆除=否（仍在使用）", "现存=是", "已拆除=否"),
        fields_perhaps_zh=("现状=不详", "拆除=待考", "保存状况=未记录", "状态=未核实"),
        date_labels_zh=("拆除时间", "拆除年份", "被毁时间", "拆毁日期", "消失年份"),
        why_labels_zh=("拆除原因", "毁坏原因", "原因"),
    ),
    "ship": Family(
        pp=("scrapped", "broken up", "sunk", "lost", "wrecked", "decommissioned"),
        pp_zh=("拆解", "解体", "沉没", "报废", "退役"),
        still_asked=("Is {n} still [afloat|in service]?", "Does {n} still [exist|sail]?", "Can one still see {n} today?", "Is {n} still around?", "Has {n} been preserved?", "Does {n} survive?"),
        gone_asked=("Was {n} {pp}?", "Has {n} been {pp}?", "Did {n} sink?", "Is {n} gone?", "Was {n} lost?"),
        when_asked=("When was {n} {pp}?", "In [what|which] year was {n} {pp}?", "When did {n} sink?", "When was {n} taken out of service?", "When did the career of {n} end?"),
        why_asked=("Why was {n} {pp}?", "What ended the career of {n}?", "For what reason was {n} {pp}?"),
        gone=("{N} was ‹{pp}› in {V} {W}.", "{N} was ‹{pp}› in {V}.", "{N} ‹went down› in a storm in {V}.", "In {V} {n} was sold to breakers and ‹cut up›.", "{N} ‹ran aground and broke apart› in {V}."),
        gone_undated=("{N} was later ‹{pp}›.", "{N} ‹no longer exists›.", "Her ‹wreck› lies on the sea bed."),
        stands=("{N} is ‹still in service›.", "{N} is ‹preserved as a museum ship›.", "{N} ‹still sails› every summer.", "{N} is ‹afloat today› and takes visitors.", "{N} ‹was restored› in {V}."),
        planned=("{N} was sold for scrap in {V}, but friends of the ship bought her back and she ‹is preserved›.", "{N} was to be {pp} in {V}; this ‹never happened› and she still sails.", "{N} sank in {V} but was ‹raised and repaired›."),
        perhaps=("{N} may have been {pp} in {V}, no source is certain.", "What became of {n} is not known.", "Her later fate is unclear."),
        still_asked_zh=("{n}还在[服役|航行]吗？", "{n}还存在吗？", "{n}现在还能看到吗？", "{n}保存下来了吗？"),
        gone_asked_zh=("{n}{pp}了吗？", "{n}沉没了吗？", "{n}已经被拆了吗？"),
        when_asked_zh=("{n}[是|][什么时候|何时|哪一年]{pp}的？", "{n}{pp}于何时？", "{n}哪年{pp}？"),
        why_asked_zh=("{n}为什么{pp}？", "{n}因何{pp}？"),
        gone_zh=("{N}于{V}‹{pp}›，{W}。", "{N}于{V}‹{pp}›。", "{V}，{n}在风暴中‹沉没›。"),
        gone_undated_zh=("{N}后来‹被{pp}›。", "{N}‹已不复存在›。"),
        stands_zh=("{N}‹仍在服役›。", "{N}‹作为博物馆船保存›。", "{N}‹至今仍在航行›。", "{N}于{V}‹修复›。"),
        planned_zh=("{N}原定{V}{pp}，后被买回，‹保存至今›。", "{N}在{V}沉没，但‹被打捞修复›。"),
        perhaps_zh=("{N}可能于{V}{pp}，但不能确定。", "{N}的下落不明。"),
        fields_gone=("Fate=scrapped {V}", "Status=lost", "Status=broken up", "Fate=sunk", "In service=no", "Extant=no", "Fate=wrecked {V}", "status=scrapped"),
        fields_stands=("Status=in service", "Fate=preserved", "Status=museum ship", "In service=yes", "Extant=yes", "scrapped=no", "Condition=afloat"),
        fields_perhaps=("Fate=unknown", "Status=not known", "Fate=perhaps scrapped {V}"),
        date_labels=("Scrapped", "Broken up", "Sunk", "Out of service", "Lost", "Decommissioned", "Date of loss", "withdrawn"),
        why_labels=("Cause of loss", "Reason", "Why scrapped"),
        fields_gone_zh=("结局={V}拆解", "现状=已拆解", "状态=沉没", "在役=否"),
        fields_stands_zh=("现状=在役", "状态=作为博物馆保存", "在役=是", "拆解=否"),
        fields_perhaps_zh=("结局=不详", "现状=不明"),
        date_labels_zh=("拆解时间", "沉没日期", "退役时间", "报废年份"),
        why_labels_zh=("沉没原因", "拆解原因"),
    ),
    "vehicle": Family(
        pp=("scrapped", "withdrawn", "retired", "taken out of service", "written off", "destroyed"),
        pp_zh=("报废", "停用", "退役", "停驶", "毁坏"),
        still_asked=("Is {n} still [running|in service|in use]?", "Does {n} still exist?", "Has {n} been preserved?", "Can {n} still be seen?", "Is {n} still around?", "Does any example of {n} survive?"),
        gone_asked=("Was {n} {pp}?", "Has {n} been {pp}?", "Is {n} gone?", "Has {n} been broken up?"),
        when_asked=("When was {n} {pp}?", "In [what|which] year was {n} {pp}?", "When did {n} run for the last time?", "Until when was {n} used?", "When did {n} stop running?"),
        why_asked=("Why was {n} {pp}?", "What put an end to {n}?", "For what reason was {n} {pp}?"),
        gone=("{N} was ‹{pp}› in {V} {W}.", "{N} was ‹{pp}› in {V}.", "{N} ‹burned out› in the depot in {V}.", "{N} ran until {V}, then it was ‹{pp}› {W}.", "{N} ‹crashed› in {V} and was not repaired."),
        gone_undated=("{N} was later ‹{pp}›.", "None of them ‹survives›.", "{N} ‹no longer exists›."),
        stands=("{N} is ‹still in service›.", "{N} is ‹preserved› and runs on Sundays.", "{N} ‹is on display› today.", "{N} ‹was restored› in {V}.", "{N} ‹still runs›."),
        planned=("{N} was to be {pp} in {V}, but ‹it is still running›.", "{N} was withdrawn from regular duty in {V} and is ‹preserved in running order›.", "{N} was sold for scrap in {V} but ‹rescued›."),
        perhaps=("{N} was perhaps {pp} in {V}.", "It is not known whether {n} survives.", "The lists contradict each other on what became of {n}."),
        still_asked_zh=("{n}还在[使用|运行|服役]吗？", "{n}现在还在吗？", "{n}保存下来了吗？", "{n}还能开吗？"),
        gone_asked_zh=("{n}[已经|]{pp}了吗？", "{n}被拆了吗？", "{n}已经不在了吗？"),
        when_asked_zh=("{n}[是|][什么时候|何时|哪一年]{pp}的？", "{n}哪年{pp}？", "{n}用到什么时候？"),
        why_asked_zh=("{n}为什么{pp}？", "{n}因何{pp}？"),
        gone_zh=("{N}于{V}‹{pp}›，{W}。", "{N}于{V}‹{pp}›。", "{V}，{n}‹{pp}›。"),
        gone_undated_zh=("{N}后来‹{pp}›。", "{N}‹已不存›。"),
        stands_zh=("{N}‹仍在使用›。", "{N}‹保存至今›。", "{N}‹现已修复›，周日运行。", "{N}‹正在展出›。"),
        planned_zh=("{N}原定{V}{pp}，但‹仍在运行›。", "{N}于{V}卖作废铁，后‹被救下保存›。"),
        perhaps_zh=("{N}或于{V}{pp}，未能证实。", "{N}的下落不明。"),
        fields_gone=("Status=scrapped", "Fate=scrapped {V}", "Status=withdrawn", "In service=no", "Extant=no", "Condition=destroyed", "status=written off"),
        fields_stands=("Status=in service", "Status=preserved", "In service=yes", "withdrawn=no (still in use)", "Fate=preserved, museum line", "Extant=yes", "Condition=running order", "Scrapped=no"),
        fields_perhaps=("Fate=unknown", "Status=not known", "Scrapped=?"),
        date_labels=("Withdrawn", "Scrapped", "Out of service", "Last used", "Retired", "withdrawn", "date_withdrawn", "Written off"),
        why_labels=("Reason withdrawn", "Cause", "Why scrapped"),
        fields_gone_zh=("现状=已报废", "状态=停用", "在用=否", "结局={V}报废"),
        fields_stands_zh=("现状=在用", "状态=保存", "在用=是", "报废=否（仍在使用）"),
        fields_perhaps_zh=("现状=不明", "结局=不详"),
        date_labels_zh=("报废时间", "停用时间", "退役时间", "停驶日期"),
        why_labels_zh=("报废原因", "停用原因"),
    ),
    "species": Family(
        pp=("declared extinct", "exterminated", "lost in the wild"),
        pp_zh=("灭绝", "绝迹", "消失"),
        still_asked=("Is {n} still [alive|found in the wild|to be found]?", "Does {n} still exist?", "Are there still any of {n}?", "Does {n} survive?", "Is {n} still living today?"),
        gone_asked=("Is {n} extinct?", "Has {n} died out?", "Did {n} become extinct?", "Has {n} disappeared?"),
        when_asked=("When did {n} [die out|become extinct]?", "When was {n} last seen?", "In which year was {n} declared extinct?", "Since when is {n} extinct?"),
        why_asked=("Why did {n} die out?", "Why is {n} extinct?", "What caused the extinction of {n}?"),
        gone=("{N} ‹became extinct› in {V} {W}.", "The last one ‹died› in {V} {W}.", "{N} was ‹last seen› in {V}.", "{N} ‹died out› in {V} {W}.", "In {V} {n} was ‹declared extinct›."),
        gone_undated=("{N} is ‹extinct›.", "{N} has ‹died out›.", "No living one ‹has been found for generations›; it is held to be extinct."),
        stands=("{N} is ‹still common›.", "{N} ‹survives› in small numbers.", "{N} ‹still lives› in the hills.", "{N} is ‹found today› in parks.", "Numbers of {n} ‹are rising again› since {V}."),
        planned=("{N} was thought extinct until it was ‹found again› in {V}.", "{N} had almost vanished by {V} but ‹has recovered›."),
        perhaps=("{N} may have died out in {V}, but searches go on.", "Whether any are left is not known."),
        still_asked_zh=("{n}还[存在|活着]吗？", "现在还有{n}吗？", "{n}今天还能见到吗？"),
        gone_asked_zh=("{n}灭绝了吗？", "{n}已经绝迹了吗？", "{n}消失了吗？"),
        when_asked_zh=("{n}[是|][什么时候|何时|哪一年]{pp}的？", "{n}最后一次被看到是什么时候？", "{n}哪年{pp}？"),
        why_asked_zh=("{n}为什么会{pp}？", "{n}因何{pp}？"),
        gone_zh=("{N}于{V}‹{pp}›，{W}。", "{N}于{V}‹{pp}›。", "最后一只‹死于›{V}。", "{N}‹最后一次被发现›是在{V}。"),
        gone_undated_zh=("{N}‹已经{pp}›。", "{N}‹早已绝迹›。"),
        stands_zh=("{N}‹仍很常见›。", "{N}‹至今尚存›。", "{N}‹仍生活在›山区。"),
        planned_zh=("{N}曾被认为灭绝，{V}‹重新发现›。", "{N}到{V}几近消失，但‹数量已恢复›。"),
        perhaps_zh=("{N}可能已于{V}灭绝，尚无定论。", "是否还有{n}存活，不得而知。"),
        fields_gone=("Status=extinct", "Conservation status=extinct", "Extinct=yes", "IUCN=EX", "Living=no", "Status=extinct since {V}"),
        fields_stands=("Status=common", "Conservation status=least concern", "Extinct=no", "IUCN=VU", "Status=endangered, about 400 left", "Living=yes"),
        fields_perhaps=("Status=data deficient", "Extinct=?", "Status=unclear"),
        date_labels=("Extinct", "Last seen", "Date of extinction", "Last record"),
        why_labels=("Cause of extinction", "Cause", "Reason"),
        fields_gone_zh=("现状=灭绝", "保护级别=灭绝", "灭绝=是"),
        fields_stands_zh=("现状=常见", "保护级别=濒危", "灭绝=否", "现状=尚存"),
        fields_perhaps_zh=("现状=数据缺乏", "灭绝=待考"),
        date_labels_zh=("灭绝时间", "最后记录", "绝迹年份"),
        why_labels_zh=("灭绝原因",),
    ),
    "company": Family(
        pp=("closed", "dissolved", "wound up", "shut down", "abolished", "discontinued"),
        pp_zh=("关闭", "解散", "停业", "撤销", "停办"),
        still_asked=("Is {n} still [open|running|in business|operating]?", "Does {n} still exist?", "Is {n} still there?", "Is {n} still active today?"),
        gone_asked=("Has {n} [closed|shut down]?", "Was {n} {pp}?", "Is {n} gone?", "Did {n} close down?"),
        when_asked=("When was {n} {pp}?", "When did {n} [close|shut]?", "In [what|which] year was {n} {pp}?", "When did {n} go out of business?", "When did it end?"),
        why_asked=("Why was {n} {pp}?", "Why did {n} close?", "What brought about the end of {n}?"),
        gone=("{N} was ‹{pp}› in {V} {W}.", "{N} ‹closed› in {V} {W}.", "{N} ‹went bankrupt› in {V}.", "In {V} {n} was ‹{pp}›.", "{N} carried on until {V}, when it ‹shut its doors›."),
        gone_undated=("{N} ‹no longer exists›.", "{N} has long been ‹{pp}›."),
        stands=("{N} is ‹still open›.", "{N} ‹operates to this day›.", "{N} is ‹still in business›.", "{N} ‹celebrated its jubilee› in {V} and carries on.", "{N} ‹still runs› daily."),
        planned=("{N} was to be {pp} in {V}, but ‹carries on›.", "{N} closed for a year in {V} and ‹reopened›.", "Plans of {V} to have it {pp} ‹were dropped›."),
        perhaps=("{N} was perhaps {pp} in {V}.", "What became of {n} is unknown.", "No one could say whether {n} still exists."),
        still_asked_zh=("{n}还[在|开着|营业|运营]吗？", "{n}现在还存在吗？", "{n}还在运营吗？"),
        gone_asked_zh=("{n}{pp}了吗？", "{n}倒闭了吗？", "{n}已经不在了吗？"),
        when_asked_zh=("{n}[是|][什么时候|何时|哪一年]{pp}的？", "{n}哪年{pp}？", "{n}何时倒闭？"),
        why_asked_zh=("{n}为什么{pp}？", "{n}因何{pp}？"),
        gone_zh=("{N}于{V}‹{pp}›，{W}。", "{N}于{V}‹{pp}›。", "{V}，{n}‹倒闭›。"),
        gone_undated_zh=("{N}‹已不存在›。", "{N}早已‹{pp}›。"),
        stands_zh=("{N}‹仍在营业›。", "{N}‹运营至今›。", "{N}‹现在依然开放›。"),
        planned_zh=("{N}原定{V}{pp}，但‹继续运营›。", "{N}在{V}停业一年，后‹重新开张›。"),
        perhaps_zh=("{N}或于{V}{pp}。", "{N}后来如何不得而知。"),
        fields_gone=("Status=closed", "Status=dissolved", "Open=no", "Active=no", "Status=closed {V}", "defunct=yes"),
        fields_stands=("Status=open", "Status=active", "Open=yes", "closed=no (still trading)", "defunct=no", "Status=in operation"),
        fields_perhaps=("Status=unknown", "Closed=?", "Status=not checked"),
        date_labels=("Closed", "Dissolved", "Date closed", "Ceased", "Wound up", "end", "Defunct"),
        why_labels=("Reason closed", "Cause", "Why closed"),
        fields_gone_zh=("现状=已关闭", "状态=解散", "营业=否", "结局={V}停业"),
        fields_stands_zh=("现状=营业中", "状态=存续", "营业=是", "关闭=否（仍在营业）"),
        fields_perhaps_zh=("现状=不明", "状态=未核实"),
        date_labels_zh=("关闭时间", "解散时间", "停业年份", "停办时间"),
        why_labels_zh=("关闭原因", "停办原因"),
    ),
    "event": Family(
        pp=("held for the last time", "discontinued", "given up", "abolished", "banned"),
        pp_zh=("停办", "取消", "废止", "禁止"),
        still_asked=("Is {n} still [held|celebrated]?", "Does {n} still take place?", "Is {n} still going?", "Is {n} held today?"),
        gone_asked=("Was {n} {pp}?", "Has {n} been given up?", "Is {n} a thing of the past?"),
        when_asked=("When was {n} {pp}?", "When did {n} end?", "In which year was {n} {pp}?", "When did {n} take place for the last time?"),
        why_asked=("Why was {n} {pp}?", "Why did {n} end?"),
        gone=("{N} was ‹{pp}› in {V} {W}.", "{N} was ‹{pp}› in {V}.", "{N} ‹ended› in {V} {W}."),
        gone_undated=("{N} is ‹no longer held›.", "{N} has ‹died out›."),
        stands=("{N} is ‹still held every year›.", "{N} ‹is celebrated to this day›.", "{N} ‹goes on›."),
        planned=("{N} was banned in {V} but ‹soon revived›.", "{N} lapsed in {V} and was ‹revived› later; it is held every year."),
        perhaps=("{N} was perhaps {pp} in {V}.", "Whether it is still held the book does not say."),
        still_asked_zh=("{n}还[举办|举行]吗？", "现在还有{n}吗？", "{n}还在办吗？"),
        gone_asked_zh=("{n}停办了吗？", "{n}被取消了吗？"),
        when_asked_zh=("{n}[是|][什么时候|何时|哪一年]{pp}的？", "{n}最后一次举办是哪年？"),
        why_asked_zh=("{n}为什么{pp}？",),
        gone_zh=("{N}于{V}‹{pp}›，{W}。", "{N}于{V}‹{pp}›。"),
        gone_undated_zh=("{N}‹已不再举办›。",),
        stands_zh=("{N}‹每年仍举办›。", "{N}‹延续至今›。"),
        planned_zh=("{N}在{V}被禁，后‹恢复›，每年举办。",),
        perhaps_zh=("{N}或于{V}{pp}。",),
        fields_gone=("Status=discontinued", "Still held=no", "Active=no"),
        fields_stands=("Status=held yearly", "Still held=yes", "Active=yes", "discontinued=no"),
        fields_perhaps=("Status=unknown",),
        date_labels=("Last held", "Discontinued", "Ended", "Last edition"),
        why_labels=("Reason ended",),
        fields_gone_zh=("现状=已停办", "是否举办=否"),
        fields_stands_zh=("现状=每年举办", "是否举办=是"),
        fields_perhaps_zh=("现状=不详",),
        date_labels_zh=("停办时间", "最后一届"),
        why_labels_zh=("停办原因",),
    ),
    "object": Family(
        pp=("lost", "destroyed", "stolen", "burned", "melted down"),
        pp_zh=("遗失", "毁坏", "被盗", "烧毁", "丢失"),
        still_asked=("Does {n} still exist?", "Has {n} survived?", "Is {n} preserved?", "Can {n} still be seen?", "Is {n} still around?"),
        gone_asked=("Is {n} lost?", "Has {n} been lost or destroyed?", "Is {n} gone for good?", "Does {n} no longer exist?"),
        when_asked=("When was {n} {pp}?", "In which year was {n} {pp}?", "When did {n} disappear?"),
        why_asked=("Why was {n} {pp}?", "How was {n} lost?"),
        gone=("{N} was ‹{pp}› in {V}.", "In {V} {n} was ‹{pp}›.", "{N} ‹perished› in a fire in {V}.", "{N} ‹disappeared› during the removal of {V}."),
        gone_undated=("{N} is ‹lost›.", "{N} ‹no longer exists›; a copy is shown."),
        stands=("{N} is ‹preserved›.", "{N} ‹survives› in good condition.", "{N} ‹is kept› under glass.", "{N} ‹was restored› in {V}."),
        planned=("{N} was stolen in {V} but ‹recovered› a year later.", "{N} was thought lost until it ‹turned up› in {V}."),
        perhaps=("{N} may have been {pp} in {V}.", "Its whereabouts are unknown."),
        still_asked_zh=("{n}还[存在|在]吗？", "{n}保存下来了吗？", "{n}现在还能看到吗？"),
        gone_asked_zh=("{n}已经不在了吗？", "{n}不复存在了吗？", "{n}已经没有了吗？"),
        when_asked_zh=("{n}[是|][什么时候|何时|哪一年]{pp}的？", "{n}哪年{pp}？"),
        why_asked_zh=("{n}为什么{pp}？", "{n}是怎么{pp}的？"),
        gone_zh=("{N}于{V}‹{pp}›。", "{V}，{n}‹毁于火灾›。"),
        gone_undated_zh=("{N}‹已失传›。", "{N}‹不复存在›。"),
        stands_zh=("{N}‹保存至今›。", "{N}‹保存完好›。", "{N}于{V}‹修复›。"),
        planned_zh=("{N}在{V}被盗，次年‹追回›。", "{N}一度被认为遗失，{V}‹重新发现›。"),
        perhaps_zh=("{N}可能于{V}{pp}。", "{N}下落不明。"),
        fields_gone=("Status=lost", "Status=destroyed", "Extant=no", "Condition=lost {V}", "survives=no"),
        fields_stands=("Status=preserved", "Condition=good", "Extant=yes", "survives=yes", "lost=no"),
        fields_perhaps=("Status=whereabouts unknown", "Extant=?"),
        date_labels=("Lost", "Destroyed", "Stolen", "date_lost"),
        why_labels=("Cause of loss",),
        fields_gone_zh=("现状=遗失", "状态=已毁", "现存=否"),
        fields_stands_zh=("现状=完好", "状态=现存", "现存=是"),
        fields_perhaps_zh=("现状=下落不明",),
        date_labels_zh=("遗失时间", "被毁时间"),
        why_labels_zh=("遗失原因",),
    ),
    "person": Family(
        pp=("buried", "dead"),
        pp_zh=("去世", "逝世"),
        still_asked=("Is {n} still alive?", "Is {n} living today?", "Is {n} alive?"),
        gone_asked=("Is {n} dead?", "Has {n} died?", "Has {n} passed away?"),
        when_asked=("When did {n} die?", "In [what|which] year did {n} die?", "What is the date of death of {n}?", "When did {n} pass away?"),
        why_asked=("What did {n} die of?", "How did {n} die?", "Why did {n} die?"),
        gone=("{N} ‹died› in {V}.", "{N} ‹passed away› in {V}.", "{N} ‹was killed› in an accident in {V}.", "In {V} {n} ‹died›.", "{N} ‹lived until› {V}."),
        gone_undated=("{N} ‹died› young.", "{N} is ‹buried› in the churchyard."),
        stands=("{N} ‹lives› by the sea.", "{N} ‹is still working› at the age of eighty.", "{N} ‹retired› in {V} and lives in the country."),
        planned=("{N} was reported dead in {V}, wrongly: {n} ‹is alive›.", "{N} nearly died of fever in {V} but ‹recovered› and lives abroad."),
        perhaps=("{N} probably left the country in {V}; nothing more is known.", "It is not known when {n} died."),
        still_asked_zh=("{n}还[活着|在世|健在]吗？",),
        gone_asked_zh=("{n}去世了吗？", "{n}已经过世了吗？"),
        when_asked_zh=("{n}[是|][什么时候|何时|哪一年]去世的？", "{n}卒于哪年？", "{n}哪年逝世？"),
        why_asked_zh=("{n}是怎么死的？", "{n}因何去世？"),
        gone_zh=("{N}于{V}‹去世›。", "{N}‹卒于›{V}。", "{V}，{n}‹逝世›。"),
        gone_undated_zh=("{N}‹英年早逝›。",),
        stands_zh=("{N}‹现居›海边。", "{N}‹仍在工作›。", "{N}于{V}退休，‹现居乡间›。"),
        planned_zh=("{V}曾误传其死讯，{n}其实‹仍健在›。",),
        perhaps_zh=("{N}约{V}出国，此后不详。", "{N}何时去世不详。"),
        fields_gone=("Status=deceased", "Living=no", "alive=no"),
        fields_stands=("Status=living", "Living=yes", "alive=yes", "Died=still living"),
        fields_perhaps=("Status=unknown", "Died=?"),
        date_labels=("Died", "Date of death", "Death", "endyear", "death_date", "d."),
        why_labels=("Cause of death",),
        fields_gone_zh=("状态=已故", "在世=否"),
        fields_stands_zh=("状态=在世", "在世=是"),
        fields_perhaps_zh=("状态=不详",),
        date_labels_zh=("逝世日期", "卒年", "去世时间"),
        why_labels_zh=("死因",),
    ),
}  # fmt: skip
