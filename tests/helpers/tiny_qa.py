"""Tiny question-answering models of transformers' real classes, with random weights, in folders."""

import json
from pathlib import Path

from vlm.readers.export.comparison import PAIRS

SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "initializer_range": 0.3,  # logits as far apart as a trained model's, not all near zero
}
PAGE = "---\nlanguage:\n- en\n- zh\ndatasets:\n- squad_v2\n---\n# A tiny model\n"
TEXTS = [text for _, question, answer, _ in PAIRS for text in (question, answer)]


def make_bert(folder: Path) -> Path:
    from transformers import BertConfig, BertForQuestionAnswering

    tokenizer = word_pieces(folder)
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=64, **SIZES)
    return save(BertForQuestionAnswering(config), tokenizer, folder)


def make_electra(folder: Path) -> Path:
    from transformers import ElectraConfig, ElectraForQuestionAnswering

    tokenizer = word_pieces(folder)
    config = ElectraConfig(
        vocab_size=len(tokenizer), max_position_embeddings=64, embedding_size=16, **SIZES
    )
    return save(ElectraForQuestionAnswering(config), tokenizer, folder)


def make_mobile_bert(folder: Path) -> Path:
    from transformers import MobileBertConfig, MobileBertForQuestionAnswering

    tokenizer = word_pieces(folder)
    config = MobileBertConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=64,
        embedding_size=16,
        intra_bottleneck_size=16,
        true_hidden_size=16,
        normalization_type="layer_norm",
        **SIZES,
    )
    return save(MobileBertForQuestionAnswering(config), tokenizer, folder)


def make_distil_bert(folder: Path) -> Path:
    from transformers import DistilBertConfig, DistilBertForQuestionAnswering

    tokenizer = word_pieces(folder, model_input_names=["input_ids", "attention_mask"])
    config = DistilBertConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=64,
        dim=32,
        n_layers=1,
        n_heads=2,
        hidden_dim=64,
        initializer_range=0.3,
    )
    return save(DistilBertForQuestionAnswering(config), tokenizer, folder)


def make_roberta(folder: Path) -> Path:
    from tokenizers import ByteLevelBPETokenizer
    from transformers import RobertaConfig, RobertaForQuestionAnswering, RobertaTokenizer

    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    learned = ByteLevelBPETokenizer()
    learned.train_from_iterator(TEXTS, 600, special_tokens=special, show_progress=False)
    written = json.loads(learned.to_str())["model"]
    tokenizer = RobertaTokenizer(
        vocab=written["vocab"], merges=[tuple(pair) for pair in written["merges"]]
    )
    config = RobertaConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=66,  # two of them are never used: padding's id is 1
        pad_token_id=1,
        type_vocab_size=1,
        **SIZES,
    )
    return save(RobertaForQuestionAnswering(config), tokenizer, folder)


def make_xlm_roberta(folder: Path) -> Path:
    from transformers import (
        XLMRobertaConfig,
        XLMRobertaForQuestionAnswering,
        XLMRobertaTokenizer,
    )

    special = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    tokenizer = XLMRobertaTokenizer(vocab=special + pieces())
    config = XLMRobertaConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=66,
        pad_token_id=1,
        type_vocab_size=1,
        **SIZES,
    )
    return save(XLMRobertaForQuestionAnswering(config), tokenizer, folder)


def make_deberta_v2(folder: Path) -> Path:
    """As DeBERTa v3 is configured."""
    from transformers import DebertaV2Config, DebertaV2ForQuestionAnswering, DebertaV2Tokenizer

    special = [("[PAD]", 0.0), ("[CLS]", 0.0), ("[SEP]", 0.0), ("[UNK]", 0.0)]
    tokenizer = DebertaV2Tokenizer(vocab=special + pieces(), unk_id=3)
    config = DebertaV2Config(
        vocab_size=len(tokenizer),
        max_position_embeddings=64,
        relative_attention=True,
        position_buckets=16,
        norm_rel_ebd="layer_norm",
        share_att_key=True,
        pos_att_type=["p2c", "c2p"],
        position_biased_input=False,
        type_vocab_size=0,
        **SIZES,
    )
    return save(DebertaV2ForQuestionAnswering(config), tokenizer, folder)


MAKERS = {
    "bert": make_bert,
    "electra": make_electra,
    "mobilebert": make_mobile_bert,
    "distilbert": make_distil_bert,
    "roberta": make_roberta,
    "xlm-roberta": make_xlm_roberta,
    "deberta-v2": make_deberta_v2,
}


def word_pieces(folder: Path, **options):
    """BERT's tokenizer, whose vocabulary are the pairs' words and characters."""
    from transformers import BertTokenizer

    words = sorted({word.strip(".,;:?!¿？").lower() for text in TEXTS for word in text.split()})
    letters = sorted({letter for text in TEXTS for letter in text.lower() if letter.strip()})
    parts = [*letters, *(f"##{letter}" for letter in letters), *words]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(parts)]
    return BertTokenizer(vocab={word: n for n, word in enumerate(vocabulary)}, **options)


def pieces():
    """A Unigram vocabulary learned from the pairs, as (piece, logarithm of its probability)."""
    from tokenizers import SentencePieceUnigramTokenizer

    learned = SentencePieceUnigramTokenizer()
    learned.train_from_iterator(TEXTS, 500, show_progress=False, unk_token="<unk>")
    vocabulary = json.loads(learned.to_str())["model"]["vocab"]
    return [(piece, score) for piece, score in vocabulary if piece != "<unk>"]


def save(model, tokenizer, folder: Path) -> Path:
    """The model with random weights from a seed, its tokenizer and its page."""
    import torch

    generator = torch.Generator().manual_seed(0)
    for name, weights in model.named_parameters():
        if "LayerNorm" not in name and weights.dim() > 1:
            weights.data.normal_(0, 0.3, generator=generator)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "README.md").write_text(PAGE, encoding="utf-8")
    return folder
