"""What is made of nvidia-smi's words and of PyTorch's version, and when a model is refused."""

import pytest

from knowledge.errors import ModelError
from vlm.models.hardware import Gpu, Machine, TorchBuild, read_machine, require_fast_enough

MIB = 2**20
LISTED = "NVIDIA GeForce RTX 4090, 24564, 23000, 535.104.05, 8.9\n"
BANNER = "| NVIDIA-SMI 535.104.05   Driver Version: 535.104.05   CUDA Version: 12.2     |"
OTHER_BANNER = "| NVIDIA-SMI 590.1  KMD Version: 590.1  CUDA UMD Version: 13.1 |"


def says(listed, banner):
    return lambda command: listed if len(command) > 1 else banner


def torch(folder, version, cuda, hip=None):
    folder.mkdir(exist_ok=True)
    (folder / "version.py").write_text(
        f"__version__ = '{version}'\ncuda: Optional[str] = {cuda!r}\nhip: Optional[str] = {hip!r}\n"
    )
    return folder


@pytest.fixture(autouse=True)
def all_visible(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def test_a_card_its_driver_and_torch(tmp_path):
    machine = read_machine(
        says(LISTED, BANNER), torch_folder=torch(tmp_path / "t", "2.15.0+cu126", "12.6")
    )
    card = Gpu("NVIDIA GeForce RTX 4090", 24564 * MIB, 23000 * MIB, 8.9)
    assert machine.gpus == (card,)
    assert (machine.driver, machine.cuda) == ("535.104.05", (12, 2))
    assert machine.torch == TorchBuild("2.15.0+cu126", (12, 6))
    assert machine.gpu_free == 23000 * MIB
    assert machine.capability == 8.9
    assert machine.memory > 0
    # CUDA 12.6 runs on any driver for CUDA 12.
    assert machine.why_no_gpu is None


def test_a_driver_that_is_too_old_means_the_processor(tmp_path):
    machine = read_machine(
        says(LISTED, BANNER), torch_folder=torch(tmp_path / "t", "2.15.0+cu132", "13.2")
    )
    assert "built with CUDA 13.2" in machine.why_no_gpu
    assert "535.104.05 runs CUDA 12.2 at most" in machine.why_no_gpu
    assert "silently computes on the processor" in machine.why_no_gpu
    assert "a driver from 580" in machine.why_no_gpu
    newer = read_machine(
        says(LISTED, OTHER_BANNER), torch_folder=torch(tmp_path / "t", "2.15.0+cu132", "13.2")
    )
    assert (newer.cuda, newer.why_no_gpu) == ((13, 1), None)


def test_a_driver_that_does_not_know_what_it_is_asked_is_asked_for_less(tmp_path, monkeypatch):
    program = tmp_path / "nvidia-smi"
    program.write_text(
        """#!/bin/sh
case "$*" in
*compute_cap*) echo 'Field "compute_cap" is not a valid field to query.'; exit 2 ;;
*query-gpu*) echo "GeForce RTX 3090, 24268, 23000, 470.57.02" ;;
*) echo "| NVIDIA-SMI 470.57.02  Driver Version: 470.57.02  CUDA Version: 11.4 |" ;;
esac
"""
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    machine = read_machine(torch_folder=torch(tmp_path / "t", "2.15.0+cu132", "13.2"))
    assert machine.gpus == (Gpu("GeForce RTX 3090", 24268 * MIB, 23000 * MIB),)
    assert "the driver 470.57.02 runs CUDA 11.4 at most" in machine.why_no_gpu


def test_a_driver_that_is_not_loaded_is_named_by_what_nvidia_smi_says(tmp_path, monkeypatch):
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'NVIDIA-SMI has failed: no driver.' >&2\nexit 9\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr("ctypes.CDLL", _no_library)  # a machine with a GPU would answer itself
    machine = read_machine(torch_folder=torch(tmp_path / "t", "2.15.0+cu132", "13.2"))
    assert machine.gpus == ()
    assert "NVIDIA-SMI has failed: no driver." in machine.why_no_gpu


def _no_library(name):
    raise OSError(name)


def test_a_torch_without_cuda(tmp_path):
    machine = read_machine(
        says(LISTED, BANNER), torch_folder=torch(tmp_path / "t", "2.15.0+cpu", None)
    )
    assert "built without CUDA" in machine.why_no_gpu
    rocm = read_machine(
        says(LISTED, BANNER), torch_folder=torch(tmp_path / "t", "2.15.0", None, "6.3")
    )
    assert rocm.why_no_gpu is None


def test_no_card_no_torch(tmp_path):
    nothing = read_machine(lambda command: None, torch_folder=tmp_path)
    assert (nothing.gpus, nothing.cuda, nothing.gpu_free, nothing.capability) == ((), None, 0, None)
    assert nothing.torch == TorchBuild("of unknown version")
    assert nothing.why_no_gpu is None


@pytest.mark.parametrize(
    "listed",
    ["", "nonsense", "a,b,c,d,e", "H100, [N/A], [N/A], 580.1, [N/A]", "\x00,,,,", "x" * 10_000],
)
def test_words_that_are_no_list(listed, tmp_path):
    assert read_machine(says(listed, listed), torch_folder=tmp_path).gpus == ()


def test_cards_that_a_process_may_not_use(monkeypatch, tmp_path):
    two = LISTED + "NVIDIA L4, 23034, 22000, 535.104.05, 8.9\n"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert [gpu.name for gpu in read_machine(says(two, ""), torch_folder=tmp_path).gpus] == [
        "NVIDIA L4"
    ]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert read_machine(says(two, ""), torch_folder=tmp_path).gpus == ()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-1234")
    assert len(read_machine(says(two, ""), torch_folder=tmp_path).gpus) == 2


def test_a_large_model_is_not_loaded_on_a_processor_unawares(tmp_path):
    machine = Machine(memory=8 * 10**9)
    with pytest.raises(ModelError, match=r"8\.8 billion .* 35 GB .*\(8 GB .*SNAPCITE_READER_CPU=1"):
        require_fast_enough(
            "Qwen/Qwen3-VL-8B-Instruct", tmp_path, is_allowed=False, machine=machine
        )
    require_fast_enough("Qwen/Qwen3-VL-8B-Instruct", tmp_path, is_allowed=True, machine=machine)
    require_fast_enough("Qwen/Qwen3-VL-2B-Instruct", tmp_path, is_allowed=False, machine=machine)
    # A folder of another name is measured by its weights: sparse, so nothing is written.
    with (tmp_path / "model.safetensors").open("wb") as weights:
        weights.truncate(8 * 10**9)
    with pytest.raises(ModelError, match=r"4\.0 billion"):
        require_fast_enough("mine", tmp_path, is_allowed=False, machine=machine)
