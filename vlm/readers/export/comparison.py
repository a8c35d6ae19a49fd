"""How far an exported reader is from the model it was made of.

Holds the pairs that both are asked, and what difference passes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vlm.readers.extractive.network import Scores, best_span

Precision = Literal["int8", "fp32"]

MEAN_ERROR, WORST_ERROR = {"int8": 0.15, "fp32": 0.001}, {"int8": 0.30, "fp32": 0.002}
"""Most of `Comparison.errors` that passes."""
LARGEST_REGRET = 1.0
"""Most logits by which the model itself may find the export's span worse than its own: at 1, less
than three times as improbable."""
_LONG = 4_096
"""Characters of a text that is longer than any reader reads at once."""

PAIRS: tuple[tuple[str, str, str, bool], ...] = (
    ("en", "When was the old railway station demolished?",
     "The old railway station was built in 1912 by a German company. It was demolished in 1992 in "
     "spite of many protests.", True),
    ("en", "Who painted the portrait in the hall?",
     "The hall holds two portraits. The one beside the door was painted by Anna Weber in 1874; the "
     "artist of the other is unknown.", True),
    ("en", "How many engines does the ship have?",
     "Title: SS Aurora; Type: cargo ship; Length: 121 m; Engines: 2; Built: 1938; Home port: "
     "Bergen", True),
    ("en", "Where does this plant grow?",
     "The purple foxglove is poisonous. It grows on acid soils in clearings and along the edges of "
     "woods, and flowers from June to August.", True),
    ("en", "Who wrote the opera?",
     "The bridge has three arches and carries a road over the river. A flood destroyed its middle "
     "pier in 1864, which was replaced a year later.", False),
    ("en", "What is the price of a ticket?",
     "The museum keeps 4,000 photographs of the harbour, most of them on glass. They were given by "
     "the photographer's daughter.", False),
    ("zh", "济南老火车站是哪一年拆除的？",
     "济南老火车站由德国建筑师设计，建于1912年。尽管许多人反对，车站仍于1992年被拆除，"
     "原址上建起了新站。", True),
    ("zh", "这张照片是谁拍的？", "题名：外滩；作者：王小亭；日期：1937年；馆藏：上海图书馆", True),
    ("zh", "这幅画有多高？", "寺庙位于山脚下，前有一条小河。每年春天，人们来这里赏花。", False),
    ("de", "Wer entwarf das Rathaus?",
     "Das Rathaus wurde 1905 eingeweiht. Der Entwurf stammt von dem Architekten Karl Hofmann, der "
     "auch die Schule baute.", True),
    ("fr", "En quelle année le phare a-t-il été construit ?",
     "Le phare domine la baie depuis 1846. Il a été automatisé en 1992 et se visite en été.", True),
    ("es", "¿Qué animal aparece en el escudo?",
     "El escudo de la ciudad muestra un oso apoyado en un árbol. Fue aprobado por el concejo en "
     "1544.", True),
)  # fmt: skip
"""Language, question, text, and whether the text answers."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a text. `answered`: whether the text answers it; None if nobody says."""

    question: str
    text: str
    answered: bool | None


def pairs_in(languages: Sequence[str]) -> list[Pair]:
    """The pairs in these languages, or all if there are none, and one longer than is read."""
    spoken = {tag.partition("-")[0] for tag in languages}
    chosen = [each for each in PAIRS if each[0] in spoken] or list(PAIRS)
    pairs = [Pair(*each[1:]) for each in chosen]
    texts = " ".join(pair.text for pair in pairs)
    return [*pairs, Pair(pairs[0].question, texts * (_LONG // len(texts) + 1), None)]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scores of an export beside the model's own, for the same pairs.

    Attributes:
        ours: of the export.
        theirs: of the model; for the same tokens.
        nulls: whether `nothing` is compared too.
    """

    ours: Sequence[Scores]
    theirs: Sequence[Scores]
    nulls: bool

    def errors(self) -> tuple[float, float]:
        """Mean and largest error of the pairs: √mean (ours - theirs)² over the spread of theirs,
        of the logits of starts, ends and, with nulls, of nothing."""
        errors = []
        for ours, theirs in zip(self.ours, self.theirs, strict=True):
            off = np.concatenate([ours.starts - theirs.starts, ours.ends - theirs.ends])
            if self.nulls:
                off = np.append(off, ours.nothing - theirs.nothing)
            spread = (float(theirs.starts.std()) + float(theirs.ends.std())) / 2
            errors.append(float(np.sqrt(np.mean(off**2))) / max(spread, 1e-6))
        return round(float(np.mean(errors)), 5), round(max(errors), 5)

    def regret(self) -> float:
        """By how many logits, at worst, the model finds the export's span worse than its own."""
        regrets = []
        for ours, theirs in zip(self.ours, self.theirs, strict=True):
            scores = []
            for each in (theirs, ours):
                first, last = best_span(each.starts, each.ends)
                scores.append(float(theirs.starts[first] + theirs.ends[last]))
            regrets.append(scores[0] - scores[1])
        return max(regrets)

    def same_spans(self) -> int:
        """For how many pairs both choose the same span."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return sum(best_span(a.starts, a.ends) == best_span(b.starts, b.ends) for a, b in pairs)

    def passes(self, precision: Precision) -> bool:
        """Whether the export is as good as the model for a reader."""
        mean, worst = self.errors()
        return (
            mean <= MEAN_ERROR[precision]
            and worst <= WORST_ERROR[precision]
            and self.regret() <= LARGEST_REGRET
        )


def prefers_nothing(scores: Scores) -> bool:
    """Whether "nothing here answers" scores higher than the best span."""
    first, last = best_span(scores.starts, scores.ends)
    return scores.nothing > float(scores.starts[first] + scores.ends[last])
