"""What the training on places sees and remembers; the training itself is too long here."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("timm", reason="the tower is timm's: pip install -e '.[starter]'")

import torch
from train_places import (
    ALONE,
    AVERAGED,
    BATCH,
    MOST,
    SIDE,
    Seen,
    State,
    batches,
    mixed,
    seen_photos,
    some,
)


def photo(path, seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    return path


def test_repositories_held_out_are_not_seen(tmp_path):
    seen = photo(tmp_path / "photos/korea/tower/1.jpg")
    photo(tmp_path / "photos/pakistan/mosque/1.jpg")
    for number in range(201):
        photo(tmp_path / f"flickr8k_1k/images/{number:03d}.jpg")
    options = SimpleNamespace(photos=tmp_path / "photos", without=["pakistan"], corpora=tmp_path)
    found = seen_photos(options)
    assert [path.name for path in found.files] == [seen.name, "200.jpg"]
    assert found.subjects[0] != found.subjects[1]


def test_no_subject_is_seen_too_often(tmp_path):
    files = [tmp_path / f"{number:04d}.jpg" for number in range(MOST + 50)]
    chosen = some(files)
    assert chosen == sorted(chosen) == some(files)
    assert len(set(chosen)) == MOST


def test_subjects_are_drawn_by_the_root_of_their_photos(tmp_path):
    seen = Seen([tmp_path] * 25, torch.tensor([0] * 16 + [1] * 4 + [2, 3, 4, 5, 6]))
    shares = seen.shares()
    assert shares.sum() == pytest.approx(1)
    assert shares[20:].sum() == pytest.approx(ALONE)
    assert shares[:16].sum() == pytest.approx(2 * shares[16:20].sum())


def test_batches_do_not_depend_on_where_an_earlier_run_stopped(tmp_path):
    files = [photo(tmp_path / f"{number}.jpg", number) for number in range(BATCH + 2)]
    seen = Seen(files, torch.arange(len(files)) // 2)
    whole = dict(batches(seen, 0, 2))
    [(step, (rows, pieces))] = batches(seen, 1, 2)
    assert step == 1
    assert pieces.shape == (BATCH, SIDE, SIDE, 3)
    assert torch.equal(rows, whole[1][0])
    assert torch.equal(pieces, whole[1][1])
    assert not torch.equal(pieces, whole[0][1])


def test_looks_and_weights_are_remembered_by_moving_averages():
    network = torch.nn.Linear(2, 1, bias=False)
    averaged = torch.nn.Linear(2, 1, bias=False).requires_grad_(False)
    averaged.weight.data.zero_()
    network.weight.data.fill_(1.0)
    memory = torch.eye(3)
    state = State(999, averaged, torch.zeros(3), memory, memory.clone())
    state.take(999, network, torch.tensor([0]), torch.tensor([[0.0, 1.0, 0.0]]))
    half = 0.5**0.5
    assert state.memory[0].tolist() == pytest.approx([half, half, 0])
    assert state.memory[1].tolist() == [0, 1, 0]
    assert state.before[0].tolist() == [1, 0, 0]
    assert averaged.weight[0].tolist() == pytest.approx([1 - AVERAGED] * 2, rel=1e-3)
    assert state.step == 1000


def test_half_of_the_kept_weights_is_from_before():
    before = {"weight": torch.tensor([0.0, 2.0]), "count": torch.tensor(7)}
    after = {"weight": torch.tensor([1.0, 4.0]), "count": torch.tensor(9)}
    kept = mixed(before, after)
    assert kept["weight"].tolist() == [0.5, 3.0]
    assert kept["count"] == 7
