# ruff: noqa: E501
"""Things that ended and came back, or that only a part of was lost: they exist today.

Knows templates by family (`ends.py`). `{V}` is the date of the first end in REBUILT, and a date that
is not its end in HARMED; `{x}` is a later year; `‹…›` marks the words that show it exists.
"""

REBUILT = {
    "building": (
        "{N} was destroyed in {V} and ‹rebuilt› by {x}.",
        "In {V} {n} burned to the ground. ‹It was rebuilt› to the old plans and opened again in {x}.",
        "{N} collapsed in {V}; ‹a faithful reconstruction› has stood on the spot since {x}.",
        "Bombs destroyed {n} in {V}. ‹The present one is a reconstruction› finished in {x}.",
        "{N} was pulled down in {V}. In {x} ‹it was built again› in the old form.",
        "War destroyed {n} in {V}, but the citizens ‹raised it again› after {x}.",
        "After the fire of {V} nothing was left of {n}; ‹it was put up anew› in {x}.",
        "{N}, demolished in {V}, ‹was rebuilt› from {x} on and is open every day.",
    ),
    "ship": (
        "{N} sank in {V}, was raised and ‹sails again› since {x}.",
        "{N} was broken up in {V}; ‹a replica launched in {x}› carries the name.",
        "{N} burned out in {V} and was ‹rebuilt› in {x}.",
    ),
    "vehicle": (
        "{N} was withdrawn in {V} and ‹restored to running order› in {x}.",
        "{N} was wrecked in {V}, ‹rebuilt› and back on the rails in {x}.",
        "{N} was cut up in {V}; ‹a new one was built to the old drawings› in {x}.",
    ),
    "species": (
        "{N} was wiped out in {V}, and ‹brought back› from abroad in {x}.",
        "{N} died out there in {V}; ‹it breeds again› since {x}.",
        "{N} vanished in {V} but was ‹reintroduced› in {x}.",
    ),
    "company": (
        "{N} was closed in {V} and ‹founded again› in {x}.",
        "{N} went bankrupt in {V}; ‹a new owner reopened it› in {x}.",
        "{N} was dissolved in {V}, ‹revived› in {x} and is open today.",
    ),
    "event": (
        "{N} was given up in {V} and ‹taken up again› in {x}.",
        "{N} was banned in {V}; ‹since {x} it is held again›.",
    ),
    "object": (
        "{N} was smashed in {V} and ‹put together again› in {x}.",
        "{N} was stolen in {V} and ‹came back› in {x}.",
        "{N} was lost in {V}; ‹it was found again› in {x}.",
    ),
}
REBUILT_ZH = {
    "building": (
        "{N}于{V}毁于大火，{x}年‹重建›。",
        "{V}，{n}被拆除。{x}年‹按原样复建›。",
        "{N}在{V}倒塌，‹现存的是{x}年重建的›。",
        "战火于{V}毁掉了{n}，{x}年‹重新建起›，今天对外开放。",
        "{N}{V}被炸毁，‹今天看到的是{x}年复建的›。",
        "{V}，{n}被焚，后‹多次重建›，{x}年又修复。",
    ),
    "ship": ("{N}于{V}沉没，打捞后{x}年‹重新下水›。", "{N}{V}拆解，{x}年‹按原样复制›。"),
    "vehicle": ("{N}于{V}停用，{x}年‹修复后重新运行›。",),
    "species": ("{N}于{V}在当地绝迹，{x}年‹重新引入›。",),
    "company": ("{N}于{V}关闭，{x}年‹复办›。", "{N}{V}解散，{x}年‹重新成立›，至今仍在。"),
    "event": ("{N}于{V}停办，{x}年‹恢复举办›。",),
    "object": ("{N}于{V}被盗，{x}年‹追回›。", "{N}{V}破碎，{x}年‹修复如初›。"),
}
HARMED = {
    "building": (
        "The tower of {n} was pulled down in {V}; ‹the rest is still used›.",
        "Part of {n} collapsed in {V}, and ‹what remains can be visited›.",
        "{N} was left unfinished when work stopped in {V}; ‹it can be seen› as it was then.",
        "Its east wing was demolished in {V}, but ‹{n} is open› as before.",
        "{N} was badly damaged in {V} and ‹has since been repaired›.",
        "{N} closed in {V} and ‹is a museum today›.",
        "{N} stands ‹as a ruin› since the fire of {V}, and visitors climb it.",
        "{N} was moved stone by stone in {V} and ‹stands in its new place›.",
        "An earlier one on the spot was demolished in {V}; {n} ‹stands there today›.",
        "The houses around {n} were pulled down in {V}; ‹it alone was kept›.",
        "{N} was captured in {V}; ‹its walls are well preserved›.",
    ),
    "ship": (
        "{N} was taken out of service in {V} and ‹lies in the harbour as a hotel›.",
        "{N} lost her masts in {V} and was ‹refitted›.",
        "{N} collided with a ferry in {V}; she ‹was mended and sails on›.",
    ),
    "vehicle": (
        "{N} was withdrawn in {V} and ‹stands in a museum›.",
        "{N} was damaged in a collision in {V} and ‹repaired›.",
    ),
    "company": (
        "{N} closed its second shop in {V}; ‹the first is still open›.",
        "{N} was renamed in {V} and ‹carries on›.",
        "{N} moved to a new house in {V}, where ‹it is still found›.",
    ),
    "object": (
        "A corner of {n} broke off in {V}; ‹the rest is on show›.",
        "{N} was scratched in {V} and ‹repaired›.",
    ),
    "species": ("The last one in the valley was shot in {V}; ‹elsewhere {n} is common›.",),
}
HARMED_ZH = {
    "building": (
        "{N}的钟楼于{V}拆除，‹主体仍在使用›。",
        "{N}部分于{V}倒塌，‹其余仍可参观›。",
        "{N}于{V}停工，未完成，‹今天仍可看到›。",
        "{N}在{V}受损，‹其后修复›。",
        "{N}于{V}关闭，‹现为博物馆›。",
        "{N}于{V}整体迁移，‹今立于新址›。",
        "{V}，周围房屋被拆，‹唯{n}得以保留›。",
    ),
    "ship": ("{N}于{V}退役，‹现停在港内作旅馆›。",),
    "vehicle": ("{N}于{V}停用，‹现存于博物馆›。",),
    "company": ("{N}于{V}改名，‹延续至今›。", "{N}于{V}迁址，‹仍在营业›。"),
    "object": ("{N}于{V}受损，‹已修复›。",),
}
