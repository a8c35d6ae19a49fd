"""Answers in words: one or two plain sentences in the question's language."""

from vlm.extractive.dating import Dated
from vlm.extractive.questions import Question
from vlm.extractive.sentences import Sentence


def year_in_words(value: int, language: str) -> str:
    """515 BC for -515; 公元前515年; a bare 1889 or 1889年."""
    if language == "zh":
        if value < 0:
            return f"公元前{-value}年"
        return f"公元{value}年" if value < 1000 else f"{value}年"
    if value < 0:
        return f"{-value} BC"
    return f"AD {value}" if value < 1000 else str(value)


_ENGLISH_EVENT = (
    ("demolish", {"begin": "Demolition of {title} began in {year}.",
                  "finish": "The demolition of {title} was finished in {year}.",
                  None: "{title} was demolished in {year}."}),
    ("explode", {None: "{title} was blown up in {year}."}),
    ("collapse", {None: "{title} collapsed in {year}."}),
    ("burn", {None: "{title} was destroyed by fire in {year}."}),
    ("destroy", {None: "{title} was destroyed in {year}."}),
    ("cornerstone", {None: "The foundation stone of {title} was laid in {year}."}),
    ("consecrate", {None: "{title} was consecrated in {year}."}),
    ("inaugurate", {None: "{title} was inaugurated in {year}."}),
    ("dedicate", {None: "{title} was dedicated in {year}."}),
    ("rebuild", {"begin": "Rebuilding began in {year}.", "finish": "The rebuilding was finished in {year}.",
                 None: "{title} was rebuilt in {year}."}),
    ("open", {None: "{title} was opened in {year}."}),
    ("build", {"begin": "Work on {title} began in {year}.", "finish": "{title} was completed in {year}.",
               None: "{title} was built in {year}."}),
    ("make", {"begin": "Work on {title} began in {year}.", "finish": "{title} was completed in {year}.",
              None: "{title} was made in {year}."}),
)  # fmt: skip
_CHINESE_EVENT = (
    ("demolish", {"begin": "{title}于{year}开始拆除。", "finish": "{title}的拆除于{year}完成。",
                  None: "{title}于{year}被拆除。"}),
    ("explode", {None: "{title}于{year}被炸毁。"}),
    ("collapse", {None: "{title}于{year}倒塌。"}),
    ("burn", {None: "{title}于{year}被烧毁。"}),
    ("destroy", {None: "{title}于{year}被毁。"}),
    ("cornerstone", {None: "{title}于{year}奠基。"}),
    ("consecrate", {None: "{title}于{year}祝圣。"}),
    ("inaugurate", {None: "{title}于{year}落成。"}),
    ("dedicate", {None: "{title}于{year}落成。"}),
    ("rebuild", {"begin": "重建工程于{year}开始。", "finish": "重建工程于{year}完成。",
                 None: "{title}于{year}重建。"}),
    ("open", {None: "{title}于{year}开放。"}),
    ("build", {"begin": "{title}于{year}开始修建。", "finish": "{title}于{year}建成。",
               None: "{title}建于{year}。"}),
    ("make", {"begin": "{title}于{year}开始修建。", "finish": "{title}于{year}完成。",
              None: "{title}建于{year}。"}),
)  # fmt: skip


def name_in(language: str, title: str, aliases: tuple[str, ...]) -> str:
    """A name of the subject in the question's script, its title if there is none."""
    chinese = language == "zh"
    for name in (title, *aliases):
        if any("\u4e00" <= character <= "\u9fff" for character in name) == chinese and (
            chinese or name.isascii() or name == title
        ):
            return name
    return title


def say_year(question: Question, title: str, found: Dated, *, about_subject: bool) -> str:
    """The year and what happened in it."""
    year = year_in_words(found.year or 0, question.language)
    table = _CHINESE_EVENT if question.language == "zh" else _ENGLISH_EVENT
    if about_subject:
        for action, forms in table:
            if action in question.actions:
                form = forms.get(question.phase) or forms[None]  # type: ignore[attr-defined]
                return _capital(form.format(title=title, year=year))
    return say_fact(question, found.sentence, lead=year)


def say_standing(
    question: Question, title: str, *, exists: bool, year: int | None, rebuilt: bool
) -> str:
    """Whether it stands, and since when it does not."""
    if question.language == "zh":
        if exists:
            return f"{title}今天仍在,现存的是重建的建筑。" if rebuilt else f"{title}今天仍然存在。"
        gone = f"{title}今天已不存在"
        return f"{gone},毁于{year_in_words(year, 'zh')}。" if year is not None else f"{gone}。"
    if exists:
        return _capital(
            f"{title} stands today as a reconstruction."
            if rebuilt
            else f"{title} still stands today."
        )
    gone = f"{title} no longer stands"
    return _capital(
        f"{gone}; it ceased to exist in {year_in_words(year, 'en')}."
        if year is not None
        else f"{gone}."
    )


def say_fact(question: Question, sentence: Sentence, *, lead: str | None = None) -> str:
    """The quoted sentence, introduced in the question's language."""
    text = sentence.text.strip()
    if question.language == "zh":
        told = text if text.endswith(("。", ".", "!", "?")) else text + "。"
        return f"{lead}。据资料:“{told}”" if lead else f"据资料:“{told}”"
    return f"{lead}. The source says: “{text}”" if lead else f"The source says: “{text}”"


def say_nothing(question: Question, title: str | None) -> str:
    """That the evidence does not say."""
    if question.language == "zh":
        return (
            f"关于{title}的资料没有说明这一点。" if title else "资料库中没有能回答这个问题的内容。"
        )
    return (
        f"The sources on {title} do not say." if title else "Nothing in the sources answers this."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
