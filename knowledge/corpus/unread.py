"""Endings of files that a person expects to be read and that are not, and what to do with them.

What programs leave in folders (`.css`, `.db`, `.ini`) is in no list: nobody misses it. Films and
sound have no words or pictures that are searched.
"""

from collections.abc import Mapping

_AS_DOCUMENT = "save it as .docx or PDF"
_AS_TABLE = "export it as CSV or a spreadsheet"
_AS_PHOTO = "save it as JPEG, PNG or TIFF"
_UNPACK = "unpack it"
_AS_RDF = "convert it to RDF/XML, CSV or JSON"
_AS_GEOJSON = "convert it to GeoJSON"
_MEND = "open it in its program and save it again, or export it anew"
_MARKUP = "save it as .txt or .md"

_ENDINGS: Mapping[str, str] = {
    _AS_DOCUMENT: """
        doc dot docm dotx rtf odt ott pages wpd wps abw sxw ppt pps pptx odp key pub tex ps eps
        djvu djv epub mobi azw azw3 fb2 xps oxps indd chm hwp eml msg mbox one
    """,
    _MARKUP: "rst adoc asciidoc org textile wiki mediawiki",
    _AS_TABLE: """
        numbers mdb accdb dbf fmp12 fp7 sav dta sas7bdat rds rdata feather arrow avro orc xlsb wk1
        wks sxc gnumeric bib ris enw nbib sqlite sqlite3 marctxt
    """,
    _AS_PHOTO: """
        cr2 cr3 crw nef nrw arw srf sr2 dng orf rw2 raf pef srw x3f raw rwl 3fr iiq dcr kdc mrw
        erf mos psd psb xcf jp2 jpx j2k j2c jpf jpm jxl jxr hdp wdp pcx pct pict tga pnm ppm pgm
        pbm exr hdr fpx pcd sgi ras ai cdr
    """,
    _UNPACK: "zip gz tgz bz2 xz 7z rar tar zst",
    _AS_RDF: "ttl nt n3 nq trig jsonld",
    _AS_GEOJSON: "kml kmz gpx shp gpkg gml",
    _MEND: "docx xlsx xlsm xls ods xml mrc marc geojson rdf html htm xhtml",
}
_ADVICE: Mapping[str, str] = {
    f".{ending}": advice for advice, endings in _ENDINGS.items() for ending in endings.split()
}


def is_expected(suffix: str) -> bool:
    """Whether a person expects that a file with this ending (in lower case) is read.

    >>> is_expected(".rtf"), is_expected(".css")
    (True, False)
    """
    return suffix in _ADVICE


def advice_for(suffix: str) -> str:
    """What to do with a file of this ending, as the second half of a sentence.

    >>> advice_for(".rtf"), advice_for(".xyz")
    ('save it as .docx or PDF', 'convert it to one')
    """
    return _ADVICE.get(suffix, "convert it to one")


def say_unread(suffix: str, count: int, *, has_bytes: bool) -> str:
    """What to say of the files of an expected ending that are not read, of which one is named."""
    if not has_bytes and count == 1:
        return "The file is empty (0 bytes); copy it again from its source."
    if advice_for(suffix) == _MEND:
        what = f"holds nothing that can be read as {suffix}"
    else:
        what = "is of a kind that is not read"
    if count == 1:
        return f"The file {what}; {advice_for(suffix)}."
    others = f"{count - 1:,} other file{'s' if count > 2 else ''} ending in {suffix}"
    return f"The file {what}, as with {others}; {advice_for(suffix)}."
