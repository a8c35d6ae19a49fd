"""Small records in archives' own formats, written by hand, and how the tests read them."""

import io
import zipfile
from pathlib import Path

from corpus_samples import read_all, write

from knowledge.documents import Document, Problem

EAD_2002 = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE ead PUBLIC "+//ISBN 1-931666-00-8//DTD ead.dtd (EAD Version 2002)//EN" "ead.dtd">
<ead>
  <eadheader langencoding="iso639-2b">
    <eadid countrycode="xx" url="https://archive.example/fa/ms12">ms12</eadid>
    <filedesc><titlestmt><titleproper>Guide to the Weston Mill Company</titleproper></titlestmt>
    </filedesc>
    <profiledesc><langusage><language langcode="ger">German</language></langusage></profiledesc>
  </eadheader>
  <archdesc level="fonds">
    <did>
      <unittitle>Weston Mill Company</unittitle>
      <unitid>MS 12</unitid>
      <unitdate normal="1850/1931">1850-1931</unitdate>
      <physdesc><extent>3 boxes</extent><dimensions>30 x 40 cm</dimensions></physdesc>
      <repository><corpname>Weston Town Archive</corpname></repository>
      <origination label="creator"><corpname>Weston Mill Company</corpname></origination>
      <langmaterial><language langcode="ger"/></langmaterial>
    </did>
    <bioghist><head>History</head><p>The company was founded in 1850.</p><p>It closed in 1931.</p>
    </bioghist>
    <userestrict><p>Copies for study only.</p></userestrict>
    <dsc>
      <c01 level="series" id="s1">
        <did><unittitle>Photographs</unittitle><unitid>MS 12/1</unitid></did>
        <scopecontent><p>Prints of the <emph render="italic">mill</emph> and its people.</p>
        </scopecontent>
        <c02 level="item" id="i1">
          <did>
            <unittitle>North front of the mill</unittitle>
            <unitid>MS 12/1/1</unitid>
            <unitdate normal="1895/1905">about 1900</unitdate>
            <origination><persname role="photographer">Example, Ada</persname></origination>
            <container type="box">2</container><container type="folder">7</container>
            <dao href="pictures/north_front.tif"/>
          </did>
          <controlaccess><subject>Mills</subject><geogname>Weston</geogname></controlaccess>
        </c02>
        <c02 level="item"><did><unitdate>1912</unitdate></did></c02>
      </c01>
    </dsc>
  </archdesc>
</ead>
"""

EAD_3 = """<?xml version="1.0" encoding="UTF-8"?>
<ead xmlns="http://ead3.archivists.org/schema/">
  <control>
    <recordid>x-7</recordid>
    <filedesc><titlestmt><titleproper>Papers of B. Example</titleproper></titlestmt></filedesc>
    <languagedeclaration><language langcode="eng">English</language></languagedeclaration>
  </control>
  <archdesc level="collection">
    <did>
      <unittitle>B. Example papers</unittitle><unitid>X 7</unitid>
      <unitdatestructured unitdatetype="inclusive"><daterange>
        <fromdate standarddate="1901">1901</fromdate><todate standarddate="1950">1950</todate>
      </daterange></unitdatestructured>
      <physdescstructured coverage="whole" physdescstructuredtype="spaceoccupied">
        <quantity>4</quantity><unittype>linear metres</unittype>
      </physdescstructured>
    </did>
    <dsc>
      <c level="file" id="f1">
        <did><unittitle>Letters</unittitle>
          <origination><persname relator="aut"><part>Example, B.</part><part>1880-1950</part>
          </persname></origination>
        </did>
      </c>
    </dsc>
  </archdesc>
</ead>
"""

MODS = """<mods xmlns="http://www.loc.gov/mods/v3">
  <titleInfo><nonSort>The</nonSort><title>corn exchange</title>
    <subTitle>view from the market</subTitle></titleInfo>
  <titleInfo type="translated" xml:lang="de"><title>Die Getreidebörse</title></titleInfo>
  <name type="personal">
    <namePart type="family">Example</namePart><namePart type="given">Ada</namePart>
    <namePart type="date">1870-1940</namePart>
    <role><roleTerm type="code">pht</roleTerm></role>
  </name>
  <originInfo>
    <dateCreated encoding="w3cdtf" point="start" qualifier="approximate">1901</dateCreated>
    <dateCreated encoding="w3cdtf" point="end" qualifier="approximate">1905</dateCreated>
  </originInfo>
  <physicalDescription><form>photographic print</form><extent>1 print</extent>
  </physicalDescription>
  <abstract>The hall with its clock.</abstract>
  <note type="ownership">Weston Town Archive</note>
  <subject><topic>Markets</topic><temporal>1900s</temporal></subject>
  <subject><hierarchicalGeographic><country>Exampleland</country><city>Weston</city>
  </hierarchicalGeographic></subject>
  <identifier type="local">WTA 55</identifier>
  <location><physicalLocation>Weston Town Archive</physicalLocation>
    <shelfLocator>Drawer 3</shelfLocator>
    <url usage="primary">https://archive.example/item/55</url></location>
  <relatedItem type="host"><titleInfo><title>Market photographs</title></titleInfo></relatedItem>
  <relatedItem type="series"><titleInfo><title>Prints</title></titleInfo></relatedItem>
  <accessCondition type="use and reproduction">Public domain</accessCondition>
  <recordInfo><recordIdentifier>rec55</recordIdentifier>
    <languageOfCataloging><languageTerm type="code" authority="iso639-2b">eng</languageTerm>
    </languageOfCataloging></recordInfo>
</mods>
"""

METS = f"""<?xml version="1.0" encoding="UTF-8"?>
<mets:mets xmlns:mets="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink"
    OBJID="obj-55" LABEL="Corn exchange">
  <mets:dmdSec ID="d2"><mets:mdWrap MDTYPE="MODS"><mets:xmlData>
    <mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>A page</title></titleInfo></mods>
  </mets:xmlData></mets:mdWrap></mets:dmdSec>
  <mets:dmdSec ID="d1"><mets:mdWrap MDTYPE="MODS"><mets:xmlData>{MODS}</mets:xmlData>
  </mets:mdWrap></mets:dmdSec>
  <mets:fileSec>
    <mets:fileGrp USE="THUMBS"><mets:file ID="t1" MIMETYPE="image/jpeg">
      <mets:FLocat LOCTYPE="URL" xlink:href="https://archive.example/thumbs/p1.jpg"/>
    </mets:file></mets:fileGrp>
    <mets:fileGrp USE="MASTER"><mets:file ID="m1" MIMETYPE="image/tiff">
      <mets:FLocat LOCTYPE="URL" xlink:href="file:///store/master/p1.tif"/></mets:file>
      <mets:file ID="m2" MIMETYPE="image/tiff">
      <mets:FLocat LOCTYPE="URL" xlink:href="file:///store/master/p2.tif"/></mets:file>
    </mets:fileGrp>
  </mets:fileSec>
  <mets:structMap TYPE="PHYSICAL"><mets:div TYPE="page" DMDID="d2"/></mets:structMap>
  <mets:structMap TYPE="LOGICAL"><mets:div TYPE="photograph" DMDID="d1"/></mets:structMap>
</mets:mets>
"""

OAI = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
  <responseDate>2024-01-01T00:00:00Z</responseDate>
  <request verb="ListRecords">https://archive.example/oai</request>
  <ListRecords>
    <record>
      <header><identifier>oai:archive.example:1</identifier><datestamp>2024-01-01</datestamp>
        <setSpec>bridges</setSpec></header>
      <metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
          xmlns:dc="http://purl.org/dc/elements/1.1/">
        <dc:title xml:lang="en">Stone bridge</dc:title>
        <dc:title xml:lang="fr">Pont de pierre</dc:title>
        <dc:creator>Example, Ada</dc:creator>
        <dc:creator>Example, Bert</dc:creator>
        <dc:date>1911</dc:date><dc:coverage>Weston</dc:coverage>
        <dc:identifier>WTA 9</dc:identifier>
        <dc:identifier>https://archive.example/item/9</dc:identifier>
        <dc:rights>Public domain</dc:rights><dc:language>fre</dc:language>
        <dc:description>&lt;p&gt;It was widened in 1930.&lt;/p&gt;</dc:description>
      </oai_dc:dc></metadata>
    </record>
    <record><header status="deleted"><identifier>oai:archive.example:2</identifier></header>
    </record>
    <record>
      <header><identifier>oai:archive.example:3</identifier></header>
      <metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
          xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Toll house</dc:title>
      </oai_dc:dc></metadata>
    </record>
    <resumptionToken>next</resumptionToken>
  </ListRecords>
</OAI-PMH>
"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"
    xmlns:edm="http://www.europeana.eu/schemas/edm/"
    xmlns:ore="http://www.openarchives.org/ore/terms/"
    xmlns:skos="http://www.w3.org/2004/02/skos/core#">
  <edm:ProvidedCHO rdf:about="https://archive.example/cho/4">
    <dc:title xml:lang="en">Water tower</dc:title>
    <dc:creator rdf:resource="https://archive.example/agent/1"/>
    <dcterms:created>1908</dcterms:created>
    <dcterms:spatial><edm:Place><skos:prefLabel>Weston Hill</skos:prefLabel></edm:Place>
    </dcterms:spatial>
    <dc:subject rdf:resource="https://vocabulary.example/300005"/>
    <dc:identifier>WT 4</dc:identifier>
  </edm:ProvidedCHO>
  <edm:Agent rdf:about="https://archive.example/agent/1">
    <skos:prefLabel>Example, Carl</skos:prefLabel></edm:Agent>
  <ore:Aggregation rdf:about="https://archive.example/agg/4">
    <edm:aggregatedCHO rdf:resource="https://archive.example/cho/4"/>
    <edm:dataProvider>Weston Museum</edm:dataProvider>
    <edm:isShownAt rdf:resource="https://museum.example/4"/>
    <edm:isShownBy rdf:resource="https://museum.example/images/tower_4.jpg"/>
    <edm:rights rdf:resource="https://rights.example/by/4.0/"/>
  </ore:Aggregation>
</rdf:RDF>
"""

LIDO = """<lido:lidoWrap xmlns:lido="http://www.lido-schema.org">
<lido:lido>
  <lido:lidoRecID lido:type="local">museum/17</lido:lidoRecID>
  <lido:descriptiveMetadata xml:lang="de">
    <lido:objectClassificationWrap><lido:objectWorkTypeWrap><lido:objectWorkType>
      <lido:term>Fotografie</lido:term></lido:objectWorkType></lido:objectWorkTypeWrap>
    </lido:objectClassificationWrap>
    <lido:objectIdentificationWrap>
      <lido:titleWrap><lido:titleSet>
        <lido:appellationValue xml:lang="de">Altes Tor</lido:appellationValue>
        <lido:appellationValue xml:lang="en">Old gate</lido:appellationValue>
      </lido:titleSet></lido:titleWrap>
      <lido:repositoryWrap><lido:repositorySet lido:type="current">
        <lido:repositoryName><lido:legalBodyName>
          <lido:appellationValue>Museum Beispielstadt</lido:appellationValue>
        </lido:legalBodyName></lido:repositoryName>
        <lido:workID lido:type="Inventarnummer">F 1933/17</lido:workID>
      </lido:repositorySet></lido:repositoryWrap>
      <lido:objectDescriptionWrap><lido:objectDescriptionSet>
        <lido:descriptiveNoteValue>Das Tor von Norden.</lido:descriptiveNoteValue>
      </lido:objectDescriptionSet></lido:objectDescriptionWrap>
    </lido:objectIdentificationWrap>
    <lido:eventWrap>
      <lido:eventSet><lido:event>
        <lido:eventType><lido:term>Herstellung</lido:term></lido:eventType>
        <lido:eventActor><lido:actorInRole><lido:actor><lido:nameActorSet>
          <lido:appellationValue>Muster, Eva</lido:appellationValue>
          </lido:nameActorSet></lido:actor>
          <lido:roleActor><lido:term>Fotografin</lido:term></lido:roleActor>
        </lido:actorInRole></lido:eventActor>
        <lido:eventDate><lido:displayDate>um 1890</lido:displayDate><lido:date>
          <lido:earliestDate>1885</lido:earliestDate><lido:latestDate>1895</lido:latestDate>
        </lido:date></lido:eventDate>
        <lido:eventPlace><lido:displayPlace>Beispielstadt</lido:displayPlace></lido:eventPlace>
      </lido:event></lido:eventSet>
      <lido:eventSet><lido:event>
        <lido:eventType><lido:term>Erwerbung</lido:term></lido:eventType>
        <lido:eventDate><lido:displayDate>1933</lido:displayDate></lido:eventDate>
      </lido:event></lido:eventSet>
    </lido:eventWrap>
    <lido:objectRelationWrap><lido:subjectWrap><lido:subjectSet><lido:subject>
      <lido:subjectConcept><lido:term>Stadttor</lido:term></lido:subjectConcept>
    </lido:subject></lido:subjectSet></lido:subjectWrap></lido:objectRelationWrap>
  </lido:descriptiveMetadata>
  <lido:administrativeMetadata xml:lang="de">
    <lido:rightsWorkWrap><lido:rightsWorkSet><lido:rightsType><lido:term>CC BY 4.0</lido:term>
    </lido:rightsType></lido:rightsWorkSet></lido:rightsWorkWrap>
    <lido:recordWrap><lido:recordID>17</lido:recordID><lido:recordInfoSet>
      <lido:recordInfoLink>https://museum.example/17</lido:recordInfoLink></lido:recordInfoSet>
    </lido:recordWrap>
    <lido:resourceWrap><lido:resourceSet><lido:resourceRepresentation>
      <lido:linkResource>https://museum.example/media/tor_17.jpg</lido:linkResource>
    </lido:resourceRepresentation></lido:resourceSet></lido:resourceWrap>
  </lido:administrativeMetadata>
</lido:lido>
</lido:lidoWrap>
"""

MARCXML = """<collection xmlns="http://www.loc.gov/MARC21/slim"><record>
  <leader>00000ckd a2200000 a 4500</leader>
  <controlfield tag="001">9001</controlfield>
  <controlfield tag="008">240101i19001910xx            000 0 eng d</controlfield>
  <datafield tag="040" ind1=" " ind2=" "><subfield code="a">XX</subfield>
    <subfield code="b">eng</subfield></datafield>
  <datafield tag="100" ind1="1" ind2=" "><subfield code="a">Example, Ada,</subfield>
    <subfield code="d">1870-1940,</subfield><subfield code="e">photographer.</subfield></datafield>
  <datafield tag="245" ind1="1" ind2="0"><subfield code="a">Lighthouse at Weston /</subfield>
    <subfield code="c">A. Example.</subfield></datafield>
  <datafield tag="246" ind1="3" ind2=" "><subfield code="a">Weston light</subfield></datafield>
  <datafield tag="264" ind1=" " ind2="0"><subfield code="a">[Weston] :</subfield>
    <subfield code="c">1903.</subfield></datafield>
  <datafield tag="300" ind1=" " ind2=" "><subfield code="a">1 photograph ;</subfield>
    <subfield code="c">20 x 25 cm</subfield></datafield>
  <datafield tag="520" ind1=" " ind2=" "><subfield code="a">The tower from the sea.</subfield>
  </datafield>
  <datafield tag="540" ind1=" " ind2=" "><subfield code="a">No known restrictions.</subfield>
  </datafield>
  <datafield tag="650" ind1=" " ind2="0"><subfield code="a">Lighthouses</subfield>
    <subfield code="z">Weston.</subfield></datafield>
  <datafield tag="773" ind1="0" ind2=" "><subfield code="t">Harbour photographs.</subfield>
  </datafield>
  <datafield tag="852" ind1=" " ind2=" "><subfield code="a">Weston Library</subfield>
    <subfield code="h">LOT 12</subfield></datafield>
  <datafield tag="856" ind1="4" ind2="1"><subfield code="u">https://library.example/9001</subfield>
  </datafield>
  <datafield tag="880" ind1="1" ind2="0"><subfield code="6">245-01</subfield>
    <subfield code="a">灯塔</subfield></datafield>
</record></collection>
"""


def read_one(file: Path, content: str | bytes) -> Document:
    """The only document of a file, which has no problems."""
    documents, problems = read_all(write(file, content))
    assert problems == []
    (document,) = documents
    return document


def read_file(file: Path, content: str | bytes) -> tuple[list[Document], list[Problem]]:
    """Documents and problems of a file with this content."""
    return read_all(write(file, content))


def values(document: Document, label: str) -> list[str]:
    """What a document's fields of a label say."""
    return [field.value for field in document.fields if field.label == label]


def zip_bytes(parts: dict[str, bytes]) -> bytes:
    """A zip archive with these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def workbook_bytes(sheets: dict[str, list[list[object]]]) -> bytes:
    """An `.xlsx` with these sheets; texts stand in the cells themselves."""
    names = list(sheets)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets>'
        + "".join(
            f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(names, 1)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{rel}/worksheet" Target="worksheets/s{n}.xml"/>'
            for n in range(1, len(names) + 1)
        )
        + "</Relationships>",
    }
    for n, name in enumerate(names, 1):
        parts[f"xl/worksheets/s{n}.xml"] = _sheet_xml(sheets[name], main)
    return zip_bytes({name: text.encode() for name, text in parts.items()})


def _sheet_xml(rows: list[list[object]], main: str) -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for column, cell in enumerate(row):
            place = f"{chr(65 + column)}{number}"
            if isinstance(cell, int | float):
                cells.append(f'<c r="{place}"><v>{cell}</v></c>')
            elif cell is not None:
                cells.append(f'<c r="{place}" t="inlineStr"><is><t>{cell}</t></is></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
