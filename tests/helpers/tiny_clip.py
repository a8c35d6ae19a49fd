"""Real open_clip models, small and with random weights, as folders on disk."""

import json
from pathlib import Path

SENTENCES = (
    "The old railway station was demolished in 1992.",
    "When was the tower built?",
    "济南老火车站建于1912年，1992年被拆除。",
    "这座楼什么时候建成的？",
)
CLIP = {
    "embed_dim": 24,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 32, "head_width": 16, "patch_size": 16},
    "text_cfg": {"context_length": 16, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2},
}
SIGLIP = {
    "embed_dim": 64,
    "init_logit_bias": -10,
    "custom_text": True,
    "vision_cfg": {
        "image_size": 32,
        "timm_model_name": "test_vit",
        "timm_model_pretrained": False,
        "timm_pool": "map",
        "timm_proj": "none",
    },
    "text_cfg": {
        "context_length": 12,
        "vocab_size": 400,
        "hf_tokenizer_name": "somebody/siglip-words",
        "tokenizer_kwargs": {"clean": "canonicalize"},
        "width": 32,
        "heads": 2,
        "layers": 2,
        "no_causal_mask": True,
        "proj_bias": True,
        "pool_type": "last",
    },
}
MULTILINGUAL = {
    "embed_dim": 24,
    "vision_cfg": CLIP["vision_cfg"],
    "text_cfg": {
        "context_length": 20,
        "hf_model_name": "xlm-roberta-base",
        "hf_tokenizer_name": "xlm-roberta-base",
        "hf_pooler_type": "mean_pooler",
        "hf_proj_type": "linear",
    },
}
SIGLIP_PREPROCESS = {"mean": [0.5] * 3, "std": [0.5] * 3, "resize_mode": "squash"}


def make_clip(folder: Path) -> Path:
    """A CLIP with CLIP's own byte pairs, as OpenAI's and LAION's."""
    return save(folder, CLIP, {})


def make_siglip(folder: Path) -> Path:
    """A SigLIP: sigmoid bias, timm tower with attention pooling, text without a causal mask."""
    save_tokenizer(folder, pad=0, end="[EOS]", start=None)
    return save(folder, SIGLIP, SIGLIP_PREPROCESS)


def make_multilingual(folder: Path) -> Path:
    """A CLIP whose text tower is an XLM-RoBERTa with its own tokenizer, Chinese in it."""
    from transformers import XLMRobertaConfig

    tower = folder / "xlm-roberta-base"
    size = save_tokenizer(tower, pad=1, end="</s>", start="<s>")
    XLMRobertaConfig(
        vocab_size=size, hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=64, pad_token_id=1,
    ).save_pretrained(tower)  # fmt: skip
    return save(folder, MULTILINGUAL, {})


def save_tokenizer(folder: Path, *, pad: int, end: str, start: str | None) -> int:
    """Byte pairs learnt from the sentences; returns how many there are."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    special = ["<pad>", start or "<s>"] if pad == 0 else [start or "<s>", "<pad>"]
    special += [end, "<unk>"]
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator(
        SENTENCES,
        trainers.BpeTrainer(
            vocab_size=400,
            special_tokens=special,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    names = [name for name in (start, end) if name]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}" if start else f"$A {end}",
        special_tokens=[(name, tokenizer.token_to_id(name)) for name in names],
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>", eos_token=end
    ).save_pretrained(folder)
    return int(tokenizer.get_vocab_size())


def build(config: dict, folder: Path):
    """The bare open_clip model of a configuration."""
    import open_clip

    config = json.loads(json.dumps(config))
    text = config["text_cfg"]
    if "hf_model_name" in text:
        text |= {"hf_model_name": str(folder / "xlm-roberta-base"), "hf_model_pretrained": False}
    custom = config.pop("custom_text", False) or "hf_model_name" in text
    return (open_clip.CustomTextCLIP if custom else open_clip.CLIP)(**config)


def save(folder: Path, config: dict, preprocess: dict) -> Path:
    """Random weights and the configuration, as open_clip's own hub folders have them."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    model = build(config, folder)
    weights = {name: value.contiguous() for name, value in model.state_dict().items()}
    save_file(weights, folder / "open_clip_model.safetensors")
    written = {"model_cfg": config, "preprocess_cfg": preprocess}
    (folder / "open_clip_config.json").write_text(json.dumps(written), encoding="utf-8")
    return folder
