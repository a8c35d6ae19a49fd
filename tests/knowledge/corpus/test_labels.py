"""What labels mean, in the ways and languages in which archives write them."""

import pytest

from knowledge.corpus.labels import meanings, rank_of, readable


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        ("title", "title Titel titre título Titolo 题名 image_title Dublin Core:Title dc.title[en] "
         "dcterms:title http://purl.org/dc/elements/1.1/title titleProper 作品名称 site_name"),
        ("creator", "photographer Fotograf Photographe Fotógrafo 拍摄者 dcterms:creator "
         "schema:creator artistDisplayName Auteur(s) 作者 dc.contributor.author"),
        ("date", "date dateCreated Aufnahmedatum Datierung fecha 拍摄时间 dcterms:created year"),
        ("place", "place Ort Aufnahmeort lieu Luogo 拍摄地点 HOMELOC coverage_spatial commune"),
        ("id", "OBJECTID objectId identifier accession_number Inventarnummer Signatur cote 档号"),
        ("source", "source citation Quelle fuente CreditLine 出处"),
        ("rights", "rights dc:rights rightsStatement Lizenz droits derechos 版权"),
        ("photo", "filename image_file IMAGEFILE Dateiname fichier 图片"),
        ("text", "description Beschreibung descripción 内容提要 scopeContent historique DESCRIP"),
        ("end", "demolished Abriss demolition_date 拆除时间"),
    ],
)  # fmt: skip
def test_each_role_in_many_words(role, labels):
    words = labels.replace("Dublin Core:Title", "Dublin\u00a0Core:Title").split(" ")
    assert [word for word in words if not meanings(word) or meanings(word)[0].role != role] == []


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (
            "date",
            ["Artist Birth Date", "date_modified", "DateAcquired", "Geburtsdatum", "入藏时间"],
        ),
        ("title", ["city_name", "file name", "artist name", "series_title", "作者姓名"]),
        ("creator", ["ArtistBio", "artist nationality", "creator id", "Artist Alpha Sort"]),
        ("place", ["place of birth", "storage location", "latitude", "Lieu de conservation"]),
        ("id", ["ConstituentID", "artist_id", "parentid"]),
        ("url", ["thumbnailURL", "image url", "license url"]),
    ],
)
def test_a_word_beside_the_head_makes_it_something_else(role, labels):
    assert [label for label in labels if rank_of(label, role) is not None] == []


def test_labels_are_shown_as_people_write_them():
    shown = {
        "OBJECTID": "Object id",
        "dc.title": "Title",
        "dateCreated": "Date Created",
        "Architekt/Künstler": "Architekt/Künstler",
        "建成年份": "建成年份",
        "DESCRIP": "DESCRIP",
        "photo_2": "Photo",
        "": "",
    }
    assert {label: readable(label) for label in shown} == shown


def test_a_label_of_any_length_is_read_in_no_time():
    assert meanings("date " * 100_000) == meanings("date " * 100_000)
    assert len(readable("x" * 1_000_000)) <= 300
