"""Take pictures of the page's main states in a real Chromium, for the documentation.

Asks about the repository's own sample photos and shows the server's real answers. Only for the
states "busy" and "error" the script delays or breaks the request.

    make screenshots
    python scripts/screenshots.py --url http://127.0.0.1:8000 --out docs/images page gone
"""

import argparse
import io
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from page_server import ARGUMENTS, serving
from PIL import Image, ImageOps

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LANDMARKS = Path(__file__).resolve().parents[1] / "data" / "landmarks"
QUERIES = LANDMARKS / "queries"
DESKTOP, PHONE = (1280, 860), (360, 780)
PICTURES_ARE_HERE = """() => [...document.images]
  .filter(image => image.checkVisibility() && image.getBoundingClientRect().top < innerHeight)
  .every(image => image.complete)"""
SETTLED = ".answer:not(.is-busy)"


@dataclass(frozen=True)
class Shot:
    """One picture: where it is taken, what is asked, and what is done before and after asking.

    `photo` names one of `QUERIES`, `make` writes what is asked about into a folder.
    """

    name: str
    question: str = ""
    photo: str = ""
    make: Callable[[Path], Path] | None = None
    size: tuple[int, int] = DESKTOP
    scheme: str = "light"
    locale: str = "en-US"
    path: str = "/"
    before: Callable[["Page"], object] | None = None
    wait_for: str = SETTLED
    after: Callable[["Page"], object] | None = None


def _mirrored(folder: Path) -> Path:
    """A photo of the collection, a part of it, mirrored."""
    with Image.open(LANDMARKS / "photos" / "taj_mahal.webp") as whole:
        width, height = whole.size
        part = whole.convert("RGB").crop(
            (width // 20, height // 20, width * 7 // 8, height * 7 // 8)
        )
    ImageOps.mirror(part).save(folder / "found in a book.jpg")
    return folder / "found in a book.jpg"


def _film(folder: Path) -> Path:
    """Six seconds that pan over a photo."""
    import av

    with Image.open(QUERIES / "taj_mahal.webp") as shown:
        whole = shown.convert("RGB")
    width, height = whole.size
    with av.open(str(folder / "from the garden.webm"), "w") as file:
        stream = file.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = width * 4 // 5, height * 4 // 5, "yuv420p"
        for number in range(60):
            left, top = number * width // 300, height // 10
            part = whole.crop((left, top, left + stream.width, top + stream.height))
            file.mux(stream.encode(av.VideoFrame.from_image(part)))
        file.mux(stream.encode(None))
    return folder / "from the garden.webm"


def _hold(page: "Page") -> None:
    page.context.new_cdp_session(page).send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 60_000, "downloadThroughput": -1, "uploadThroughput": -1},
    )


def _break(page: "Page") -> None:
    page.route("**/v1/ask", lambda route: route.abort("connectionrefused"))


def _frame(page: "Page") -> None:
    page.get_by_role("button", name="Frame a part").click()


def _open_document(page: "Page") -> None:
    page.locator(".card-open").first.click()
    page.wait_for_selector("dialog mark")


def _open_history(page: "Page") -> None:
    page.click("#past")
    page.wait_for_selector(".past")


def _show_the_proof(page: "Page") -> None:
    page.locator(".proof summary").click()
    page.wait_for_selector(".proof-pair line", state="attached")


def _to_the_answer(page: "Page") -> None:
    page.locator("#results").scroll_into_view_if_needed()
    page.wait_for_timeout(600)


def _to_the_top(page: "Page") -> None:
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_function("[...document.querySelectorAll('video')].every(v => v.readyState === 4)")
    page.wait_for_timeout(600)  # until the player has put its sign of loading away


COMPLETED = "When was this tower completed?"
SHOTS = (
    Shot("page", COMPLETED, "eiffel_tower"),
    Shot("start", wait_for=".sample"),
    Shot("region", photo="taj_mahal", after=_frame, wait_for=".framer"),
    Shot("gone", "Is the Crystal Palace in London still there?"),
    Shot("standing-dark", "Does it still stand?", "taj_mahal", scheme="dark"),
    Shot(
        "held",
        "When was it built?",
        make=_mirrored,
        size=(1280, 1070),
        scheme="dark",
        after=_show_the_proof,
    ),
    Shot("document", "When was it built?", "taj_mahal", after=_open_document),
    Shot("abstention", "How many rivets hold this tower together?", "eiffel_tower"),
    Shot("history", COMPLETED, "eiffel_tower", after=_open_history),
    Shot("busy", "When was it built?", "qutub_minar", before=_hold, wait_for=".busy-words"),
    Shot("error", "When was it built?", "qutub_minar", before=_break),
    Shot("chinese", "济南老火车站是哪一年拆除的？", locale="zh-CN"),
    Shot("corpus", path="/corpus", wait_for=".entry"),
    Shot("phone", size=PHONE, wait_for=".sample"),
    Shot("phone-year", "When was it built?", "mount_rushmore", size=PHONE, after=_to_the_answer),
    Shot("phone-film", "Does it still stand?", make=_film, size=(360, 1080), after=_to_the_top),
    Shot("phone-corpus", path="/corpus", size=PHONE, wait_for=".entry"),
    Shot(
        "phone-chinese-dark",
        "这座建筑现在还在吗？",
        "taj_mahal",
        size=PHONE,
        scheme="dark",
        locale="zh-CN",
        after=_to_the_answer,
    ),
)


def take(browser: "Browser", url: str, shot: Shot, folder: Path, made: Path) -> Path:
    """Take one picture of the server's page at `url`; returns the file that was written.

    What is asked about is made in the folder `made`, where it has to stay until it was sent.
    """
    width, height = shot.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.scheme == "dark" else "light",
        locale=shot.locale,
        reduced_motion="reduce",
        has_touch=width == PHONE[0],
        is_mobile=width == PHONE[0],
    )
    try:
        page = context.new_page()
        page.goto(url + shot.path)
        if shot.before:
            shot.before(page)
        if shot.make or shot.photo:
            file = shot.make(made) if shot.make else QUERIES / f"{shot.photo}.webp"
            page.set_input_files("#files", file)
            page.wait_for_selector(".shot img, .shot video[poster]")
        if shot.question:
            page.fill("#question", shot.question)
            page.press("#question", "Enter")
        page.wait_for_selector(shot.wait_for)
        # A ring around the field that was typed in is right for a person, not for a picture.
        page.evaluate("document.activeElement.blur()")
        if shot.after:
            shot.after(page)
        page.wait_for_function(PICTURES_ARE_HERE)
        page.wait_for_timeout(300)
        path = folder / f"{shot.name}.webp"
        with Image.open(io.BytesIO(page.screenshot())) as image:
            image.convert("RGB").save(path, quality=80, method=6)
        return path
    finally:
        context.close()


def main() -> int:
    """Take all pictures, or those named on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="pictures to take; all when none is named")
    parser.add_argument("--index", default=".snapcite/index", help="the index to serve")
    parser.add_argument("--url", help="a server that runs already, instead of --index")
    parser.add_argument("--out", type=Path, default=Path("docs/images"), help="folder to write to")
    options = parser.parse_args()
    unknown = set(options.names) - {shot.name for shot in SHOTS}
    if unknown:
        parser.error(f"no such picture: {', '.join(sorted(unknown))}")
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is not installed; try: apt-get install chromium fonts-noto-cjk")
        return 1
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError:
        print("Playwright is not installed; try: pip install playwright")
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in SHOTS if not options.names or shot.name in options.names]
    server = nullcontext(options.url) if options.url else serving(options.index)
    with sync_playwright() as playwright, server as url:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        try:
            with tempfile.TemporaryDirectory() as made:
                for shot in shots:
                    print(take(browser, url, shot, options.out, Path(made)))
        except Error as error:
            print(f"The page at {url} did not do what was expected: {error.message}")
            return 1
        finally:
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
