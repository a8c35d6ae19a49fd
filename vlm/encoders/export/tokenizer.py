"""open_clip's tokenizers as one `tokenizer.json` that the `tokenizers` package reads by itself.

Two kinds: CLIP's own byte pairs, and a Hugging Face tokenizer behind one of open_clip's ways of
cleaning a text. Of ftfy's repair of wrongly decoded text, only quotation marks and full-width
letters and signs are covered, since correct texts have those too.
"""

import string
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.errors import ModelBrokenError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from vlm.encoders.open_clip import OpenClipEncoder

_CLIP_WORDS = (
    r"<start_of_text>|<end_of_text>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
)


def save_tokenizer(encoder: "OpenClipEncoder", path: Path) -> None:
    """Write the tokenizer of an open_clip model.

    Raises:
        ModelBrokenError: a `tokenizer.json` cannot express this kind.
    """
    theirs = encoder.tokenizer()
    text = encoder.files.model["text_cfg"]
    options = text.get("tokenizer_kwargs") or {}
    if (
        text.get("tokenizer_mode")
        or options.get("strip_sep_token")
        or options.get("reduction_mask")
    ):
        raise ModelBrokenError(
            f"The tokenizer of {encoder.card.name} uses options (tokenizer_mode, "
            "strip_sep_token or reduction_mask) that cannot be exported; run it with PyTorch."
        )
    if encoder.files.tokenizer is None:
        tokenizer = byte_pairs(theirs)
        cleaning = options.get("clean", "lower")
    else:
        if not theirs.tokenizer.is_fast:
            raise ModelBrokenError(
                f"The tokenizer of {encoder.card.name} has no tokenizer.json; run it with PyTorch."
            )
        tokenizer = _copy(theirs.tokenizer.backend_tokenizer)
        cleaning = options.get("clean", "whitespace")
    prepend_cleaning(tokenizer, cleaning)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(path))


def byte_pairs(theirs: Any) -> "Tokenizer":  # noqa: ANN401 - open_clip's class has no type hints
    """open_clip's `SimpleTokenizer`, which OpenAI wrote for CLIP, without its cleaning."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors

    ranked = sorted(theirs.bpe_ranks, key=theirs.bpe_ranks.get)
    tokenizer = Tokenizer(
        models.BPE(vocab=theirs.encoder, merges=ranked, end_of_word_suffix="</w>")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_CLIP_WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    start, end = "<start_of_text>", "<end_of_text>"
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}",
        special_tokens=[(start, theirs.sot_token_id), (end, theirs.eot_token_id)],
    )
    return tokenizer


def prepend_cleaning(tokenizer: "Tokenizer", cleaning: str) -> None:
    """Add the cleaning that open_clip applies to a text before its tokenizer.

    Args:
        tokenizer: changed in place.
        cleaning: `whitespace`, `lower` or `canonicalize`, as open_clip calls them.
    """
    from tokenizers import Regex, normalizers

    steps: list[normalizers.Normalizer] = [
        normalizers.NFC(),
        normalizers.Replace(Regex("[\u02bc\u2018-\u201b]"), "'"),
        normalizers.Replace(Regex("[\u201c-\u201f]"), '"'),
        *(normalizers.Replace(chr(0xFEE0 + code), chr(code)) for code in range(0x21, 0x7F)),
    ]
    if cleaning == "canonicalize":
        signs = "".join(f"\\{sign}" for sign in string.punctuation if sign != "_")
        steps += [normalizers.Replace("_", " "), normalizers.Replace(Regex(f"[{signs}]"), "")]
    if cleaning != "whitespace":
        steps.append(normalizers.Lowercase())
    steps += [normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    if tokenizer.normalizer is not None:
        steps.append(tokenizer.normalizer)
    tokenizer.normalizer = normalizers.Sequence(steps)


def _copy(tokenizer: "Tokenizer") -> "Tokenizer":
    from tokenizers import Tokenizer

    copied: Tokenizer = Tokenizer.from_str(tokenizer.to_str())
    return copied
