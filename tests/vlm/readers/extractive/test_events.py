"""Events of a sentence and the dates that belong to them."""

import pytest

from vlm.readers.extractive.events import ACTIONS, action_likeness, analyse, date_tie


def dated(text: str) -> dict[str, int | None]:
    """Each event word with the year tied to it most firmly."""
    analysis = analyse(text)
    result: dict[str, int | None] = {}
    for cue in analysis.cues:
        ties = [(date_tie(analysis, cue, year), year.value) for year in analysis.years]
        firm = [tie for tie in ties if tie[0] >= 0.5]
        result[text[cue.start : cue.end]] = max(firm)[1] if firm else None
    return result


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("It was begun in 1808 and completed in 1811.", {"begun": 1808, "completed": 1811}),
        ("Building began in 1972, and it opened in 1976.", {"began": 1972, "opened": 1976}),
        ("It closed in 1967 and was demolished in 1968.", {"closed": 1967, "demolished": 1968}),
        ("On 3 February 1945, bombs destroyed it.", {"destroyed": 1945}),
        ("It was taken down in 1935 for the fair of 1937.", {"taken": 1935}),
        ("He built it for his wife, who died in 1631.", {"built": None}),
        ("A repair that began in 2000 was finished in 2002.", {"began": 2000, "finished": 2002}),
        ("工程于1412年开始,1428年完工。", {"开始": 1412, "完工": 1428}),
        ("它始建于永乐十八年,即1420年,原名北安门。", {"始建于": 1420}),
        ("1222年,两军在这里作战,楼被烧毁。", {"烧毁": 1222}),
    ],
)  # fmt: skip
def test_a_date_goes_with_its_own_event(text: str, events: dict[str, int | None]):
    assert {word: year for word, year in dated(text).items() if word in events} == events


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("Demolition began in 1963.", "begin"),
        ("The demolition was completed in 1962.", "finish"),
        ("Demolition began in 2006 and ended in 2008.", "finish"),
        ("It was demolished in 1968.", None),
        ("拆除工程于1955年结束。", "finish"),
        ("老站房开始拆除。", "begin"),
        ("It was opened in 1931.", "finish"),
        ("The foundation stone was laid in 1443.", "begin"),
    ],
)
def test_beginning_and_end_are_distinguished(text: str, phase: str | None):
    assert analyse(text).cues[-1].phase == phase


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("It was never completed.", True),
        ("The tower was to be taken down after 1909.", True),
        ("In 1960 they announced that it would be demolished.", True),
        ("计划拆除老站房。", True),
        ("教堂没有重建。", True),
        ("It was not completed until 1924.", False),
        ("It was completed in 1924.", False),
        ("教堂已拆除。", False),
    ],
)
def test_plans_and_denials_are_not_events(text: str, denied: bool):
    assert analyse(text).cues[-1].denied is denied


def test_a_conjunct_without_action_goes_on_with_the_one_before():
    cues = analyse("Demolition began at once, and it was complete by 1790.").cues

    assert [cue.actions for cue in cues] == [{"demolish"}, {"demolish"}]


def test_the_end_of_a_war_is_not_the_end_of_building():
    assert analyse("The war ended in 1945.").cues == ()


def test_breaks_inside_dates_are_no_clauses():
    analysis = analyse("It was blown up between September and December 1950.")

    assert len(analysis.clauses) == 1


def test_likeness_is_symmetric_and_whole_only_for_the_same():
    for first in ACTIONS:
        for second in ACTIONS:
            there = action_likeness(frozenset({first}), frozenset({second}))
            assert there == action_likeness(frozenset({second}), frozenset({first}))
            assert (there == 1.0) == (first == second)
