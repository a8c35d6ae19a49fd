"""IIIF, Omeka, Wikidata and GeoJSON."""

import json

import pytest
from corpus_samples import image_bytes, read_all, write
from record_samples import read_file, read_one, values

from knowledge.errors import CorpusError

MANIFEST_3 = {
    "@context": "http://iiif.io/api/presentation/3/context.json",
    "id": "https://iiif.example/presentation/ms-4/manifest",
    "type": "Manifest",
    "label": {"cy": ["Hen bont"], "en": ["Old bridge"]},
    "metadata": [
        {
            "label": {"en": ["Photographer"], "cy": ["Ffotograffydd"]},
            "value": {"en": ["Ada Example"], "cy": ["Ada Example"]},
        },
        {"label": {"en": ["Date"]}, "value": {"none": ["1894"]}},
        {"label": {"en": ["Shelfmark"]}, "value": {"none": ["MS 4"]}},
    ],
    "summary": {"en": ["<p>The bridge before the flood.</p>"]},
    "requiredStatement": {"label": {"en": ["Attribution"]}, "value": {"en": ["Example Library"]}},
    "rights": "https://rights.example/pd",
    "provider": [{"type": "Agent", "label": {"en": ["Example Library"]}}],
    "partOf": [
        {"id": "https://iiif.example/c/1", "type": "Collection", "label": {"en": ["Views"]}}
    ],
    "homepage": [{"id": "https://library.example/ms-4", "type": "Text"}],
    "items": [
        {
            "id": "https://iiif.example/presentation/ms-4/canvas/1",
            "type": "Canvas",
            "items": [
                {
                    "type": "AnnotationPage",
                    "items": [
                        {
                            "type": "Annotation",
                            "body": {
                                "id": "https://iiif.example/image/ms-4_001/full/max/0/default.jpg",
                                "type": "Image",
                                "service": [{"id": "https://iiif.example/image/ms-4_001"}],
                            },
                        }
                    ],
                }
            ],
        },
        {
            "id": "https://iiif.example/presentation/ms-4/canvas/2",
            "type": "Canvas",
            "label": {"en": ["Back of the print"]},
            "metadata": [{"label": {"en": ["Inscription"]}, "value": {"en": ["To my sister"]}}],
            "items": [],
        },
    ],
}

MANIFEST_2 = {
    "@context": "http://iiif.io/api/presentation/2/context.json",
    "@id": "https://iiif.example/7/manifest.json",
    "@type": "sc:Manifest",
    "label": [
        {"@value": "Tour de l'horloge", "@language": "fr"},
        {"@value": "Clock tower", "@language": "en"},
    ],
    "metadata": [
        {"label": "Auteur", "value": "Bert Exemple"},
        {"label": "Date", "value": "vers 1905"},
        {"label": "Sujet", "value": [{"@value": "Tours", "@language": "fr"}]},
    ],
    "description": "Vue du marché.",
    "attribution": "Bibliothèque Exemple",
    "license": "https://rights.example/by",
    "sequences": [
        {
            "canvases": [
                {
                    "@id": "https://iiif.example/7/canvas/p1",
                    "label": "p. 1",
                    "images": [
                        {
                            "resource": {
                                "@id": "https://iiif.example/images/shelf%2Ftour_07.jpg/full/!800,800/0/native.jpg",
                                "service": {
                                    "@id": "https://iiif.example/images/shelf%2Ftour_07.jpg"
                                },
                            }
                        }
                    ],
                }
            ]
        }
    ],
}

COLLECTION = {
    "@context": "http://iiif.io/api/presentation/3/context.json",
    "id": "https://iiif.example/presentation/views",
    "type": "Collection",
    "label": {"en": ["Bridges of the county"]},
    "items": [
        {"id": MANIFEST_3["id"], "type": "Manifest", "label": {"en": ["Old bridge"]}},
        {"id": "https://iiif.example/9/manifest", "type": "Manifest", "label": {"en": ["Ford"]}},
    ],
}


def test_iiif_3(tmp_path):
    write(tmp_path / "images" / "ms-4_001.png", image_bytes("PNG"))
    document, back = read_all(write(tmp_path / "m.json", json.dumps(MANIFEST_3)))[0]
    assert document.id == "presentation/ms-4"
    assert document.language == "en"
    assert document.title == "Old bridge"
    assert document.aliases == ("Hen bont",)
    assert document.text.startswith("The bridge before the flood.")
    assert values(document, "Photographer") == ["Ada Example"]
    assert values(document, "Date") == ["1894"]
    assert values(document, "Shelfmark") == ["MS 4"]
    assert values(document, "Collection") == ["Views"]
    assert document.rights == "https://rights.example/pd"
    assert document.url == "https://library.example/ms-4"
    assert document.source == "Example Library, Views"
    assert [photo.path for photo in document.photos] == ["images/ms-4_001.png"]
    assert back.title == "Back of the print"
    assert values(back, "Inscription") == ["To my sister"]
    assert values(back, "Part of") == ["Old bridge"]


def test_iiif_2(tmp_path):
    write(tmp_path / "tour_07.jpg", image_bytes())
    document = read_one(tmp_path / "m.json", json.dumps(MANIFEST_2))
    assert document.id == "7"
    assert document.language == "fr"
    assert document.title == "Tour de l'horloge"
    assert document.aliases == ("Clock tower",)
    assert values(document, "Auteur") == ["Bert Exemple"]
    assert values(document, "Sujet") == ["Tours"]
    assert values(document, "Attribution") == ["Bibliothèque Exemple"]
    assert [photo.path for photo in document.photos] == ["tour_07.jpg"]


def test_a_collection_in_the_folder_says_where_its_manifests_are(tmp_path):
    for name, value in (("a", COLLECTION), ("b", MANIFEST_3)):
        write(tmp_path / "iiif" / f"{name}.json", json.dumps(value))
    documents, problems = read_all(tmp_path / "iiif")
    assert problems == []
    found = {document.title: document for document in documents}
    assert sorted(found) == ["Back of the print", "Bridges of the county", "Ford", "Old bridge"]
    assert values(found["Old bridge"], "Collection") == ["Views", "Bridges of the county"]
    assert values(found["Ford"], "Collection") == ["Bridges of the county"]


ITEM = {
    "@context": "https://omeka.example/api-context",
    "@id": "https://omeka.example/api/items/12",
    "@type": ["o:Item", "dctype:StillImage"],
    "o:id": 12,
    "o:is_public": True,
    "o:title": "Ferry",
    "o:item_set": [{"@id": "https://omeka.example/api/item_sets/2", "o:id": 2}],
    "o:media": [{"@id": "https://omeka.example/api/media/3", "o:source": "ferry_12.jpg"}],
    "dcterms:title": [
        {"type": "literal", "property_label": "Title", "@value": "Ferry", "@language": "en"},
        {"type": "literal", "property_label": "Title", "@value": "Fähre", "@language": "de"},
    ],
    "dcterms:created": [{"type": "literal", "property_label": "Date Created", "@value": "1899"}],
    "dcterms:spatial": [
        {"type": "uri", "@id": "https://places.example/5", "o:label": "Weston Quay"}
    ],
    "foaf:depicts": [{"property_label": "depicts", "display_title": "Captain Example", "@id": "x"}],
}


def test_omeka_s(tmp_path):
    write(tmp_path / "files" / "ferry_12.jpg", image_bytes())
    items = [ITEM, {**ITEM, "o:id": 13, "o:title": "Pier", "dcterms:title": []}]
    ferry, pier = read_file(tmp_path / "items.json", json.dumps(items))[0]
    assert (ferry.id, pier.id) == ("12", "13")
    assert (ferry.title, pier.title) == ("Ferry", "Pier")
    assert ferry.aliases == ("Fähre",)
    assert values(ferry, "Date") == ["1899"]
    assert values(ferry, "Depicts") == ["Captain Example"]
    assert ferry.place == "Weston Quay"
    assert [photo.path for photo in ferry.photos] == ["files/ferry_12.jpg"]


def test_omeka_classic(tmp_path):
    write(tmp_path / "kiln.jpg", image_bytes())
    text = (
        '"Item Id","Item URI",collection,tags,file,"Dublin Core:Title","Dublin Core:Creator",'
        '"Dublin Core:Date","Dublin Core:Spatial Coverage","Dublin Core:Description",'
        '"Item Type Metadata:Physical Dimensions"\n'
        '44,https://omeka.example/items/show/44,Works,"kilns,brick",'
        "https://omeka.example/files/kiln.jpg,Brick kiln,Ada Example^^Bert Example,1888,Weston,"
        '"<p>Seen from <em>the river</em>.</p>",10 x 15\n'
    )
    document = read_one(tmp_path / "export.csv", text)
    assert document.id == "44"
    assert document.title == "Brick kiln"
    assert document.text.startswith("Seen from the river.")
    assert values(document, "Creator") == ["Ada Example", "Bert Example"]
    assert values(document, "Tags") == ["kilns", "brick"]
    assert values(document, "Collection") == ["Works"]
    assert values(document, "Physical Dimensions") == ["10 x 15"]
    assert document.place == "Weston"
    assert document.url == "https://omeka.example/items/show/44"
    assert [photo.path for photo in document.photos] == ["kiln.jpg"]


def snak(value, kind, datatype):
    return {
        "mainsnak": {"datatype": datatype, "datavalue": {"type": kind, "value": value}},
        "rank": "normal",
    }


def entity(number, name, **claims):
    return {
        "type": "item",
        "id": number,
        "labels": {"en": {"language": "en", "value": name}},
        "claims": claims,
    }


HALL = entity(
    "Q1001",
    "Weston Hall",
    P571=[snak({"time": "+1889-00-00T00:00:00Z", "precision": 9}, "time", "time")],
    P576=[
        {
            **snak({"time": "+1950-05-00T00:00:00Z", "precision": 10}, "time", "time"),
            "rank": "deprecated",
        },
        snak({"time": "+1956-05-00T00:00:00Z", "precision": 10}, "time", "time"),
    ],
    P84=[snak({"id": "Q1002"}, "wikibase-entityid", "wikibase-item")],
    P31=[snak({"id": "Q9999"}, "wikibase-entityid", "wikibase-item")],
    P18=[snak("Weston Hall 1900.jpg", "string", "commonsMedia")],
    P213=[snak("0000 0001", "string", "external-id")],
)
HALL["labels"]["de"] = {"language": "de", "value": "Westoner Halle"}
HALL["descriptions"] = {"en": {"language": "en", "value": "demolished hall"}}
ARCHITECT = entity("Q1002", "Carl Example")


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"entities": {"Q1001": HALL, "Q1002": ARCHITECT}}),
        json.dumps([HALL, ARCHITECT]),
        f"[\n{json.dumps(HALL)},\n{json.dumps(ARCHITECT)}\n]\n",
        f"{json.dumps(HALL)}\n{json.dumps(ARCHITECT)}\n",
    ],
    ids=["entities", "array", "dump", "lines"],
)
def test_wikidata(tmp_path, text):
    write(tmp_path / "Weston_Hall_1900.jpg", image_bytes())
    hall, architect = read_file(tmp_path / "entities.json", text)[0]
    assert (hall.id, architect.id) == ("Q1001", "Q1002")
    assert hall.title == "Weston Hall"
    assert hall.aliases == ("Westoner Halle",)
    assert hall.text.startswith("demolished hall")
    assert values(hall, "Built") == ["1889"]
    assert values(hall, "Demolished") == ["1956-05"]
    assert values(hall, "Architect") == ["Carl Example"]
    assert values(hall, "Type") == []  # Q9999 is not in the file
    assert hall.url == "https://www.wikidata.org/wiki/Q1001"
    assert [photo.path for photo in hall.photos] == ["Weston_Hall_1900.jpg"]


def test_geojson(tmp_path):
    features = [
        {
            "type": "Feature",
            "id": "n1",
            "properties": {"name": "Well", "built": 1750, "note": None},
            "geometry": {"type": "Point", "coordinates": [8.5, 47.25]},
        },
        {
            "type": "Feature",
            "id": "n2",
            "properties": {"name": "Moat"},
            "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 4], [0, 0]]]},
        },
    ]
    value = {"type": "FeatureCollection", "name": "sites", "features": features}
    well, moat = read_file(tmp_path / "sites.geojson", json.dumps(value))[0]
    assert (well.title, moat.title) == ("Well", "Moat")
    assert "Built: 1750." in well.text
    assert values(well, "Coordinates") == ["47.25, 8.5"]
    assert values(moat, "Coordinates") == ["2, 1"]


def test_json_that_breaks_off_in_a_list_is_read_up_to_there(tmp_path):
    text = json.dumps([ITEM, {**ITEM, "o:id": 13}])[:-20]
    documents, (problem,) = read_file(tmp_path / "items.json", text)
    assert [document.id for document in documents] == ["12"]
    assert "not valid JSON from here on" in problem.reason


def test_collections_within_collections_end(tmp_path):
    value = {
        "type": "Manifest",
        "label": {"en": ["Inmost"]},
        "items": [],
        "id": "https://x.example/m",
    }
    for number in range(200):
        value = {
            "@context": "http://iiif.io/api/presentation/3/context.json",
            "id": f"https://x.example/{number}",
            "type": "Collection",
            "label": {"en": [f"C {number}"]} if number % 2 else {},
            "items": [value],
        }
    documents, problems = read_file(tmp_path / "c.json", json.dumps(value))
    assert 0 < len(documents) < 20
    assert problems == []


CONTEXT = '"@context": "http://iiif.io/api/presentation/3/context.json"'


@pytest.mark.parametrize(
    "text",
    [
        f'{{{CONTEXT}, "items": {"[" * 50_000}{"]" * 50_000}}}',
        '{"entities": {"Q1": null, "Q2": {"id": "Q2", "labels": [], "claims": {"P31": 7}}}}',
    ],
    ids=["nested", "wrong types"],
)
def test_json_that_holds_nothing_readable_is_refused(tmp_path, text):
    with pytest.raises(CorpusError):
        read_file(tmp_path / "bad.json", text)


@pytest.mark.parametrize(
    ("features", "reason"),
    [
        (
            f': [{{"properties": {chr(123)}"a": {"[" * 50_000}{"]" * 50_000}}}}}]',
            "nested too deeply",
        ),
        (f': [{{"id": {"9" * 100_000}}}]', "Exceeds the limit"),
        ("", "no array 'features'"),
    ],
    ids=["nested", "number", "none"],
)
def test_features_that_were_made_to_do_harm(tmp_path, features, reason):
    text = f'{{"type": "FeatureCollection", "features"{features or ": 7"}}}'
    documents, (problem,) = read_file(tmp_path / "bad.json", text)
    assert documents == []
    assert reason in problem.reason


def test_a_feature_without_an_id_among_others_that_have_one_is_numbered(tmp_path):
    features = [
        {"type": "Feature", "id": "w1", "properties": {"name": "Well", "state": "dry"}},
        {"type": "Feature", "properties": {"name": "Moat", "state": "filled"}},
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    text = text.replace('"state": "dry"', '"state": "dry", "state": "covered"')
    documents, problems = read_file(tmp_path / "sites.geojson", text)
    assert [(document.id, document.title) for document in documents] == [
        ("w1", "Well"),
        ("feature-2", "Moat"),
    ]
    assert values(documents[0], "State") == ["dry", "covered"]
    assert problems == []
