"""Films through FFmpeg (PyAV): which scenes one has, and a frame of it. Knows no corpus.

Films come from strangers, and FFmpeg is written in C: it runs in processes of its own
(`knowledge.isolation`), within limits on time, memory, pixels and frames. The container is the one
that the first bytes name, so that a playlist that calls itself a film opens no other file and no
address. Needs the extra `video`; without it a film is a file of no known type.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from knowledge.errors import BrokenImageError, CorpusError, ImageTooLargeError, InputError
from knowledge.isolation import IsolationError, Result, Workers

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from PIL import Image

FILM_SUFFIXES = frozenset(
    {".mp4", ".m4v", ".mov", ".3gp", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts"}
    | {".m2ts", ".wmv", ".flv", ".vob"}
)
MOST_SCENES = 240
"""Of one film; of more, as many are taken evenly."""
MOST_ASKED_SECONDS = 60
"""How long a film may be that is asked about."""

_PICTURES = {b"avif", b"avis", b"mif1", b"msf1", b"heic", b"heix", b"heim", b"heis", b"hevc"}
"""Brands of the same container that hold pictures."""
_CONTAINERS = (
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"FLV\x01", "flv"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
)
_TS_PACKETS = (188, 192)
_MOST_PIXELS = 40_000_000
"""Of a frame: 8K has 33 million."""
_MOST_FRAMES = 200_000
_SAMPLES_PER_SECOND = 2
_SPARSE_SECONDS = 12.0
"""Where key frames are farther apart on average, the frames between them are looked at too."""
_NEW_SCENE = 0.16
"""Mean difference of two small frames' colours, from 0 to 1, from which on they are two scenes:
a cut to another place differs by 0.2 to 0.5, a pan within one by less than 0.1."""
_LEAST_CONTRAST = 0.03
"""Standard deviation of a frame's brightness: black, white and faded-out frames show nothing."""
_FRAME_SIDE = 1600
_SMALL = (24, 16)
_SHARP = (256, 144)
_SECONDS_OF_A_FILM = 600.0
_SECONDS_OF_A_FRAME = 30.0
_MEMORY_BYTES = 1536 * 2**20


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame: seconds from the film's beginning, and its picture as JPEG."""

    seconds: float
    jpeg: bytes


def is_film(head: bytes) -> bool:
    """Whether a file that begins like this is a film that can be read here.

    Args:
        head: the first bytes, some 512.

    >>> is_film(b"#EXTM3U\\n/etc/passwd")
    False
    """
    return _container(head) is not None and can_read_films()


def can_read_films() -> bool:
    """Whether films are read here: the extra `video` is installed."""
    return find_spec("av") is not None


def find_scenes(file: Path, *, name: str) -> tuple[list[float], int]:
    """Seconds of the sharpest frame of each scene, in order, and how many scenes there are.

    Of more than `MOST_SCENES` as many are taken, evenly spread.

    Args:
        file: the film.
        name: what messages call it.

    Raises:
        CorpusError: it is damaged, has no pictures, or takes too long.
    """
    found = _run("_scenes", file, name, seconds=_SECONDS_OF_A_FILM).values
    return found["seconds"], found["scenes"]


def film_frame(file: Path, seconds: float, *, name: str) -> bytes:
    """The frame at a time, as JPEG, at most 1600 pixels long.

    Args:
        file: the film.
        seconds: from the film's beginning.
        name: what messages call it.

    Raises:
        CorpusError: it is damaged, or has no such time.
    """
    result = _run("_frame_at", file, name, seconds=_SECONDS_OF_A_FRAME, at=seconds)
    return bytes(result.blobs[0])


def frames_of_short_film(film: bytes, *, most: int) -> list[Frame]:
    """The sharpest frame of each part of a short film, in order.

    Args:
        film: the whole file.
        most: how many parts; fewer frames where the film has fewer.

    Raises:
        BrokenImageError: it is damaged or has no pictures.
        ImageTooLargeError: it is longer than a minute, or takes too much time or memory.
    """
    try:
        result = _workers().run(
            f"{__name__}:_short", {"most": most}, [film], seconds=_SECONDS_OF_A_FRAME
        )
    except IsolationError as error:
        raise ImageTooLargeError(f"The film cannot be read: {error.reason}; cut it.") from None
    times = result.values["seconds"]
    return [Frame(at, bytes(jpeg)) for at, jpeg in zip(times, result.blobs, strict=True)]


def _container(head: bytes) -> str | None:
    """FFmpeg's name of the container that a file begins with."""
    if head[4:8] == b"ftyp":
        end = min(int.from_bytes(head[:4], "big"), len(head))
        brands = {head[8:12], *(head[i : i + 4] for i in range(16, end, 4))}
        return None if brands & _PICTURES else "mov"
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free") and len(head) > 16:
        return "mov"  # QuickTime before it had brands
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "avi"
    for length in _TS_PACKETS:
        at = length - 188
        if len(head) > at + length and head[at] == head[at + length] == 0x47:
            return "mpegts"
    return next((name for begins, name in _CONTAINERS if head.startswith(begins)), None)


def _run(function: str, file: Path, name: str, *, seconds: float, **arguments: float) -> Result:
    """One of the functions below, in another process."""
    values = {"file": str(file.absolute()), "name": name, **arguments}
    try:
        return _workers().run(f"{__name__}:{function}", values, seconds=seconds)
    except IsolationError as error:
        raise CorpusError(
            f"The film {name!r} cannot be read: {error.reason}; cut it, or save it anew."
        ) from None


@cache
def _workers() -> Workers:
    return Workers(1, memory_bytes=_MEMORY_BYTES, modules=("av", __name__))


# What follows runs in a process of its own.

_Answer = tuple[dict[str, Any], list[bytes]]
_Small = npt.NDArray[np.float32]
_NO_TICK = Fraction(1, 1000)
"""Of a stream that does not say how long one is."""
_SAME_TIME = 0.0005
"""Seconds by which the times of one frame may differ, as they are rounded to milliseconds."""
_WIDEST_PIXEL = 4.0
"""How many times as wide as high, or as high as wide, a pixel may be; more is a mistake."""


@dataclass(slots=True)
class _Seen:
    """A frame, without its pixels: its time, its colours small, and how sharp it is."""

    seconds: float
    small: _Small
    sharpness: float
    contrast: float


def _scenes(_: list[bytearray], *, file: str, name: str) -> _Answer:
    path = Path(file)
    try:
        with _open(path) as film:
            seen = [_look(frame, at) for at, frame in _key_frames(film)]
            if len(seen) == 1 or (seen and seen[-1].seconds / len(seen) > _SPARSE_SECONDS):
                seen = []
        if not seen:
            with _open(path) as film:
                seen = [_look(frame, at) for at, frame in _sampled(film, _SAMPLES_PER_SECOND)]
    except InputError as error:
        raise CorpusError(f"The film {name!r} cannot be read: {error}") from error
    if not seen:
        raise CorpusError(f"The film {name!r} has no pictures that can be read.")
    scenes = [max(scene, key=lambda each: each.sharpness) for scene in _split(seen)]
    shown = [each for each in scenes if each.contrast >= _LEAST_CONTRAST] or scenes[:1]
    taken = [shown[int(n * len(shown) / MOST_SCENES)] for n in range(MOST_SCENES)]
    chosen = shown if len(shown) <= MOST_SCENES else taken
    return {"seconds": [round(each.seconds, 3) for each in chosen], "scenes": len(shown)}, []


def _frame_at(_: list[bytearray], *, file: str, name: str, at: float) -> _Answer:
    try:
        # A transport stream is sought by the times of decoding: a seek may end behind `at`.
        for start in (at, at - 2, at - 15, 0.0):
            with _open(Path(file)) as film:
                found = _from(film, start, at)
                if found is not None:
                    return {}, [_jpeg(found, _pixel(film))]
        raise BrokenImageError("it has no picture at this time.")
    except InputError as error:
        raise CorpusError(f"The film {name!r} cannot be read: {error}") from error


def _from(film: "InputContainer", start: float, at: float) -> "VideoFrame | None":
    """The frame at a time, looked for from the key frame before `start` on, or from the beginning
    where that is no later than 0; None where the frames that are found there begin later."""
    if start > 0:
        stream = film.streams.video[0]
        tick = stream.time_base or _NO_TICK
        film.seek(round(start / tick) + (stream.start_time or 0), stream=stream)
    found = None
    for seconds, frame in _frames(film):
        if seconds > at + _SAME_TIME and (found is not None or start > 0):
            break
        found = frame
        if seconds >= at - _SAME_TIME:
            break
    return found


def _short(blobs: list[bytearray], *, most: int) -> _Answer:
    data = bytes(blobs.pop())
    with _open(io.BytesIO(data)) as film:
        seen = []
        for at, frame in _sampled(film, 4):
            if at > MOST_ASKED_SECONDS:
                raise ImageTooLargeError(
                    f"The film is longer than {MOST_ASKED_SECONDS} seconds; cut out what is asked "
                    "about."
                )
            seen.append(_look(frame, at))
    if not seen:
        raise BrokenImageError("The film has no pictures that can be read.")
    bounds = [round(n * len(seen) / most) for n in range(most + 1)]
    parts = [seen[a:b] for a, b in pairwise(bounds) if b > a]
    chosen = [max(part, key=lambda each: each.sharpness).seconds for part in parts]
    pictures = {}
    with _open(io.BytesIO(data)) as film:
        for at, frame in _sampled(film, 4):
            if at in chosen:
                pictures[at] = _jpeg(frame, _pixel(film))
    return {"seconds": [round(at, 3) for at in chosen]}, [pictures[at] for at in chosen]


@contextmanager
def _open(source: Path | io.BytesIO) -> Iterator["InputContainer"]:
    """An open film with a picture stream, FFmpeg's errors turned into ours."""
    import av

    av.logging.set_level(None)
    try:
        file = source.open("rb") if isinstance(source, Path) else source
        with file:
            head = file.read(512)
            file.seek(0)
            format_ = _container(head)
            if format_ is None:
                raise BrokenImageError("It is not a film of a known type.")
            with av.open(file, "r", format=format_, metadata_errors="replace") as film:
                if not film.streams.video:
                    raise BrokenImageError("It has no pictures.")
                stream = film.streams.video[0]
                stream.codec_context.thread_count = 1
                if stream.width * stream.height > _MOST_PIXELS:
                    raise ImageTooLargeError(
                        f"Its pictures are {stream.width} × {stream.height} pixels large, more "
                        f"than {_MOST_PIXELS / 1e6:g} million; save it smaller."
                    )
                yield film
    except (av.error.FFmpegError, OSError, ValueError, OverflowError) as error:
        raise BrokenImageError(
            "It is damaged, or a kind of film that cannot be read; save it anew as MP4."
        ) from error


def _frames(film: "InputContainer") -> Iterator[tuple[float, "VideoFrame"]]:
    """Seconds from the beginning, and frames, without those that are damaged."""
    import av

    stream = film.streams.video[0]
    begins, tick = stream.start_time or 0, stream.time_base or _NO_TICK
    count = 0
    for packet in film.demux(stream):
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            continue
        for frame in frames:
            count += 1
            if count > _MOST_FRAMES:
                return
            if frame.width * frame.height > _MOST_PIXELS:
                raise ImageTooLargeError("Its pictures grow too large; save it anew.")
            if frame.pts is not None:
                yield max(0.0, float((frame.pts - begins) * tick)), frame


def _key_frames(film: "InputContainer") -> Iterator[tuple[float, "VideoFrame"]]:
    film.streams.video[0].codec_context.skip_frame = "NONKEY"
    return _frames(film)


def _sampled(film: "InputContainer", per_second: int) -> Iterator[tuple[float, "VideoFrame"]]:
    last = -1
    for at, frame in _frames(film):
        tick = int(at * per_second)
        if tick != last:
            last = tick
            yield at, frame


def _look(frame: "VideoFrame", seconds: float) -> _Seen:
    width, height = _SMALL
    small = frame.reformat(width=width, height=height, format="rgb24").to_ndarray()
    width, height = _SHARP
    grey = np.asarray(
        frame.reformat(width=width, height=height, format="gray").to_ndarray(), np.float32
    ) / np.float32(255)
    edges = (
        4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    )
    return _Seen(
        seconds,
        np.asarray(small, np.float32) / np.float32(255),
        float(edges.var()),
        float(grey.std()),
    )


def _split(seen: Sequence[_Seen]) -> list[list[_Seen]]:
    """The frames by scene: a scene ends where its first frame, and the last one, look another."""
    scenes = [[seen[0]]]
    for each in seen[1:]:
        first, last = scenes[-1][0], scenes[-1][-1]
        if min(_difference(first, each), _difference(last, each)) > _NEW_SCENE:
            scenes.append([])
        scenes[-1].append(each)
    return scenes


def _difference(a: _Seen, b: _Seen) -> float:
    return float(np.abs(a.small - b.small).mean())


def _pixel(film: "InputContainer") -> float:
    """How wide a pixel is, against its height; 1 where the film does not say."""
    return float(film.streams.video[0].sample_aspect_ratio or 1)


def _shown_size(size: tuple[int, int], pixel: float) -> tuple[int, int]:
    """Width and height at which a picture of pixels this wide is shown, at most `_FRAME_SIDE`."""
    width, height = size
    if 1 / _WIDEST_PIXEL <= pixel <= _WIDEST_PIXEL:
        width = round(width * pixel)
    smaller = min(1.0, _FRAME_SIDE / max(width, height))
    return max(1, round(width * smaller)), max(1, round(height * smaller))


def _jpeg(frame: "VideoFrame", pixel: float) -> bytes:
    """The frame as it is shown. `pixel`: how wide one is, against its height: those of television
    are not square."""
    picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
    picture = picture.resize(_shown_size(picture.size, pixel))
    if frame.rotation:
        picture = picture.rotate(frame.rotation, expand=True)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()
