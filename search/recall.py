"""What a conversation remembers of its earlier questions, and which questions refer back to it.

Holds no photo: of one that was sent only its vectors are kept, which find the same subjects again.
"""

import re
from dataclasses import dataclass

_REFERS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|this|that|these|those)\b|[它这那其此该]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Recalled:
    """What went before a question.

    Attributes:
        photos: vectors of the photos that were asked about, (n, dim), each of length 1; they stand
            in for photos where a question brings none.
        subject: document id of what the latest answer was about, None if there was none.
        questions: the earlier questions, oldest first, for a reader that can make use of them.
    """

    photos: tuple[tuple[float, ...], ...] = ()
    subject: str | None = None
    questions: tuple[str, ...] = ()


NOTHING = Recalled()
"""What is recalled of a question that begins a conversation."""


def refers_back(question: str) -> bool:
    """Whether a question points at something it does not name.

    >>> refers_back("And when was it built?"), refers_back("那它是什么时候建成的?")
    (True, True)
    >>> refers_back("When was the Eiffel Tower built?")
    False
    """
    return _REFERS_BACK.search(question) is not None
