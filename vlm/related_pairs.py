"""A check that a model for retrieval knows what belongs together, made before it is used.

Wrong weights, a chat model in place of one for retrieval, a server without its chat template: all
of them run, answer with numbers of the right form, and find nonsense. So a few questions, sentences
and drawn pictures that any model of this kind can match are asked first, across two languages and
with few words in common. The related pairs have to score above the unrelated ones; one of the seven
may fail, as a model for one language has to be usable.

Knows neither models nor servers: the functions that make vectors and scores are passed.
"""

import threading
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from knowledge.errors import ModelBrokenError

QUESTIONS = (
    "Where can visitors see sharks and corals?",
    "When was the railway station torn down?",
    "Who wrote the music for this ballet?",
    "What will the weather be like?",
)
SENTENCES = (
    "The aquarium keeps fish of tropical reefs behind glass.",
    "火车站于1992年被拆除。",
    "Tchaikovsky composed Swan Lake.",
    "Heavy rain and a cold wind are forecast for tomorrow.",
)
"""Sentence n answers question n and no other."""

CAPTIONS = (
    "A red circle.",
    "A black and white chessboard.",
    "A green triangle.",
)
"""Caption n describes picture n and no other."""

LEAST_COSINE = 0.02
"""How much a related pair's cosine has to be above an unrelated one's."""

LEAST_LOGIT = 0.5
"""The same of a score between 0 and 1, as log-odds. A network with random weights, and a server
that asks without its template, have all scores close together."""

MOST_WRONG = 1
"""How many of the seven pairs may fail."""

_SIDE = 128

Vectors = npt.NDArray[np.float32]
Shown = tuple[str, Image.Image | None]
"""A text, and a photo or none."""


class CheckedOnce:
    """A check before the first use. Other threads wait for it; the check itself may use what it
    checks. A model that failed stays refused; a server that could not be asked is asked again."""

    def __init__(self, check: Callable[[], None]) -> None:
        """`check` raises a `ModelError` if it fails."""
        self._check = check
        self._lock = threading.RLock()
        self._is_running = False
        self._has_passed = False
        self._failed: ModelBrokenError | None = None

    def pass_or_raise(self) -> None:
        """Run the check unless it ran before.

        Raises:
            ModelError: it failed, now or before.
        """
        if self._has_passed:
            return
        with self._lock:
            if self._failed is not None:
                raise self._failed
            if self._is_running or self._has_passed:
                return
            self._is_running = True
            try:
                self._check()
            except ModelBrokenError as error:
                self._failed = error
                raise
            finally:
                self._is_running = False
            self._has_passed = True


def pictures() -> list[Image.Image]:
    """The pictures that `CAPTIONS` describe."""
    drawn = [Image.new("RGB", (_SIDE, _SIDE), "white") for _ in CAPTIONS]
    ImageDraw.Draw(drawn[0]).ellipse((24, 24, 104, 104), fill=(220, 20, 20))
    board = ImageDraw.Draw(drawn[1])
    for across in range(8):
        for down in range(8):
            if (across + down) % 2:
                board.rectangle((16 * across, 16 * down, 16 * across + 15, 16 * down + 15), "black")
    ImageDraw.Draw(drawn[2]).polygon([(64, 20), (108, 104), (20, 104)], fill=(20, 150, 40))
    return drawn


def check_vectors(
    name: str,
    *,
    questions: Callable[[Sequence[str]], Vectors],
    texts: Callable[[Sequence[str]], Vectors],
    images: Callable[[Sequence[Image.Image]], Vectors],
) -> None:
    """Refuse an encoder whose related pairs do not lie above the unrelated ones.

    Args:
        name: of the encoder, for the message.
        questions: questions → (n, dim), each row of length 1.
        texts: what they are answered by → (n, dim).
        images: photos → (n, dim).

    Raises:
        ModelBrokenError: more than one pair that belongs together does not stand out.
    """
    words = questions(QUESTIONS) @ texts(SENTENCES).T  # (question, sentence)
    seen = images(pictures()) @ texts(CAPTIONS).T  # (picture, caption)
    wrong = []
    for cosines, called in ((words, QUESTIONS), (seen, CAPTIONS)):
        for one, what in enumerate(called):
            related = float(cosines[one, one])
            others = [*np.delete(cosines[one], one), *np.delete(cosines[:, one], one)]
            closest = max(map(float, others))
            if related - closest < LEAST_COSINE:
                wrong.append((what, related, closest))
    if len(wrong) > MOST_WRONG:
        what, related, closest = wrong[0]
        raise ModelBrokenError(
            f"The encoder {name} does not know what belongs together: {len(wrong)} of "
            f"{len(words) + len(seen)} pairs do not stand out. For {what!r} the cosine with what "
            f"belongs to it is {related:.3f}, and that of another pair {closest:.3f}. {_WHY}"
        )


def check_scores(name: str, score: Callable[[Shown, Sequence[Shown]], Sequence[float]]) -> None:
    """Refuse a reranker whose related pairs do not score above the unrelated ones.

    Args:
        name: of the reranker, for the message.
        score: a question and documents → a score from 0 to 1 for each document.

    Raises:
        ModelBrokenError: more than one pair that belongs together does not stand out.
    """
    drawn = pictures()
    asked: list[tuple[Shown, list[Shown]]] = []
    for one, question in enumerate(QUESTIONS):
        other = SENTENCES[(one + 1) % len(SENTENCES)]
        asked.append(((question, None), [(SENTENCES[one], None), (other, None)]))
    for one, caption in enumerate(CAPTIONS):
        pair: list[Shown] = [("", drawn[one]), ("", drawn[(one + 1) % len(drawn)])]
        asked.append(((caption, None), pair))
    wrong = []
    for query, documents in asked:
        related, unrelated = score(query, documents)
        if _log_odds(related) - _log_odds(unrelated) < LEAST_LOGIT:
            wrong.append((query[0], related, unrelated))
    if len(wrong) > MOST_WRONG:
        what, related, unrelated = wrong[0]
        raise ModelBrokenError(
            f"The reranker {name} does not know what belongs together: {len(wrong)} of "
            f"{len(asked)} pairs do not stand out. Asked {what!r}, it gives {related:.3f} to what "
            f"answers and {unrelated:.3f} to what does not. {_WHY}"
        )


_WHY = (
    "These are other weights than its name says, weights of a chat model, or a server that runs "
    "them without the right template; docs/encoders.md has the commands."
)


def _log_odds(probability: float) -> float:
    inside = min(max(probability, 1e-6), 1.0 - 1e-6)
    return float(np.log(inside / (1.0 - inside)))
