"""Chronologies of ships, engines, species, companies, papers, paintings, people and records."""

import pytest

from knowledge.documents import Document
from vlm.chronology import (
    asks_existence,
    asks_when,
    asks_yes_no,
    chronology_of,
    timeline,
    year_event_of,
)


def read(title: str, text: str, language: str = "en") -> tuple[list[tuple[int, str]], bool | None]:
    chronology = chronology_of(Document("c", "d", title, text, language))
    state = chronology.existence
    events = [(event.year.value, event.kind) for event in timeline(chronology)]
    return events, None if state is None else state.exists


@pytest.mark.parametrize(
    ("title", "text", "events", "exists"),
    [
        ("SS Marlow",
         "The SS Marlow was a passenger steamer. She was launched on 4 May 1898. In 1917 she was "
         "torpedoed off Malta and sank. Her captain, J. Doe, died in 1931.",
         [(1898, "launched"), (1917, "lost")], False),
        ("HMS Otter", "HMS Otter was laid down in 1901, launched in 1903 and sold for scrap "
            "in 1921.",
         [(1901, "begun"), (1903, "launched"), (1921, "scrapped")], False),
        ("Locomotive 44",
         "Locomotive 44 was built at Leeds in 1923. It was withdrawn from service in 1963. It is "
         "preserved at the railway museum.", [(1923, "built"), (1963, "closed")], True),
        ("Great Auk",
         "The great auk is an extinct bird. It was first described in 1758. The species became "
         "extinct in 1852.", [(1758, "discovered"), (1852, "ended")], False),
        ("Baird & Sons",
         "Baird & Sons was a company in Leith. The company was founded in 1846 by James Baird. It "
         "was dissolved in 1931. A rival firm was founded in 1850.",
         [(1846, "begun"), (1931, "ended")], False),
        ("Evening Herald",
         "The Evening Herald was a newspaper. It was first published in 1888. The paper ceased "
         "publication in 1957.", [(1888, "launched"), (1957, "ended")], False),
        ("The Quiet Bay",
         "The Quiet Bay is a painting by A. Example. It was painted in 1642. It is on display in "
         "Weston. The painter was born in 1606.", [(1642, "made")], True),
        ("Ada Weller", "Ada Weller (born 3 March 1880) was a botanist. "
         "She was born in Leeds in 1880. "
         "She founded the garden in 1912. She died in 1954.",
         [(1880, "born"), (1954, "died")], False),
        ("Dampfer Elbe", "Die Elbe war ein Dampfer. Das Schiff wurde 1888 in Dienst gestellt und "
         "1930 verschrottet.", [(1888, "launched"), (1930, "scrapped")], False),
        ("Pont Vieux", "Le Pont Vieux a été construit en 1830. Il fut détruit en 1944.",
         [(1830, "built"), (1944, "destroyed")], False),
        ("Puente Viejo", "El Puente Viejo fue construido en 1800. No fue demolido en 1961. "
         "El puente sigue en pie.", [(1800, "built")], True),
        ("建国轮", "建国轮是一艘客轮。该船1956年下水，1990年退役，1992年拆解。",
         [(1956, "launched"), (1990, "closed"), (1992, "scrapped")], False),
        ("Weston Mill", "Weston Mill was a mill. In 1961, when the war was over, the town "
         "pulled it down.", [(1961, "demolished")], False),
        ("Weston Mill", "Weston Mill was a mill. It was complete by 1840. In May 1961 the "
         "council demolished the mill.", [(1840, "built"), (1961, "demolished")], False),
        ("Weston Mill", "Weston Mill was a mill. It burnt down in 1936. Two chimneys outlived the "
         "mill, but they were taken down by 1941.", [(1936, "burnt")], False),
        ("望江楼", "望江楼是一座楼。1966年8月，运动开始后不久，人们拆毁了这座楼。",
         [(1966, "demolished")], False),
        ("望江楼", "望江楼的拆卸工程于1994年完成。望江楼今天已不存在。",
         [(1994, "demolished")], False),
        ("SS Otter", "SS Otter, a ferry of 300 tons, was launched in 1908. A mine sank her in "
         "1942. She was raised the year after.", [(1908, "launched"), (1942, "lost")], True),
        ("SS Otter", "SS Otter was a ferry. She sank in 1942, was raised in 1943 and scrapped in "
         "1960.", [(1942, "lost"), (1943, "restored"), (1960, "scrapped")], False),
        ("Marsk Line", "The Marsk Line was a railway line. The line closed in 1968. It reopened in "
         "2011.", [(1968, "closed"), (2011, "restored")], True),
        ("民声报", "民声报是一份报纸。1937年停刊，1985年复刊。",
         [(1937, "ended"), (1985, "restored")], True),
        ("Comet 3", "Comet 3 is a satellite. Comet 4 burned up in 1981.", [], True),
        ("育才小學", "育才小學創辦於1903年。1966年學校停辦。校長王某於1980年去世。",
         [(1903, "begun"), (1966, "closed")], None),
    ],
)  # fmt: skip
def test_a_subject_of_any_kind_has_its_events_and_its_end(title, text, events, exists):
    assert read(title, text) == (events, exists)


@pytest.mark.parametrize(
    "text",
    [
        "Wye Bridge was never demolished.",
        "It was not demolished in 1961 but widened.",
        "Possibly demolished in 1961 (unverified).",
        "Demolished in 1961 (unverified).",
        "The bridge was planned to be demolished in 2030.",
        "The bridge was saved from demolition in 1965.",
        "It escaped demolition in 1980. It was threatened with demolition in 1981.",
        "Was the bridge demolished in 1961?",
        "该桥未被拆除。原计划2030年拆除。据传毁于1900年。",
        "Die Brücke sollte 1970 abgerissen werden. Sie wurde 1971 nicht abgerissen.",
        "Le pont n'a pas été démoli en 1962.",
    ],
)
def test_what_did_not_happen_is_no_event(text: str):
    assert read("Wye Bridge", text) == ([], None)


@pytest.mark.parametrize(
    "text",
    [
        "An earlier church was demolished in 1788.",
        "Its spire was destroyed in 1944.",
        "The east wing was demolished in 1965.",
        "The architect died in 1802.",
        "The roof of St Anne Church collapsed in 1931.",
        "St Anne Church was replaced by a hotel, which was demolished in 1990.",
        "St Anne Church was replaced by a hotel built in 1971.",
        "The church stands on the site of the old town hall, which was demolished in 1880.",
        "The church survived the earthquake that destroyed the city in 1906.",
        "The church was left in the closed border zone in 1961.",
        "It started to sink on one side in 1178.",
    ],
)
def test_what_happened_to_something_else_is_not_the_subject_s(text: str):
    assert read("St Anne Church", text) == ([], None)


@pytest.mark.parametrize(
    ("line", "events", "exists"),
    [
        ("demolished: 1961", [(1961, "demolished")], False),
        ("Year built: 1890.", [(1890, "built")], None),
        ("拆除时间：1992年", [(1992, "demolished")], False),
        ("Abbruch: 1962", [(1962, "demolished")], False),
        ("Démolition : 1962", [(1962, "demolished")], False),
        ("demolished: no (still in use)", [], True),
        ("status: extant", [], True),
        ("Zustand: erhalten", [], True),
        ("现状：已拆除", [], False),
        ("是否现存：是", [], True),
        ("demolished: n/a", [], None),
        ("Date demolished: unknown", [], False),
        ("closed: -", [], None),
        ("Closed: Mondays", [], None),
        ("Demolished: planned 2030.", [], None),
        ("Built by: Smith 1890.", [], None),
        ("Photographed: 1960.", [], None),
        ("Died: 1902.", [], None),  # the photographer, perhaps
    ],
)
def test_a_record_is_read_by_its_labels(
    line: str, events: list[tuple[int, str]], exists: bool | None
):
    assert read("Mill 5", f"Name: Mill 5.\n{line}\nMaker: J. Smith (1850-1910).") == (
        events,
        exists,
    )


@pytest.mark.parametrize(
    "question",
    [
        "Is it still there?", "Is the bridge still in service?", "Is this ship extant?",
        "Is she still alive?", "Is the cinema still open?", "Has it been demolished?",
        "Has the species died out?", "Is the dodo extinct?", "Was the hotel torn down?",
        "Can you tell me whether the mill still exists?",
        "Do you know if the ferry is running today?",
        "Still standing?", "Can it still be seen?", "Is anything left of it?",
        "This is an old photograph. Is the building still there?",
        "还在吗", "還在嗎？", "拆了吗", "尚存否", "被拆了没有？", "是否已被拆除？",
        "這間學校還開嗎",
        "现在还有黄鹤楼吗", "他还活着吗？", "请问能告诉我它是否还存在吗？", "大楼还在不在",
        "Steht das Haus noch?", "Ist die Art ausgestorben?", "Le pont existe-t-il encore ?",
        "A-t-il été démoli ?", "¿Sigue en pie la torre?", "¿Fue demolido?",
    ],
)  # fmt: skip
def test_a_question_about_existence(question: str):
    assert asks_existence(question)
    assert asks_yes_no(question)
    assert not asks_when(question)


@pytest.mark.parametrize(
    "question",
    [
        "What still stands of the abbey?", "Who still lives there?", "How long did it stand?",
        "When was it demolished?", "What happened to the hall?", "Why was it torn down?",
        "Was it torn down in 1961?", "Is it a church?", "How many still stand?",
        "Does it have a tower?",
        "What stands there now?", "Can you tell me its age?",
        "什么时候拆的？", "谁还住在那里？", "现在那里是什么？", "这座桥是石头做的吗？",
        "现存几座？", "为什么拆了？",
        "Wann wurde es abgerissen?", "Wer wohnt noch dort?", "Quand a-t-il été démoli ?",
        "¿Cuándo fue demolido?", "¿Quién vive todavía allí?",
    ],
)  # fmt: skip
def test_a_question_about_something_else(question: str):
    assert not asks_existence(question)


@pytest.mark.parametrize(
    ("question", "event"),
    [
        ("When was the ship launched?", "built"), ("How old is it?", "built"),
        ("In what year did it burn down?", "demolished"), ("When did it sink?", "demolished"),
        ("When was it restored?", "other"), ("When was she born?", "other"), ("Who is it?", None),
        ("哪一年建成?", "built"), ("什麼時候拆毀的?", "demolished"),
        ("Wann wurde es abgerissen?", "demolished"), ("¿Cuándo fue fundada?", "built"),
    ],
)  # fmt: skip
def test_which_event_a_question_is_about(question: str, event: str | None):
    assert year_event_of(question) == event
