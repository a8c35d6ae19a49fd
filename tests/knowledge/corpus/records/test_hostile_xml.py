"""XML that was made to do harm, or was damaged: one clear problem, in little time and memory."""

import time

import psutil
import pytest
from corpus_samples import write
from record_samples import MODS, OAI, read_file, read_one

from knowledge.corpus import open_corpus
from knowledge.corpus.records import open_records
from knowledge.errors import CorpusError

DC = '<dc xmlns="http://purl.org/dc/elements/1.1/">{}</dc>'


def test_entities_that_hold_entities_are_refused(tmp_path):
    names = "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' if n else '<!ENTITY a0 "ha">' for n in range(12)
    )
    text = f"<!DOCTYPE dc [{names}]>{DC.format('<title>&a11;</title>')}"
    with pytest.raises(CorpusError, match="holds other entities"):
        open_corpus(write(tmp_path / "bomb.xml", text))


def test_a_long_entity_is_refused(tmp_path):
    text = f'<!DOCTYPE dc [<!ENTITY a "{"x" * 5000}">]>{DC.format("<title>&a;</title>")}'
    with pytest.raises(CorpusError, match="more than 1,000 characters"):
        open_corpus(write(tmp_path / "bomb.xml", text))


@pytest.mark.parametrize("kind", ["SYSTEM", 'PUBLIC "-//x//y"'])
def test_an_entity_that_stands_for_a_file_is_not_read(tmp_path, kind):
    secret = write(tmp_path / "secret.txt", "the secret")
    title = "<title>Gate &x;</title>"
    text = f'<!DOCTYPE dc [<!ENTITY x {kind} "{secret}">]>{DC.format(title)}'
    documents, (problem,) = read_file(tmp_path / "xxe.xml", text)
    assert documents == []
    assert "stands for another file" in problem.reason


def test_a_dtd_and_parameter_entities_are_not_loaded(tmp_path):
    dtd = write(tmp_path / "evil.dtd", '<!ENTITY leak "leaked">')
    text = (
        f'<!DOCTYPE dc SYSTEM "{dtd}" [<!ENTITY % p SYSTEM "{dtd}"> %p;]>'
        f"{DC.format('<title>Gate &leak; stood</title>')}"
    )
    assert "leaked" not in read_one(tmp_path / "dtd.xml", text).title


def test_short_entities_of_the_file_and_of_html_are_read(tmp_path):
    title = "<title>Caf&eacute; &town;&nbsp;Hall</title>"
    text = f'<!DOCTYPE dc SYSTEM "x.dtd" [<!ENTITY town "Weston">]>{DC.format(title)}'
    assert read_one(tmp_path / "e.xml", text).title == "Café Weston Hall"


def test_deep_nesting_is_refused(tmp_path):
    text = DC.format("<title>" + "<a>" * 3000 + "</a>" * 3000 + "</title>")
    documents, (problem,) = read_file(tmp_path / "deep.xml", text)
    assert documents == []
    assert "nested more than 256 deep" in problem.reason


def test_a_huge_attribute_is_refused(tmp_path):
    text = DC.format(f'<title a="{"x" * (11 << 20)}">Gate</title>')
    _, (problem,) = read_file(tmp_path / "wide.xml", text)
    assert "larger than 10 MB" in problem.reason


def test_a_record_of_endless_elements_is_refused(tmp_path):
    start = time.monotonic()
    text = DC.format("<title>Gate</title>" + "<subject>x</subject>" * 300_000)
    documents, (problem,) = read_file(tmp_path / "long.xml", text)
    assert documents == []
    assert "more than 200,000 elements" in problem.reason
    assert time.monotonic() - start < 20


def test_a_record_that_is_not_well_formed_costs_itself_alone(tmp_path):
    records = [MODS.replace("rec55", f"r{n}") for n in range(5)]
    records[2] = records[2].replace("</abstract>", "</abs>")
    text = f'<modsCollection xmlns="http://www.loc.gov/mods/v3">{"".join(records)}</modsCollection>'
    documents, (problem,) = read_file(tmp_path / "some.xml", text)
    assert [document.id for document in documents] == ["r0", "r1", "r3", "r4"]
    assert "not well-formed" in problem.reason
    assert problem.path == "some.xml, record 3"


def test_a_file_that_was_cut_is_read_up_to_there(tmp_path):
    documents, (problem,) = read_file(tmp_path / "oai.xml", OAI[: OAI.rindex("Toll")])
    assert [document.title for document in documents] == ["Stone bridge"]
    assert "not well-formed from here on" in problem.reason


def test_a_prefix_that_the_file_forgets_to_declare(tmp_path):
    text = OAI.replace("<oai_dc:dc ", '<oai_dc:dc xsi:schemaLocation="a b" ')
    documents, problems = read_file(tmp_path / "oai.xml", text)
    assert [document.title for document in documents] == ["Stone bridge", "Toll house"]
    assert problems == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<page><title>One</title></page>", "root element <page>"),
        ("<broken><a></broken>", "not well-formed"),
        ("<?xml version='1.0'?>", "not well-formed"),
    ],
)
def test_what_is_no_list_of_records_is_said(tmp_path, text, reason):
    with pytest.raises(CorpusError, match=reason):
        open_corpus(write(tmp_path / "x.xml", text))


def test_a_large_file_is_read_in_little_memory(tmp_path):
    head, rest = OAI.split("<record>", 1)
    body, tail = rest.rsplit("</record>", 1)
    record = f"<record>{body.split('</record>')[0]}</record>"
    with (tmp_path / "large.xml").open("w", encoding="utf-8") as file:
        file.write(head)
        for number in range(20_000):
            file.write(record.replace("archive.example:1", f"archive.example:{number}"))
        file.write(tail)
    table = open_records(tmp_path / "large.xml")
    process = psutil.Process()
    before = process.memory_info().rss
    most = max(
        process.memory_info().rss if row.number % 1_000 == 0 else before for row in table.rows()
    )
    assert most - before < 32 << 20  # far less than the tree of the whole file


def test_a_record_of_endless_text_is_refused(tmp_path):
    part = f"<description>{'x' * 5_000_000}</description>"
    documents, (problem,) = read_file(tmp_path / "long.xml", DC.format(part * 6))
    assert documents == []
    assert "20,000,000 characters" in problem.reason


def test_a_component_of_endless_elements_is_refused(tmp_path):
    odd = "<odd><p>x</p></odd>" * 60_000
    text = f"<ead><archdesc><did><unittitle>T</unittitle></did>{odd}</archdesc></ead>"
    documents, (problem,) = read_file(tmp_path / "aid.xml", text)
    assert documents == []
    assert "more than 100,000 elements" in problem.reason


def _list_of_things(count):
    return [
        f'<thing ref="t{n}"><name>Pump {n}</name><town>Leek</town></thing>' for n in range(count)
    ]


@pytest.mark.parametrize("broken", [0, 1, 4])
def test_one_broken_record_of_an_unknown_kind_costs_itself_alone(tmp_path, broken):
    things = _list_of_things(7)
    things[broken] = things[broken].replace("Leek", "Leek & Stone")
    text = f"<list><made><thing/></made>{''.join(things)}</list>"
    documents, problems = read_file(tmp_path / "things.xml", text)
    assert [document.title for document in documents] == [
        f"Pump {n}" for n in range(7) if n != broken
    ]
    assert any("The record's XML is not well-formed" in problem.reason for problem in problems)


def test_records_of_an_unknown_kind_that_were_cut_are_read_up_to_there(tmp_path):
    text = f"<list>{''.join(_list_of_things(5))}</list>"
    documents, (problem,) = read_file(tmp_path / "things.xml", text[: text.index("Pump 4")])
    assert [document.title for document in documents] == [f"Pump {n}" for n in range(4)]
    assert "not well-formed from here on" in problem.reason


def test_records_of_a_single_field_are_records(tmp_path):
    text = '<!DOCTYPE l [<!ENTITY x SYSTEM "x.txt">]>' + (
        "<l><record><title>&x;</title></record><record><title>Café</title></record></l>"
    )
    documents, (problem,) = read_file(tmp_path / "l.xml", text.encode("latin-1"))
    assert [document.title for document in documents] == ["Café"]
    assert "stands for another file" in problem.reason
