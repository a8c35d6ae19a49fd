"""The CLIP that is measured: ViT-B/32 of open_clip with random weights, and its int8 export.

Random weights cost the same time as trained ones and need no download. What they do not tell is
how much int8 costs a trained model: `snapcite models export` checks that on each export.
"""

import json
from pathlib import Path

from PIL import Image

ARCHITECTURE = "ViT-B-32"
_SEED = 0


def make_clip(folder: Path, architecture: str = ARCHITECTURE) -> Path:
    """A folder with configuration and weights, as `--encoder` takes it; made once."""
    if (folder / "open_clip_model.safetensors").exists():
        return folder
    import open_clip
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(_SEED)
    config = open_clip.get_model_config(architecture)
    model = open_clip.CLIP(**config)
    folder.mkdir(parents=True, exist_ok=True)
    written = {"model_cfg": config, "preprocess_cfg": {}}
    (folder / "open_clip_config.json").write_text(json.dumps(written, indent=2))
    save_file(
        {name: value.contiguous() for name, value in model.state_dict().items()},
        folder / "open_clip_model.safetensors",
    )
    return folder


def make_export(clip: Path, folder: Path, photos: list[Path]) -> Path:
    """What `snapcite models export --int8` makes of it, checked on `photos`; made once."""
    if (folder / "card.json").exists():
        return folder
    from vlm.encoders.export import export_encoder
    from vlm.encoders.open_clip import OpenClipEncoder
    from vlm.models import find_clip

    files = find_clip(str(clip))
    assert files is not None
    encoder = OpenClipEncoder(files, device="cpu", precision="fp32")
    export_encoder(encoder, folder, int8=True, photos=[Image.open(path) for path in photos])
    return folder
