"""Which encoder is taken where none was named, by what lies where."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from vlm.models.default import BUNDLED, best_of, choose_encoder

ROOT = Path(__file__).resolve().parents[3]
MODELS = ROOT / "data/models"


def test_one_of_ones_own_wins_over_the_bundled(tmp_path):
    shutil.copytree(MODELS / "starter", tmp_path / "mine")
    assert choose_encoder(models_root=MODELS, own_root=tmp_path) == "mine"


def test_many_languages_win():
    names = ["ViT-B-32--openai--int8", "xlm-roberta-base-ViT-B-32--laion5b_s13b_b90k--int8"]
    assert best_of(names) == names[1]
    assert best_of([]) is None


def in_a_fresh_process(home: Path) -> str:
    """The choice with the caches below `home`; where they are is read at import."""
    code = (
        "from pathlib import Path; from vlm.models.default import choose_encoder;"
        f"print(choose_encoder(models_root=Path({str(MODELS)!r}), own_root=Path('nowhere')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True,
        env={"HF_HOME": str(home), "HOME": str(home), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    return done.stdout.strip()


def test_nothing_cached_the_starter(tmp_path):
    assert in_a_fresh_process(tmp_path) == BUNDLED


def test_a_cached_clip_whose_files_are_complete(tmp_path):
    pytest.importorskip("open_clip", reason="pip install -e '.[models]'")
    for repository in ("laion/CLIP-ViT-B-32-laion2B-s34B-b79K", "timm/ViT-B-16-SigLIP2"):
        folder = tmp_path / "hub" / f"models--{repository.replace('/', '--')}"
        (folder / "refs").mkdir(parents=True)
        (folder / "refs/main").write_text("abc")
        (folder / "snapshots/abc").mkdir(parents=True)
        (folder / "snapshots/abc/open_clip_model.safetensors").write_bytes(b"")
    # The SigLIP would be better, but its tokenizer is not here.
    assert in_a_fresh_process(tmp_path) == "ViT-B-32/laion2b_s34b_b79k"
