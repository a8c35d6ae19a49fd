"""What a person or body did, by the codes and words that libraries use for it."""

from knowledge.corpus.records import vocabulary

_CODES = {
    "aut": "Author",
    "arc": "Architect",
    "art": "Artist",
    "asn": "Associated name",
    "cmp": "Composer",
    "col": "Collector",
    "com": "Compiler",
    "cre": vocabulary.CREATOR,
    "ctb": vocabulary.CONTRIBUTOR,
    "ctg": "Cartographer",
    "cur": "Curator",
    "dnr": "Donor",
    "dpc": "Depicted",
    "drm": "Draughtsman",
    "dst": "Distributor",
    "edt": "Editor",
    "egr": "Engraver",
    "eng": "Engineer",
    "etr": "Etcher",
    "fmo": "Former owner",
    "ill": "Illustrator",
    "isb": "Issuing body",
    "ive": "Interviewee",
    "ivr": "Interviewer",
    "lan": "Landscape architect",
    "ltg": "Lithographer",
    "mfr": "Manufacturer",
    "oth": vocabulary.CONTRIBUTOR,
    "own": "Owner",
    "pbl": vocabulary.PUBLISHER,
    "pht": "Photographer",
    "prt": "Printer",
    "rcp": "Addressee",
    "rps": vocabulary.REPOSITORY,
    "scl": "Sculptor",
    "spn": "Sponsor",
    "srv": "Surveyor",
    "trl": "Translator",
}
_GENERIC = frozenset({"creator", "author, creator", "maker", "contributor, creator"})


def relator(said: str) -> str:
    """The label for a role, given as a code, a word or an address of either; "" for none.

    >>> relator("pht"), relator("photographer."), relator("http://id.loc.gov/vocabulary/relators/arc")
    ('Photographer', 'Photographer', 'Architect')
    """
    word = said.partition(" (")[0].strip().rstrip(".,:/").rpartition("/")[2].strip()
    if word.casefold() in _CODES:
        return _CODES[word.casefold()]
    if not word or word.casefold() in _GENERIC:
        return vocabulary.CREATOR if word else ""
    return word[:1].upper() + word[1:]
