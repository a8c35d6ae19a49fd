"""Questions that documents can answer."""

from sample_documents import make_documents

from search.browse.suggestions import Suggestion, spread, suggest
from vlm.chronology import chronology_of


def suggested(documents, *, language: str, n: int) -> list[Suggestion]:
    chronologies = {each.document_id: chronology_of(each) for each in documents}
    return suggest(documents, chronologies, language=language, n=n)


def test_each_document_is_asked_what_its_text_dates(tmp_path):
    suggestions = suggested(make_documents(tmp_path), language="en", n=3)

    # The station's text dates its end alone (and an opening), the tower's its completion alone;
    # the gate's dates both, and kinds take turns.
    assert [(each.name, each.kind) for each in suggestions] == [
        ("Old Station", "demolished"),
        ("Clock Tower", "built"),
        ("Yong'an Gate", "exists"),
    ]


def test_names_are_in_the_asker_s_script(tmp_path):
    names = [each.name for each in suggested(make_documents(tmp_path), language="zh", n=3)]
    assert names == ["老车站", "Clock Tower", "永安门"]


def test_few_documents_are_asked_about_more_than_once(tmp_path):
    station, tower, _ = make_documents(tmp_path)

    def asked(documents, n):
        return [(e.name, e.kind) for e in suggested(documents, language="en", n=n)]

    assert asked([station], 3) == [("Old Station", "demolished"), ("Old Station", "exists")]
    assert asked([station, tower], 3) == [
        ("Old Station", "demolished"),
        ("Clock Tower", "built"),
        ("Old Station", "exists"),
    ]
    assert asked([], 3) == []
    assert len(asked([station, tower], 1)) == 1


def test_a_few_are_spread_over_all():
    assert spread(range(10), 3) == [0, 3, 6]
    assert spread(range(2), 3) == [0, 1]
    assert spread([], 3) == []
