"""A refusal: what is asked about is not surely anything indexed, so its story is not told.

It names what looks most like it, how far that is and why that was not taken, and asks. Says which
doubt it is: another kind of thing, another name, or a photo that is not close enough. Knows no
store and no reader.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from search.answer import Answer, NearSubject, NotTaken, abstain
from search.confidence import Fit
from search.evidence import Subject
from search.held_pictures import HeldPicture
from search.kinds import Comparison, compare_kinds
from search.named_things import NamedThing, is_unknown, unknown_thing
from search.query import Query
from search.topic_words import TopicWords, share_found

_MOST = 4
"""Subjects that a refusal asks about."""
SAME_PICTURE = 0.95
"""Nearness from which on two photos are one picture: then the question's words decide nothing."""
_SOMEWHAT = 0.5
_OTHER_PICTURE = 0.94
"""Nearness at most of a photo that was found not to be the picture: the encoder sees no difference,
but what is said must not contradict the verdict on the picture."""

_HOW_NEAR: Mapping[str, Sequence[tuple[float, str]]] = {
    "en": ((0.95, "nearly the same picture"), (0.75, "much alike"), (0.5, "somewhat alike"),
           (0.0, "hardly alike")),
    "zh": ((0.95, "几乎是同一张照片"), (0.75, "很像"), (0.5, "有些像"), (0.0, "不太像")),
}  # fmt: skip
_HOW_NEAR_WORDS: Mapping[str, Sequence[tuple[float, str]]] = {
    "en": ((0.75, "most words in common"), (0.25, "some words in common"),
           (0.0, "hardly a word in common")),
    "zh": ((0.75, "大部分词语相同"), (0.25, "部分词语相同"), (0.0, "几乎没有相同的词语")),
}  # fmt: skip

_SAID: Mapping[tuple[str, str], str] = {
    ("far", "en"): "Nothing here looks much like it. The nearest is {title} ({near}).",
    ("far", "zh"): "这里没有与它很相似的资料。最接近的是{title}({near})。",
    ("looks_like", "en"): "It looks like {title}, but not closely enough to say so ({near}).",
    ("looks_like", "zh"): "它看起来像{title},但还不足以断定({near})。",
    ("held", "en"): (
        "The picture is in the collection, with {title}, but what it shows is not sure ({near})."
    ),
    ("held", "zh"): "馆藏中有这张图片,属于{title},但还不能断定它显示的是什么({near})。",
    ("no_photo", "en"): (
        "What was found has no photo to compare with. By its words it may be {title} ({near})."
    ),
    ("no_photo", "zh"): "找到的资料没有照片可以比较。从文字看可能是{title}({near})。",
    ("another_kind", "en"): (
        "The question is about {asked}. What looks most like it here, {title}, is {own} ({near})."
    ),
    ("another_kind", "zh"): "问的是{asked},而这里最像它的{title}是{own}({near})。",
    ("another_kind_text", "en"): (
        "The question is about {asked}. What was found, {title}, is {own}."
    ),
    ("another_kind_text", "zh"): "问的是{asked},而找到的{title}是{own}。",
    ("another_name", "en"): (
        "No document here is about “{name}”. What looks most like it is {title} ({near})."
    ),
    ("another_name", "zh"): "这里没有关于“{name}”的资料。最像它的是{title}({near})。",
    ("not_called", "en"): "What was found, {title}, is not called “{name}”.",
    ("not_called", "zh"): "找到的{title}并不叫“{name}”。",
    ("no_such_name", "en"): "No document here is about “{name}”.",
    ("no_such_name", "zh"): "这里没有关于“{name}”的资料。",
    ("another_name_text", "en"): "No document here is about “{name}”; there is {title}.",
    ("another_name_text", "zh"): "这里没有关于“{name}”的资料;有的是{title}。",
}  # fmt: skip
_ASKS: Mapping[str, tuple[str, str]] = {
    "en": ("Is that what you mean?", "Is it one of these?"),
    "zh": ("您问的是它吗?", "是下面其中之一吗?"),
}
_ASKS_ALL_THE_SAME: Mapping[str, tuple[str, str]] = {
    "en": ("Is it that all the same?", "Is it one of these all the same?"),
    "zh": ("尽管如此,您问的是它吗?", "尽管如此,它是下面其中之一吗?"),
}
_OF_ONE = {"en": "{words}, {nearness:.2f} of 1", "zh": "{words},相似度{nearness:.2f},满分1"}

_SURE_OF_SUBJECT: Mapping[str, float] = {
    "resembles": 0.6, "meant": 1.0, "agreement": 1.0, "first": 1.0, "kind": 1.0,
}  # fmt: skip
"""What the signals would be if the photo were surely the subject's."""
_SURE_OF_TEXT: Mapping[str, float] = {
    "span": 1.0, "answerable": 1.0, "lead": 1.0, "stated": 1.0, "place": 0.0, "fits": 1.0,
    "numbers": 1.0, "years": 1.0, "names": 1.0, "reader": 1.0, "words": 1.0,
}  # fmt: skip
"""What they would be if the text surely answered."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a subject is not surely what is asked about.

    Attributes:
        why: the kind of doubt.
        kinds: the two kinds, of `another_kind`.
        thing: what the question names, of `another_name`.
        is_anywhere: another document may be about it; only this subject is not.
    """

    why: NotTaken
    kinds: Comparison | None = None
    thing: NamedThing | None = None
    is_anywhere: bool = False


def nearness(cosine: float, foreign_below: float) -> float:
    """How near two photos are, for people: 1 the same picture, 0.5 the cosine below which photos
    usually show something else (`Retriever.foreign_below`), 0 nothing in common.

    >>> nearness(1.0, 0.3), nearness(0.3, 0.3), nearness(0.15, 0.3), nearness(-0.2, 0.3)
    (1.0, 0.5, 0.25, 0.0)
    """
    if cosine >= foreign_below:
        return min(1.0, 0.5 + 0.5 * (cosine - foreign_below) / max(1e-6, 1.0 - foreign_below))
    return max(0.0, 0.5 * cosine / foreign_below) if foreign_below > 0 else 0.0


def doubt_of(query: Query, subject: Subject, *, foreign_below: float) -> Doubt | None:
    """Why a subject cannot be what a question's words ask about; None where it may be.

    What the caller chose, what the question calls by name and what the same picture shows is never
    in doubt.
    """
    if is_settled(query, subject, foreign_below):
        return None
    kinds = compare_kinds(query.question, subject.document)
    if kinds.verdict == "contradicts":
        return Doubt("another_kind", kinds=kinds)
    thing = unknown_thing(query.question, [(subject.document, subject.called)])
    return None if thing is None else Doubt("another_name", thing=thing, is_anywhere=True)


def unknown_name(
    query: Query, subjects: Sequence[Subject], *, foreign_below: float
) -> Doubt | None:
    """The doubt that a question names a thing which none of the subjects found is."""
    if any(is_settled(query, subject, foreign_below) for subject in subjects):
        return None
    documents = [(subject.document, subject.called) for subject in subjects]
    thing = unknown_thing(query.question, documents)
    return None if thing is None else Doubt("another_name", thing=thing)


def of_the_kind_asked(query: Query, subjects: Sequence[Subject]) -> list[Subject]:
    """The subjects, those that look about as close as the closest and are not of another kind than
    the question asks about first, if the first is of another."""
    kinds = [compare_kinds(query.question, subject.document).verdict for subject in subjects]
    if not kinds or kinds[0] != "contradicts":
        return list(subjects)
    fits = [
        subject
        for subject, verdict in zip(subjects, kinds, strict=True)
        if verdict == "agrees" and "lookalike" in subject.ranks
    ]
    return [*fits, *(subject for subject in subjects if subject not in fits)]


def is_subject_in_doubt(signals: Mapping[str, float], fit: Fit | None) -> bool:
    """Whether an answer is unsure for its subject, rather than for what the text says.

    The fit itself says it: which would raise its probability more, a sure subject or a sure text.
    Without a fit, nothing is said of the photo, so the text is what is unsure.
    """
    if fit is None or not signals.get("photo") or signals.get("named"):
        return False
    measured = {name: value for name, value in signals.items() if name in fit.weights}
    sure = [
        fit.probability({**measured, **{k: v for k, v in best.items() if k in measured}})
        for best in (_SURE_OF_SUBJECT, _SURE_OF_TEXT)
    ]
    return sure[0] > sure[1]


def refuse(
    query: Query,
    subjects: Sequence[Subject],
    doubt: Doubt | None,
    *,
    about: Subject | None = None,
    picture: HeldPicture | None = None,
    foreign_below: float,
    words: TopicWords,
) -> Answer:
    """The refusal of a query: what it looks like, how far that is, and which of these it may be.

    Args:
        query: what was asked.
        subjects: what was found, best first.
        doubt: why the first, or `about`, is not it; None where nothing is close.
        about: the subject that would have been answered about.
        picture: what the index holds of the query's photo, if that was looked for.
        foreign_below: the cosine below which photos usually show something else.
        words: splits questions and subjects into words.
    """
    language = "zh" if query.answer_language.partition("-")[0] == "zh" else "en"
    nothing = abstain("nothing_similar", None, language=language)
    if not query.shows and doubt is None:
        return nothing  # which of them could be meant, nothing says
    by_id = {subject.document.document_id: subject for subject in subjects}
    # Nothing can be said of how alike photos are where no document found has any.
    by_photo = query.shows and any(subject.photo is not None for subject in subjects)
    near = sorted(
        (
            _near(
                query,
                subject,
                doubt,
                language,
                foreign_below,
                words,
                picture=picture,
                by_photo=by_photo,
            )
            for subject in subjects
        ),
        key=lambda each: (_rank(query, by_id[each.document_id]), -each.nearness),
    )
    lead = next(
        (e for e in near if about is not None and e.document_id == about.document.document_id), None
    )
    if by_photo:
        near = [each for each in near if each.photo_id is not None or each.nearness > 0] or near
    else:
        near = _of_use(query, near, by_id)
    if lead is None and near:
        lead = max(near, key=lambda each: each.nearness) if by_photo else near[0]
    if lead is None:
        said = "" if doubt is None or doubt.thing is None else doubt.thing.name
        text = _SAID["no_such_name", language].format(name=said) if said else nothing.text
        return replace(nothing, text=text)
    shown = (lead, *(each for each in near if each is not lead))[:_MOST]
    said = _said(
        doubt, lead, language, by_photo=by_photo, is_held=_is_of(picture, lead.document_id)
    )
    is_far = by_photo and lead.nearness < _SOMEWHAT
    asks = (_ASKS_ALL_THE_SAME if is_far else _ASKS)[language][len(shown) > 1]
    text = f"{said}{asks}" if language == "zh" else f"{said} {asks}"
    return Answer(subject=None, text=text, reason="nothing_similar", candidates=shown)


def _of_use(
    query: Query, near: Sequence[NearSubject], by_id: Mapping[str, Subject]
) -> list[NearSubject]:
    """Of subjects that were found by words alone, those of the kind that is asked about; where no
    subject is, those that share a word with the question and are of no other kind."""
    ranks = {each.document_id: _rank(query, by_id[each.document_id]) for each in near}
    alike = [each for each in near if ranks[each.document_id] == 0]
    return alike or [each for each in near if each.nearness > 0 and ranks[each.document_id] == 1]


def is_settled(query: Query, subject: Subject, foreign_below: float) -> bool:
    """Whether the subject is surely the one meant: the caller chose it, the question names it, or
    the photo is nearly the same picture as one of its own."""
    if query.chosen is not None or subject.is_named:
        return True
    cosine = subject.scores.get("image") if query.shows else None
    return cosine is not None and nearness(cosine, foreign_below) >= SAME_PICTURE


def _near(
    query: Query,
    subject: Subject,
    doubt: Doubt | None,
    language: str,
    foreign_below: float,
    words: TopicWords,
    *,
    picture: HeldPicture | None,
    by_photo: bool,
) -> NearSubject:
    document = subject.document
    why: NotTaken = "looks_like"
    if compare_kinds(query.question, document).verdict == "contradicts":
        why = "another_kind"
    elif (
        doubt is not None
        and doubt.thing is not None
        and is_unknown(doubt.thing, document, subject.called)
    ):
        why = "another_name"
    if by_photo:
        share = nearness(subject.scores.get("image", 0.0), foreign_below)
        if _is_of(picture, document.document_id):
            share = max(share, SAME_PICTURE)
        elif picture is not None and picture.verdict in ("none", "same_place"):
            share = min(share, _OTHER_PICTURE)
        grades = _HOW_NEAR[language]
    else:
        share = share_found(words.in_question(query.question), words.in_subject(subject))
        grades = _HOW_NEAR_WORDS[language]
    share = round(share, 2)
    return NearSubject(
        document_id=document.document_id,
        title=document.title,
        photo_id=subject.photo.id if subject.photo is not None else None,
        nearness=share,
        how_near=next(said for least, said in grades if share >= least),
        why=why,
        turned=subject.photo.payload.get("turned", 0) if subject.photo is not None else 0,
    )


def _is_of(picture: HeldPicture | None, document_id: str) -> bool:
    """Whether the picture was found to be one of this document's."""
    return (
        picture is not None
        and picture.verdict in ("same_file", "same_shot")
        and picture.document_id == document_id
    )


def _rank(query: Query, subject: Subject) -> int:
    """The kinds that fit what is asked about first, those of another kind last."""
    verdict = compare_kinds(query.question, subject.document).verdict
    return {"agrees": 0, "unknown": 1, "contradicts": 2}[verdict]


def _said(
    doubt: Doubt | None, lead: NearSubject, language: str, *, by_photo: bool, is_held: bool
) -> str:
    near = _OF_ONE[language].format(words=lead.how_near, nearness=lead.nearness)
    asked = own = name = ""
    key: str = "looks_like" if lead.nearness >= _SOMEWHAT else "far"
    if is_held:
        key = "held"
    if not by_photo:
        key = "no_photo"
    if doubt is not None and doubt.why != "looks_like":
        key = doubt.why if by_photo else f"{doubt.why}_text"
        if doubt.is_anywhere:
            key = "not_called"
        if doubt.kinds is not None:
            asked, own = doubt.kinds.in_words(language)
        name = doubt.thing.name if doubt.thing is not None else ""
    return _SAID[key, language].format(title=lead.title, near=near, asked=asked, own=own, name=name)
