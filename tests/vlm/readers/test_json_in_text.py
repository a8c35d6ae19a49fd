import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm.readers.json_in_text import after_thoughts, is_still_thinking, objects_in, thinks_aloud

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        '```json\n{"a": 1}\n```',
        'Sure! Here it is: {"a": 1} Anything else?',
        '{{"a": 1}}',
        '{"a": 1}}}',
        '[{"a": 1}]',
        '{"a": 1,}',
        '{"a": 1 , \n}',
        "{ not this {nor this} but {\"a\": 1}",
    ],
)  # fmt: skip
def test_the_object_is_found_whatever_stands_around_it(text):
    assert [found.value for found in objects_in(text)] == [{"a": 1}]


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"a"', '{"a":', '{"a": 1', '{"a" 1}', "{'a': 1}", '{"a": NaN}', '{"a": 1 "b": 2}',
     '{,}', '{"a": 01}', '{"a": ' + "9" * 5_000 + "}"],
)  # fmt: skip
def test_what_is_no_object_is_not_found(text):
    assert list(objects_in(text)) == []


def test_an_object_in_a_string_is_none_of_its_own():
    text = json.dumps({"quote": '</think>{"source": "x"}'})
    assert [found.value for found in objects_in(text)] == [json.loads(text)]
    assert after_thoughts(text) == text


def test_places_of_values_are_given():
    text = 'So: {"a": null, "b" : {"c": [1]}}'
    outer, inner = objects_in(text)
    assert text[outer.start : outer.end] == '{"a": null, "b" : {"c": [1]}}'
    assert {key: text[at] for key, at in outer.starts.items()} == {"a": "n", "b": "{"}
    assert text[inner.start : inner.end] == '{"c": [1]}'


@given(value=st.dictionaries(st.text(max_size=4), JSON, max_size=3), before=st.text(max_size=9))
def test_whatever_json_writes_is_read_back(value, before):
    text = before.replace("{", "(") + json.dumps(value, ensure_ascii=False)
    assert next(objects_in(text)).value == value


@pytest.mark.parametrize(
    ("text", "answer", "aloud", "still"),
    [
        ('<think>{"a": 0}</think>{"a": 1}', '{"a": 1}', True, False),
        ('So {"a": 0}.</think>\n{"a": 1}', '\n{"a": 1}', False, False),
        ('Hm.</think>{"a": 1}', '{"a": 1}', True, False),
        ('\n<THINK>Hm {"a": 0}', '\n<THINK>Hm {"a": 0}', True, True),
        ('<think>{"a": 1}</think>', '<think>{"a": 1}</think>', True, False),
        ('[THINK]x[/THINK]{"a": 1}', '{"a": 1}', True, False),
        ('{"a": "</think>"}', '{"a": "</think>"}', False, False),
        ('{"a": 1}', '{"a": 1}', False, False),
    ],
)
def test_thoughts_are_told_from_the_answer(text, answer, aloud, still):
    assert (after_thoughts(text), thinks_aloud(text), is_still_thinking(text)) == (
        answer, aloud, still,
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["{" * 500_000, '{"a":' * 100_000, '{"a":[' * 100_000, '{"a":[0,' * 50_000,
     '{"a":[' + "0," * 300_000, '{"' + "a{" * 300_000],
)  # fmt: skip
def test_hostile_texts_take_bounded_time(text):
    begun = time.perf_counter()
    assert list(objects_in(text)) == []
    assert time.perf_counter() - begun < 3  # a tenth of a second on a free machine


MARKS = [
    "{",
    "}",
    '"',
    "[",
    "]",
    ":",
    ",",
    " ",
    "a",
    "1",
    "null",
    '"a":',
    '{"a":',
    "\\",
    '\\"',
    "},",
]


@given(st.lists(st.sampled_from(MARKS), max_size=40).map("".join))
def test_each_object_is_the_one_that_begins_there_whatever_is_before_it(text):
    found = {each.start: each for each in objects_in(text)}
    assert list(found) == sorted(found)
    for at in range(len(text)):
        alone = next(objects_in(text[at:]), None)
        begins = alone is not None and alone.start == 0
        assert begins == (at in found)
        if begins:
            each = found[at]
            assert (alone.value, alone.end + at) == (each.value, each.end)
            assert {key: place + at for key, place in alone.starts.items()} == each.starts


@pytest.mark.parametrize("form", ['{"a":%s}', '{"a":[%s]}'])
@pytest.mark.parametrize("leaf", ["1", "{}", "[]"])
def test_an_object_is_nested_24_deep_at_most(form, leaf):
    """Each form has one or two steps; the leaf is the deepest value."""
    text, steps = leaf, form.count("{") + form.count("[")
    for _ in range(24 // steps):
        text = form % text
    count = len(list(objects_in(text)))
    assert next(objects_in(text)).start == 0
    deeper = list(objects_in(form % text))
    assert (len(deeper), deeper[0].start) == (count, form.index("%s"))
