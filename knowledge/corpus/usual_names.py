"""Names that columns of tables and keys of records have in most collections.

They tell a line of names from other lines, and a record from what is around records. What a column
of such a name holds is the concern of `knowledge.corpus.columns`.
"""

from collections.abc import Iterable

from knowledge.language import fold


def _folded(listed: str) -> frozenset[str]:
    return frozenset(fold(name.strip()) for name in listed.split(","))


_NAMING = _folded("""
    id, identifier, uuid, guid, uid, slug, object id, record id, inventory number,
    accession number, call number, title, name, label, caption, headline, description, titel,
    bezeichnung, titre, nom, legende, titulo, nombre, titolo, nome, naam, inventarnummer, 编号,
    标识, 名称, 标题, 题名, 题目, 描述, 简介
""")
"""What tells one thing from the others."""
_OTHERS = _folded("""
    object number, item number, number, no, nr, inv no, accession no, accession, callnumber,
    signature, signatur, shelfmark, reference, ref, ref no, reference code, barcode, heading,
    subject, subjects, text, notes, note, abstract, summary, content, comment, keywords, tags,
    category, type, format, medium, technique, dimensions, date, year, created, creator, author,
    artist, photographer, maker, publisher, contributor, source, rights, license, licence,
    copyright, credit, place, location, city, town, country, address, latitude, longitude, lat,
    lon, lng, url, link, website, uri, photo, photos, image, images, picture, file, filename,
    file name, path, collection, language, beschreibung, datierung, datum, jahr, ort, fotograf,
    autor, inventarnr, bild, datei, bemerkungen, auteur, lieu, cote, annee, photographe, fichier,
    remarques, descripcion, fecha, lugar, fotografo, archivo, descrizione, data, luogo,
    beschrijving, jaar, plaats, 序号, 说明, 内容, 作者, 摄影者, 日期, 年代, 时间, 地点, 来源,
    出处, 图片, 照片, 文件名, 网址, 版权
""")


def usual_in(names: Iterable[str]) -> int:
    """How many of these names are usual ones."""
    return sum(name in _NAMING or name in _OTHERS for name in map(fold, names))


def name_a_thing(names: Iterable[str]) -> bool:
    """Whether one of these names holds what a single thing is called or identified by."""
    return any(fold(name) in _NAMING for name in names)
