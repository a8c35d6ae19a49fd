"""Whether the index holds the picture that was asked about, in a line for people."""

from rich.console import Console
from rich.text import Text

from api.plain_output import escaped
from search.held_pictures import HeldPicture

_VERDICTS = {
    "same_file": ("This picture is in the collection: the same file", "馆藏中有这张图片：同一文件"),
    "same_shot": (
        "This picture is in the collection: the same shot",
        "馆藏中有这张图片：同一张照片",
    ),
    "same_place": (
        "This picture is not in the collection; another one of the same place is",
        "馆藏中没有这张图片，但有同一地点的另一张",
    ),
    "none": ("This picture is not in the collection", "馆藏中没有这张图片"),
}
_EDITS = {
    "cropped": ("cropped", "裁剪"),
    "framed": ("with something around it", "外加边框"),
    "mirrored": ("mirrored", "镜像"),
    "turned": ("turned by {turned}°", "旋转{turned}°"),
    "grey": ("without its colours", "去色"),
}
_UNVERIFIED = (
    "known by its hash alone: install the extra `pictures` to have it compared closely",
    "仅凭哈希判断：安装附加组件 `pictures` 后可仔细比对",
)


def print_held(console: Console, held: HeldPicture | None, *, language: str = "en") -> None:
    """Print a line on whether the index holds the picture; nothing where none was asked about."""
    if held is not None:
        console.print(Text(_in_words(held, language), style="cyan"), soft_wrap=True)


def _in_words(held: HeldPicture, language: str) -> str:
    zh = language.partition("-")[0].casefold() == "zh"
    text = _VERDICTS[held.verdict][zh]
    if held.edits:
        edits = [_EDITS[edit][zh].format(turned=held.turned) for edit in held.edits]
        text += ("，" if zh else ", ") + ("、" if zh else ", ").join(edits)
    if held.document_id is not None:
        text += f" ({escaped(held.document_id, one_line=True)})"
    if held.verdict == "same_shot" and not held.verified:
        text += ("；" if zh else "; ") + _UNVERIFIED[zh]
    return text + ("。" if zh else ".")
