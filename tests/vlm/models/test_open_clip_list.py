"""open_clip's lists read as text say what open_clip itself says."""

import subprocess
import sys
from pathlib import Path

import pytest

from vlm.models import open_clip_list
from vlm.models.open_clip_list import has_architecture, list_checkpoints

ROOT = Path(__file__).resolve().parents[3]


def test_the_same_checkpoints_at_the_same_places():
    open_clip = pytest.importorskip("open_clip", reason="pip install -e '.[models]'")
    listed = list_checkpoints()
    pairs = [(name, tag) for name, tags in listed.items() for tag in tags]
    assert pairs == open_clip.list_pretrained()
    for name, tag in pairs:
        known = open_clip.get_pretrained_cfg(name, tag.upper().replace("_", "-"))
        read = listed[name][open_clip_list.clean_tag(tag)]
        assert (read.get("url") or "", read.get("hf_hub") or "") == (known["url"], known["hf_hub"])
    assert all(map(has_architecture, open_clip.list_models()))
    assert has_architecture("ViT-B-33") is False


@pytest.mark.parametrize("text", ["", "x = (", "_PRETRAINED = make()", "_PRETRAINED = {'a': 3}"])
def test_a_list_written_in_another_way_is_not_known(text, tmp_path):
    (tmp_path / "pretrained.py").write_text(text)
    assert open_clip_list._read_list(tmp_path / "pretrained.py") is None


ABSENT = {
    "encoder ViT-B-16-SigLIP2/webli": "snapcite models pull ViT-B-16-SigLIP2/webli",
    "encoder ViT-B-32/laion9b": "no checkpoint 'laion9b'",
    "encoder ViT-B-33/laion2b": "is unknown",
    "encoder hf-hub:timm/nothing": "snapcite models pull hf-hub:timm/nothing",
    "encoder Qwen/Qwen3-VL-Embedding-2B": "snapcite models pull Qwen/Qwen3-VL-Embedding-2B",
    "text_encoder intfloat/multilingual-e5-small": "models pull intfloat/multilingual-e5-small",
    "text_encoder half/fetched": "models pull half/fetched",
    "reader qwen3-vl": "This machine has no GPU",
    "reader_model Qwen/Qwen3-VL-8B-Instruct": "snapcite models pull Qwen/Qwen3-VL-8B-Instruct",
    "reranker qwen3-vl-reranker": "snapcite models pull Qwen/Qwen3-VL-Reranker-2B",
}


def test_a_model_that_is_not_here_is_missed_before_pytorch_is_imported(tmp_path):
    half = tmp_path / "hub" / "models--half--fetched"
    (half / "snapshots/abc").mkdir(parents=True)
    (half / "refs").mkdir()
    (half / "refs/main").write_text("abc")
    (half / "snapshots/abc/config.json").write_text("{}")
    (half / "snapshots/abc/modules.json").write_text(
        '[{"path": "", "type": "sentence_transformers.models.Transformer"}]'
    )
    code = f"""if True:
        import sys
        from api.settings import load_settings
        from api.wiring.pipeline import build_pipeline
        from knowledge.errors import ModelMissingError
        for one in {list(ABSENT)!r}:
            field, name = one.split(" ", 1)
            more = {{"reader": "qwen3-vl"}} if field == "reader_model" else {{}}
            try:
                build_pipeline(load_settings(**{{field: name}}, **more))
            except ModelMissingError as error:
                print(str(error).replace(chr(10), " "))
        print(sorted({{"torch", "transformers", "open_clip"}} & set(sys.modules)))
    """
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True,
        env={"HF_HOME": str(tmp_path), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin",
             "PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": ""},
    )  # fmt: skip
    *said, imported = done.stdout.splitlines()
    assert imported == "[]"
    for one, words in zip(said, ABSENT.values(), strict=True):
        assert words in one
