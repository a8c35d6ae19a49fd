"""Measure the page in a real Chromium: weight, first paint, layout shift, photo to answer.

    python scripts/measure_page.py --index .snapcite/index

Prints JSON. Times are in milliseconds, measured in the browser, on loopback.
"""

import argparse
import json
import shutil
import sys
from contextlib import nullcontext
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from page_server import ARGUMENTS, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Response

QUERIES = Path(__file__).resolve().parents[1] / "data" / "landmarks" / "queries"
QUESTION = "When was it built?"
LOADS = 9
ROUNDS = 3
WATCH = """() => {
  window.shifted = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({type: "layout-shift", buffered: true});
}"""
PAINTED = """() => performance.getEntriesByType("paint")
  .find(({name}) => name === "first-contentful-paint").startTime"""
ASK = """() => new Promise(resolve => {
  const started = performance.now();
  const times = {};
  new MutationObserver((_, observer) => {
    if (document.querySelector(".card")) times.evidence ??= performance.now() - started;
    if (!document.querySelector(".answer:not(.is-busy)")) return;
    observer.disconnect();
    resolve({...times, answer: performance.now() - started});
  }).observe(document.querySelector("#results"), {childList: true, subtree: true});
  document.querySelector("#ask").requestSubmit();
})"""


def weigh(browser: "Browser", url: str, path: str) -> dict[str, int]:
    """Bytes of everything a page loads except photos, by path, uncompressed."""
    sizes: dict[str, int] = {}

    def add(response: "Response") -> None:
        where = response.url.removeprefix(url)
        if where == path or where.startswith("/static/"):
            sizes[where] = len(response.body())

    context = browser.new_context()
    page = context.new_page()
    page.on("response", add)
    page.goto(url + path, wait_until="networkidle")
    context.close()
    return sizes


def first_paints(browser: "Browser", url: str) -> list[float]:
    """First contentful paint of loads in a fresh profile each: nothing is cached."""
    times = []
    for _ in range(LOADS):
        context = browser.new_context()
        page = context.new_page()
        page.goto(url)
        page.wait_for_selector(".sample")
        times.append(float(page.evaluate(PAINTED)))
        context.close()
    return times


def answers(page: "Page") -> list[dict[str, float]]:
    """Time from asking to the evidence and to the answer, for every query photo."""
    times = []
    for _ in range(ROUNDS):
        for photo in sorted(QUERIES.glob("*.webp")):
            page.set_input_files("#files", photo)
            page.wait_for_selector(".shot img")
            page.fill("#question", QUESTION)
            times.append(page.evaluate(ASK))
            page.wait_for_timeout(300)
            page.locator(".shot button.round").click()
    return times


def measure(browser: "Browser", url: str) -> dict[str, Any]:
    """All figures of the page at `url`."""
    sizes = weigh(browser, url, "/")
    paints = first_paints(browser, url)
    page = browser.new_context(viewport={"width": 1280, "height": 860}).new_page()
    page.goto(url)
    page.wait_for_selector(".sample")
    page.evaluate(WATCH)
    times = answers(page)
    return {
        "weight_bytes": sum(sizes.values()),
        "weight_corpus_page_bytes": sum(weigh(browser, url, "/corpus").values()),
        "first_paint_ms": {"p50": round(median(paints)), "worst": round(max(paints))},
        "cls": round(page.evaluate("window.shifted"), 4),
        "questions": len(times),
        "photo_to_evidence_p50_ms": round(median(t["evidence"] for t in times if "evidence" in t)),
        "photo_to_answer_p50_ms": round(median(t["answer"] for t in times)),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--index", default=".snapcite/index", help="the index to serve")
    parser.add_argument("--url", help="a server that runs already, instead of --index")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is not installed; try: apt-get install chromium fonts-noto-cjk")
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        with nullcontext(options.url) if options.url else serving(options.index) as url:
            print(json.dumps(measure(browser, url), indent=2))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
