"""Who, when, where and what are answered from what photos carry, and the citation names whose."""

import pytest
from corpus_samples import write
from photo_metadata_samples import exif_of, iptc_bytes, jpeg_with, xmp_packet
from PIL.ExifTags import Base
from support import TinyEncoder, photo

from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus import open_corpus
from knowledge.index.index import open_index
from search.pipeline import Pipeline
from search.query import Query
from vlm.readers.extractive import ExtractiveReader

HALL, BATHS, STATION = (photo(seed, size=(64, 48)) for seed in (1, 2, 3))


def seq(name, *values):
    return f"<{name}><rdf:Seq>{''.join(f'<rdf:li>{v}</rdf:li>' for v in values)}</rdf:Seq></{name}>"


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    root = tmp_path_factory.mktemp("answers")
    album = root / "album"
    hall = seq("dc:creator", "Clara Vogt") + seq("Iptc4xmpExt:PersonInImage", "Otto Brandt")
    about = 'photoshop:DateCreated="1931-05-12" photoshop:City="Weimar" photoshop:Country="Germany"'
    scanned = exif_of({}, {Base.DateTimeOriginal: "2009:03:04 10:11:12"})
    write(
        album / "IMG_1.jpg",
        jpeg_with(
            exif=scanned,
            xmp=xmp_packet(hall, attributes=about),
            iptc=iptc_bytes([(120, "The market hall in the rain"), (116, "© 1998 Town Archive")]),
            image=HALL,
        ),
    )
    sets = [(120, "Opening of the new swimming baths"), (55, "19640703"), (80, "Henry Pike")]
    sets += [(90, "Leeds"), (101, "England"), (110, "Pike Collection")]
    write(album / "IMG_2.jpg", jpeg_with(iptc=iptc_bytes(sets), image=BATHS))
    station = seq("dc:creator", "王少文") + seq("dc:description", "雨中的老火车站")
    write(album / "IMG_3.jpg", jpeg_with(image=STATION))
    write(
        album / "IMG_3.xmp",
        xmp_packet(station, attributes='photoshop:DateCreated="1956-07" photoshop:City="济南"'),
    )
    encoder = TinyEncoder(languages=("en", "zh"))
    with open_index(str(root / "index"), fingerprint_of(encoder), create=True) as index:
        assert index_corpus(open_corpus(album), index, encoder).ok
        pipeline = Pipeline(index, encoder, ExtractiveReader())
        yield lambda picture, question: pipeline.ask(Query(question, photos=(picture,))).answer


@pytest.mark.parametrize(
    ("picture", "question", "value", "quote"),
    [
        (HALL, "Who took this photo?", "Clara Vogt", "Photographer: Clara Vogt."),
        (HALL, "When was this photo taken?", "12 May 1931", "Taken: 12 May 1931."),
        (HALL, "Where is this?", "Weimar, Germany", "Place: Weimar, Germany."),
        (
            HALL,
            "What does this photo show?",
            "The market hall in the rain",
            "Description: The market hall in the rain.",
        ),
        (HALL, "Who is in the picture?", "Otto Brandt", "People in the picture: Otto Brandt."),
        (
            HALL,
            "When was it digitised?",
            "4 March 2009, 10:11",
            "Digitised: 4 March 2009, 10:11.",
        ),
        (BATHS, "Who is the photographer?", "Henry Pike", "Photographer: Henry Pike."),
        (BATHS, "When was this taken?", "3 July 1964", "Taken: 3 July 1964."),
        (STATION, "这张照片是谁拍的？", "王少文", "摄影者：王少文。"),
        (STATION, "这张照片是什么时候拍的？", "1956年7月", "拍摄时间：1956年7月。"),
    ],
)
def test_answers(ask, picture, question, value, quote):
    answer = ask(picture, question)
    assert (answer.value, answer.source and answer.source.quote) == (value, quote)


def test_the_year_is_that_of_the_picture_and_not_of_its_file(ask):
    assert ask(HALL, "What year was this taken?").year == 1931


def test_the_citation_names_whose_the_photo_is(ask):
    answer = ask(BATHS, "When was this taken?")
    assert answer.source.citation == "Henry Pike, Pike Collection, IMG_2.jpg"
    with_rights = ask(HALL, "When was this taken?").source.citation
    assert with_rights == "Clara Vogt, IMG_1.jpg. © 1998 Town Archive"
