"""What the label of a column or a field means, in the languages in which archives write.

`Dublin Core:Title`, `dcterms:title`, `dc.title`, `image_title`, `OBJECTTITLE`, `Titel`, `título`
and 题名 all mean a title. Knows words; sees no value, no table and no file.

English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Polish, Czech, Russian,
Chinese and Japanese. A label's meaning is
looked for as a whole (*accession number*), then by its head (*site name*, *Aufnahmedatum*, *date de
création*, 拍摄地点), unless a word beside the head makes it something else (*artist's birth date*).

Over 500 lines, most of them words: a label is compared with those of all roles at once.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from knowledge.corpus.text import one_line
from knowledge.language import fold, is_han

Role = Literal[
    "id", "title", "aliases", "creator", "date", "place", "source", "rights", "photo", "url",
    "text", "end",
]  # fmt: skip
"""What a column can be. `end`: whether or when the subject ceased to exist; only for its values."""


class Meaning(NamedTuple):
    """A role that a label may have; `rank` is 0 for the plainest label of the role."""

    role: Role
    rank: int


_PREFIX = re.compile(r"^(?:\w+://.*[/#]|[^:()\[\]]{1,40}:{1,2})(?=[^\s/:#])")
"""A namespace: an address up to its last part, or `dcterms:`, `Dublin Core:`."""
_DOTTED = re.compile(
    r"^(?:dc|dct|dcterms|dcmi|mods|vra|vracore|schema|edm|iptc|exif|xmp|ead|lido|marc|rdfs|skos|"
    r"foaf)"
    r"[._](?=\w)",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s*(?:\[[^\]]*\]|\([^)]*\)|@[A-Za-z-]{2,8}|:)\s*$")
"""What a label may end with that does not change its meaning: `title[en]`, `Date (taken)`."""
_CAMEL = re.compile(r"(?<=[a-zß-ÿ\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LANGUAGES_TEXT = """
    en eng english de deu ger deutsch fr fra fre es spa it ita zh chi zho cn nl pt ja la
"""
_LANGUAGES = frozenset(_LANGUAGES_TEXT.split())
_OF_TEXT = """
    of in on de du des der des del della dello dell di da do von d l la le the el
"""
_OF = frozenset(_OF_TEXT.split())
_NOT_NUMBERED = re.compile(r"[\s_]*\d{1,2}$")

# Of each role: phrases in order of preference, the plainest first. `/` parts ranks.
_PHRASES: Mapping[Role, str] = {
    "id": """
        id, identifier, uid, uuid, guid, 编号, 标识, 标识符, 主键, identyfikator,
        идентификатор, identifikator, 識別子, id番号
        / object id, record id, item id, resource id, asset id, document id, photo id, image id,
        work id, artwork id, site id, slug, pid, ark, handle, objekt id, datensatz id, kennung, id
        objet, identifiant, identificador, identificativo, 登录号, 档号, 编码, objekt-id
        / object number, accession number, inventory number, catalog number, catalogue number,
        record number, item number, call number, shelfmark, shelf mark, reference number,
        reference code, list entry, list number, register number, registration number, negative
        number, accession no, object no, inventory no, ref no, ref, accession, denkmalnummer,
        inventarnummer, signatur, objektnummer, obj nr, obj dok nr, archivsignatur, bestellnummer,
        inv nr, numero d inventaire, numero inventaire, inventaire, cote, reference, ref mh, num
        inv, matricule, numero de inventario, signatura, codigo, referencia, numero de registro,
        numero inventario, segnatura, inventario, codice, inventarisnummer, objectnummer, 馆藏号,
        收藏号, 藏品号, 索书号, 登记号, 分类号, 文物编号, 照片编号,
        numer inwentarzowy, nr inwentarzowy, nr inw, sygnatura, syg, numer katalogowy, инвентарныи
        номер, инв номер, инв no, учетныи номер, шифр, номер по кп, госкаталог номер, inventarni
        cislo, inv c, inv cislo, signatura fondu, evidencni cislo, 資料番号, 整理番号, 登録番号,
        請求記号, 管理番号, 収蔵番号, numero de inventario, numero de registo, cota, numero de
        tombo,
        plaatsingsnummer, toegangsnummer, inventarienummer, foremalsnummer, foremalsnr, inv nr
        / number, no, nr, nummer, num, numero, code, key, sequence, 序号, 号码, numer, lp, номер,
        no п п, cislo, poradove
        cislo, 番号, 連番, numero de ordem, volgnummer
    """,
    "title": """
        title, titel, titre, titulo, titolo, 题名, 标题, 正题名, 篇名, tytuł,
        заглавие, заголовок, titul, タイトル, 題名, 標題, 表題
        / name, label, heading, headline, caption title, display title, main title, full name,
        display name, preferred name, object title, proper title, title proper, display label,
        titel name, nom, nombre, nome, benennung, titre courant, titulo propio, titolo proprio,
        naam, 名称, 名字, 中文名, 作品名, 照片名, 图名, nazwa,
        название, наименование, nazev, 名称, 件名, 資料名, 写真名, naamgeving, benamning, namn,
        rubrik, designacao
        / object name, object, item, item name, subject name, building, monument, site, work,
        landmark, what, bezeichnung, kurzbezeichnung, objektbezeichnung, objekt, gegenstand,
        bauwerk, gebaude, denkmal, denomination, designation, appellation, appellation courante,
        objet, edifice, denominacion, objeto, edificio, denominazione, oggetto, bien, bem, 景点,
        建筑, 文物, 项目, 事项, 题材,
        obiekt, przedmiot, nazwa obiektu, объект, предмет, наименование предмета, predmet, objekt
        nazev, 対象, 被写体, voorwerp, onderwerp, foremal, sakord, motiv, objecto
        / subject, topic, theme, object type, betreff, thema, sujet, tema, asunto, soggetto, 主题
    """,
    "aliases": """
        alternative title, alternate title, other title, alt title, alternative name, other name,
        other names, former name, aka, also known as, alias, aliases, alternative, translated
        title, parallel title, nebentitel, weitere namen, autre titre, autre nom, autres noms,
        otro titulo, otro nombre, otros nombres, titolo alternativo, altro nome, 别名, 又名,
        曾用名, 其他题名, 并列题名, 英文名
    """,
    "creator": """
        photographer, photograph by, photo by, taken by, fotograf, fotografin, bildautor,
        photographe, fotografo, fotograaf, 拍摄者, 摄影者, 摄影师, 摄影, 摄影人, fotografia autor,
        фотограф, автор
        фотографии, автор снимка, fotograf ka, 撮影者, 写真家
        / creator, by, artist, artists, author, maker, by line, byline, creators, made by, created
        by, kunstler, urheber, urheberin, hersteller, verfasser, autor, ersteller, auteur,
        createur, artiste, creador, artista, creatore, autore, autor a, maker name, vervaardiger,
        maker s, makers, 作者, 创作者, 制作者, 责任者, 画家, 著者, tworca, wykonawca, autor
        fotografii, autorstwo,
        автор, создатель, puvodce, tvurce, 制作者, 作成者, 製作者, maker fotograaf, upphovsman,
        konstnar, tillverkare, autoria, criador
        / studio, architect, architekt, architecte, arquitecto, architetto, designer, printer,
        engraver, painter, sculptor, builder, baumeister, photographic studio, 建筑师, 设计者,
        设计师, 建造者
        / contributor, contributors, beteiligte, contributeur, colaborador, people, person,
        attribution, 贡献者
    """,
    "date": """
        date, date taken, taken, taken on, date created, creation date, created, datum,
        aufnahmedatum, datierung, entstehungsdatum, fecha, fecha de creacion, data, datazione,
        date de prise de vue, date photo, datering, 日期, 时间, 拍摄时间, 拍摄日期, 拍摄年代,
        创作时间, 成文日期, 形成时间,
        captured, date captured, capture date, made, datace, data powstania, data wykonania,
        datowanie, czas powstania, дата, дата съемки, датировка, дата создания, время создания,
        datum vzniku, datum porizeni, datovani, vznik, 撮影年月日, 撮影日, 撮影年, 撮影時期, 年月日,
        作成日, 制作年, 作成年月日, data de criacao, data de producao, data da fotografia,
        opnamedatum, vervaardigingsdatum, tillverkningsdatum, fotodatum, tillkomsttid
        / display date, date text, object date, production date, year, date made, date range, time
        period, dating, datation, jahr, aufnahmejahr, entstehungszeit, entstehungsjahr, zeit,
        zeitraum, annee, millesime, siecle, epoque, ano, cronologia, anno, epoca, secolo, jaar,
        年代, 年份, 时代, 朝代, rok,
        rok powstania, wiek, год, год съемки, год создания, век, период, rok vzniku, stoleti, 時代,
        年, artal
        / year built, built, construction date, date built, baujahr, erbaut, bauzeit, date de
        construction, annee de construction, fecha de construccion, anno di costruzione, 建成年份,
        建造时间, 始建年代, 建成时间
        / period, era, when, decade, century, epoche, periode, periodo, date issued, issued,
        published, publication date, begin date, earliest date, start date, date early, coverage
        temporal, temporal, 出版时间, 出版日期
    """,
    "place": """
        place, location, where, place name, coverage spatial, spatial coverage, spatial,
        geographic location, place depicted, depicted place, aufnahmeort, ort, standort, lieu,
        localisation, lugar, ubicacion, localizacion, luogo, localita, plaats, 地点, 拍摄地点,
        拍摄地, 位置, 所在地, 地名, 空间范围,
        miejsce, miejsce wykonania, miejsce powstania, lokalizacja, место, место съемки, место
        создания, местоположение, misto, misto vzniku, lokalita, 場所, 撮影場所, 撮影地, 所在,
        local, localizacao, vindplaats, opnameplaats, plats, motivort, fotoplats
        / coverage, site location, address, locality, verbatim locality, lokalizacja
        adres, miejscowosc, адрес, adresa, 住所, morada, adress, street address, full address,
        adresse, anschrift,
        direccion, indirizzo, endereco, adres, 地址, 详细地址
        / city, town, village, municipality, gemeinde, stadt, ortsteil, ville, commune, ciudad,
        municipio, localidad, citta, comune, gemeente, 城市, 市, 市县, miasto, город, населенныи
        пункт,
        mesto, obec, 市町村, cidade, stad, ort socken, socken
        / district, neighborhood, neighbourhood, county, suburb, parish, borough, bezirk, kreis,
        quartier, arrondissement, departement, barrio, distrito, provincia, quartiere, wijk, 区,
        县, 区县
        / state, province, state province, region, bundesland, estado, regione, comunidad
        autonoma, 省, 省份, 地区
        / country, nation, land, pays, kraj, panstwo, страна, zeme, 国, 国名, pais, paese,
        nazione, 国家
        / street, strasse, rue, calle, via, geography, home location, place of creation,
        production place, place made, origin, 街道
    """,
    "source": """
        citation, preferred citation, bibliographic citation, source, source citation, cite as,
        quelle, quellenangabe, nachweis, zitat, source de l information, fuente, cita, fonte,
        bron, 来源, 出处, 引用, 文献来源, zrodło, источник,
        zdroj, 出典, kalla
        / credit line, creditline, credit, credits, photo credit, image credit, bildnachweis,
        mention, mention obligatoire, credit photo, credito, crediti, references, bibliography,
        literatur, bibliographie, bibliografia, 参考文献
        / repository, holding institution, institution, provider, data provider, contributing
        institution, archive, museum, bestandshaltende institution, einrichtung, sammlung,
        etablissement, institucion, istituzione, owner institution, provenance collection,
        collection, fonds, fondo, 收藏单位, 馆藏单位, 收藏机构, 馆藏地
    """,
    "rights": """
        rights, rights and reproduction, rights statement, license, licence, copyright,
        rightsstatement, rights statements, usage rights, access rights, reuse, terms of use,
        conditions of use, copyright notice, rights holder, rights owner, rechte, nutzungsrechte,
        rechtehinweis, lizenz, urheberrecht, rechteinhaber, droits, droits d auteur, copyright
        photo, derechos, licencia, diritti, licenza, direitos, licenca, rechten, licentie, 权利,
        版权, 许可, 授权, 版权声明, 权限, prawa, prawa autorskie, licencja, права, авторские
        права, лицензия,
        prava, autorska prava, 著作権, 利用条件, ライセンス, rattigheter, auteursrecht
    """,
    "photo": """
        photo, photos, image, images, picture, pictures, img, photo path, image path, photo file,
        image file, image filename, image name, file, files, filename, file name, file names,
        filepath, file path, path, media, media file, scan, foto, fotos, bild, bilder, bilddatei,
        dateiname, datei, photographie, fichier, nom de fichier, nom du fichier, imagen, imagenes,
        archivo, nombre de archivo, fichero, immagine, immagini, nome file, bestand, bestandsnaam,
        图片, 照片, 图像, 相片, 影像, 文件, 文件名, 图片文件,
        plik, nazwa pliku, zdjecie, фаил, имя фаила, фото, фотография, изображение, soubor, nazev
        souboru, snimek, 画像, ファイル名, 写真, ficheiro, nome do ficheiro, imagem, afbeelding,
        bild
        fil, filnamn
    """,
    "url": """
        url, link, href, website, web page, webpage, homepage, permalink, uri, web url, page url,
        item url, object url, record url, source url, reference url, link resource, linkresource,
        weblink, lien, enlace, collegamento, web, resource url, isshownat, is shown at, persistent
        url, persistent link, stable url, site web, sitio web, sito web, 网址, 链接, 网页, 网站,
        网页链接
    """,
    "text": """
        text, description, desc, descrip, body, content, abstract, summary, overview, article,
        story, details, caption, notes, note, about, long description, short description, comment,
        comments, history, historical note, biography, label text, wall text, transcript,
        transcription, scope and content, scopecontent, scope content, remarks, narrative,
        significance, statement of significance, beschreibung, text, inhalt, bemerkung,
        bemerkungen, anmerkung, notiz, geschichte, bildunterschrift, kurzbeschreibung,
        objektbeschreibung, resume, legende, contenu, historique, commentaire, descriptif,
        precisions, descripcion, resumen, contenido, historia, notas, nota, observaciones, pie de
        foto, descrizione, contenuto, storia, riassunto, note, didascalia, descricao,
        beschrijving, omschrijving, toelichting, opis, uwagi, tresc, описание, примечание,
        примечания,
        аннотация, содержание, popis, poznamka, poznamky, obsah, 解説, 説明, 備考, 内容説明, 注記,
        beskrivning, anmarkning, kommentar, observacoes, resumo, opmerkingen, 简介, 介绍, 描述,
        内容, 正文, 说明, 详情, 摘要,
        概述, 图注, 备注, 附注, 历史, 沿革, 内容提要, 图片说明
    """,
    "end": """
        demolished, demolition, destroyed, destruction, razed, torn down, closed, closure, gone,
        lost, burned, burnt, collapsed, ended, end, demolition date, date demolished, year
        demolished, demolition year, date of demolition, year of demolition, date destroyed, date
        closed, year closed, abgerissen, abriss, abbruch, abrissjahr, abbruchjahr, zerstort,
        zerstorung, demoli, demolie, demolition le, detruit, detruite, demolido, demolida,
        derribado, derribo, demolicion, destruido, demolito, demolita, demolizione, distrutto,
        sloop, gesloopt, 拆除, 拆除时间, 拆除年份, 拆毁, 被毁, 毁坏时间, 是否拆除, 已拆除
    """,
}

_GERMAN_ENDS: Mapping[str, Meaning] = {
    "titel": Meaning("title", 1),
    "bezeichnung": Meaning("title", 2),
    "datum": Meaning("date", 1),
    "jahr": Meaning("date", 1),
    "nummer": Meaning("id", 2),
    "signatur": Meaning("id", 2),
    "ort": Meaning("place", 1),
    "adresse": Meaning("place", 1),
    "beschreibung": Meaning("text", 0),
    "quelle": Meaning("source", 0),
    "lizenz": Meaning("rights", 0),
    "fotograf": Meaning("creator", 0),
    "fotografin": Meaning("creator", 0),
}
"""How German compounds of each role end: *Aufnahmedatum*, *Erscheinungsjahr*."""

_BESIDE: Mapping[Role, str] = {
    "id": """
        parent collection series artist constituent creator maker person party user owner
        department category type wikidata viaf ulan getty geonames template media group location
        place language object s project phone telephone telefon fax postal zip plz house haus
        hausnummer street edition copies batch item type image file thumbnail constituent
        depositor
    """,
    "title": """
        file user city state country county region province street district author artist creator
        maker collection series parent journal photographer first last family given middle sur
        middlename owner donor department publisher repository institution brand language role
        location place collection section category species alternate alternative other uniform
        host contact studio architect common former nick class rights license source credit job
        position source 文件 用户 作者 省 市 县 责任者 丛书
    """,
    "creator": """
        id bio biography nationality birth death born died gender role begin end date year url
        wiki ulan wikidata dates place type prefix suffix country alpha sort count note notes
        number email link description remarks
    """,
    "date": """
        modified updated acquired acquisition added digitized digitised digitization scanned
        cataloged catalogued cataloging birth death born died accession accessioned upload
        uploaded entry record submitted available copyright harvested deposit artist creator
        approximate type last edit edited index identified entered demolished demolition destroyed
        closed end
        ending expiry retrieved accessed file metadata qualifier note notes id ids geburt sterbe
        erwerbung zugang eintragung anderung aktualisiert acquisition protection inscription
        publicacion decreto decret nacimiento muerte nascita morte 出生 urodzenia smierci nabycia
        modyfikacji
        рождения смерти поступления изменения narozeni umrti akvizice nascimento falecimento 誕生
        没年 受入 更新日 死亡 更新 修改 入藏 征集
        录入 登记 公布
    """,
    "place": """
        id birth death publication publisher storage shelf current physical file url uri code
        latitude longitude lat lon lng number image thumbnail born died folder box conservation
        type geburt sterbe aufbewahrung lager object home nacimiento naissance nascita morte note
        notes email web 出生 出版 存放 收藏 发行
    """,
    "source": "id type url code language format date number file metadata data",
    "rights": """
        id date code url type
    """,
    "photo": """
        id count width height size format type number date title description caption credit
        copyright rights text alt
        thumb thumbs thumbnail thumbnails small preview icon
    """,
    "url": """
        count title text label description type image images thumbnail thumb photo picture logo
        media iiif manifest license licence rights wikidata wiki wikipedia ulan artist constituent
        creator author file download
    """,
    "text": """
        id type count language author date by format accession provenance code rights credit
        condition
    """,
    "aliases": "id type",
    "end": "",
}  # fmt: skip
"""Words beside a role's head that make the label mean something else."""

_JOINED = """
    object id title name date number type url file image photo photos img picture description desc
    descr loc location home place year date early late credit line accession acc no web web page
    site link full short long display preferred creator artist author maker photographer subject
    notes note rights statement license record item source scope content inventory catalog
    collection thumb path caption text address city state country county constituent medium
    dimensions provenance people studio building demolished built construction number num inv
    street museum work titel bild datum ort objekt foto nummer titre lieu auteur material
    condition category class event owner
"""
_WORDS = sorted(set(_JOINED.split()), key=len, reverse=True)
_RUN = re.compile(f"(?:{'|'.join(_WORDS)})")
_WRITTEN_OUT: Mapping[str, str] = {
    "loc": "location", "desc": "description", "descr": "description", "img": "image",
    "acc": "accession", "num": "number", "inv": "inventory",
}  # fmt: skip
_HOW_LONG = range(5, 31)
"""Letters of a word that may be several words written together."""
_MOST_CHARS = 300


def _parse(phrases: str) -> dict[str, int]:
    ranks = [[fold(phrase) for phrase in part.split(",")] for part in phrases.split("/")]
    found: dict[str, int] = {}
    for rank, listed in enumerate(ranks):
        for phrase in filter(None, listed):
            found.setdefault(phrase, rank)
    return found


_KNOWN: Mapping[Role, Mapping[str, int]] = {role: _parse(text) for role, text in _PHRASES.items()}
_EXCLUDED = {role: frozenset(fold(words).split()) for role, words in _BESIDE.items()}
_CHINESE = sorted(
    (
        (phrase, Meaning(role, rank))
        for role, phrases in _KNOWN.items()
        for phrase, rank in phrases.items()
        if len(phrase) > 1 and is_han(phrase[0])
    ),
    key=lambda each: -len(each[0]),
)


@lru_cache(maxsize=4096)
def readable(label: str) -> str:
    """A label as a person writes it: no namespace, no underscores, words apart.

    >>> readable("Dublin Core:Title"), readable("dcterms:dateAccepted"), readable("HOMELOC")
    ('Title', 'Date Accepted', 'Home location')
    >>> readable("year_built"), readable("建成年份"), readable("http://purl.org/dc/terms/creator")
    ('Year built', '建成年份', 'Creator')
    """
    name = _bare(label)
    if " " not in name and (apart := _apart(name)):
        name = " ".join(_WRITTEN_OUT.get(word, word) for word in apart)
    return name[:1].upper() + name[1:]


@lru_cache(maxsize=4096)
def meanings(label: str) -> tuple[Meaning, ...]:
    """The roles that a label may have, the plainest first; none where it says nothing.

    >>> [meaning.role for meaning in meanings("dc.title")]
    ['title']
    >>> meanings("Artist Birth Date")
    ()
    """
    name = _bare(label)[:_MOST_CHARS]
    words = fold(name).split()
    if len(words) == 1 and (apart := _apart(words[0])):
        words = [_WRITTEN_OUT.get(word, word) for word in apart]
    if len(words) > 1 and words[-1] in _LANGUAGES:
        words = words[:-1]
    if not words:
        return ()
    found: dict[Role, int] = {}
    whole = " ".join(words)
    for role, phrases in _KNOWN.items():
        rank = phrases.get(whole)
        if rank is None and (headed := _headed(words, role, phrases)) is not None:
            rank = headed
        if rank is not None:
            found[role] = rank
    ordered = sorted(found.items(), key=lambda each: each[1])
    return tuple(Meaning(role, rank) for role, rank in ordered)


def rank_of(label: str, role: Role) -> int | None:
    """How plainly a label means a role, 0 the plainest; None where it does not.

    >>> rank_of("Photographer", "creator"), rank_of("Bezirk", "creator")
    (0, None)
    """
    return next((meaning.rank for meaning in meanings(label) if meaning.role == role), None)


def is_well_known(label: str) -> bool:
    """Whether a label as a whole means a role: *street*, not *on the street*.

    >>> is_well_known("File name"), is_well_known("A walk on the street")
    (True, False)
    """
    whole = " ".join(fold(_bare(label)).split())
    return any(whole in phrases for phrases in _KNOWN.values())


def is_of_another(label: str, role: Role) -> bool:
    """Whether a label has a word that keeps it from a role, whatever its values look like.

    >>> is_of_another("Artist birth date", "date"), is_of_another("When seen", "date")
    (True, False)
    """
    words = fold(_bare(label)).split()
    words = [part for word in words for part in (_apart(word) or (word,))]
    return bool(_EXCLUDED[role] & set(words)) or any(
        _turns(word, role) for word in words if is_han(word[0])
    )


def spoken_in(label: str) -> str | None:
    """The language that a label ends with, as in `title_en`; None where it names none.

    >>> spoken_in("title_zh"), spoken_in("title[de]"), spoken_in("title")
    ('zh', 'de', None)
    """
    words = fold(label).split()
    return words[-1] if len(words) > 1 and words[-1] in _LANGUAGES else None


def _headed(words: list[str], role: Role, phrases: Mapping[str, int]) -> int | None:
    """The rank of a label whose head is one of a role's phrases, beside harmless words."""
    if role == "end":
        return None
    if any(map(is_han, words[-1])):
        found = next((m for phrase, m in _CHINESE if words[-1].endswith(phrase)), None)
        beside = "" if found is None else " ".join(words)
        if found is None or found.role != role or _turns(beside, role):
            return None
        return found.rank + 1
    if _EXCLUDED[role] & set(words):
        return None
    if len(words) == 1:
        ends = (end for end in _GERMAN_ENDS if words[0].endswith(end) and words[0] != end)
        longest = max(ends, key=len, default="")
        meaning = _GERMAN_ENDS.get(longest)
        stem = words[0].removesuffix(longest).removesuffix("s")
        if meaning is None or meaning.role != role or _turns(stem, role):
            return None
        return meaning.rank
    for position, word in enumerate(words[1:], start=1):  # date | de | création
        if word in _OF:
            return _plus(phrases.get(" ".join(words[:position])), 1)
    for start in range(1, len(words)):  # image | title
        if (rank := phrases.get(" ".join(words[start:]))) is not None:
            return rank + 1
    if role == "creator" and words[-1] == "name":
        return _plus(next((r for w in words[:-1] if (r := phrases.get(w)) is not None), None), 0)
    return None


def _turns(beside: str, role: Role) -> bool:
    """Whether letters beside a head hold a word that makes the label mean something else."""
    return any(word in beside for word in _EXCLUDED[role] if len(word) > 3 or is_han(word[0]))


def _plus(rank: int | None, by: int) -> int | None:
    return None if rank is None else rank + by


def _bare(label: str) -> str:
    """A label without namespace and endings, its words apart."""
    name = one_line(label[:_MOST_CHARS])
    if stripped := _PREFIX.sub("", name):
        name = stripped
    name = _DOTTED.sub("", name)
    name = _TAIL.sub("", name) or name
    name = name.replace("_", " ").replace(".", " ").strip()
    name = _NOT_NUMBERED.sub("", name) or name
    return " ".join(_CAMEL.sub(" ", name).split()) or one_line(label)


@lru_cache(maxsize=4096)
def _apart(word: str) -> tuple[str, ...]:
    """The words that are written together in one, as in `OBJECTID`; none where it is no such."""
    small = unicodedata.normalize("NFKC", word).lower()
    if len(small) not in _HOW_LONG or not small.isascii() or small in _WORDS:
        return ()
    ways: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(1, len(small) + 1):
        for part in _WORDS:
            start = end - len(part)
            if start in ways and small.startswith(part, start):
                way = (*ways[start], part)
                if end not in ways or len(way) < len(ways[end]):
                    ways[end] = way
    found = ways.get(len(small), ())
    return found if len(found) > 1 else ()
