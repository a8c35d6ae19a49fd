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
    "act": "Actor",
    "cnd": "Conductor",
    "lbt": "Librettist",
    "lyr": "Lyricist",
    "nrt": "Narrator",
    "pro": "Producer",
    "drt": "Director",
    "prf": "Performer",
    "prt": "Printer",
    "rcp": "Addressee",
    "rps": vocabulary.REPOSITORY,
    "scl": "Sculptor",
    "spn": "Sponsor",
    "srv": "Surveyor",
    "trl": "Translator",
}
_WORDS = {
    "Photographer": "fotograf fotografin photograph photographe fotógrafo fotógrafa fotografo "
    "fotograaf 摄影者 摄影师",
    "Architect": "architekt architektin architecte arquitecto architetto 建筑师",
    "Artist": "künstler künstlerin artiste artista kunstenaar",
    "Painter": "maler malerin peintre pintor pittore schilder kunstschilder",
    "Draughtsman": "zeichner zeichnerin dessinateur dibujante disegnatore tekenaar",
    "Engraver": "stecher kupferstecher graveur grabador incisore",
    "Etcher": "radierer",
    "Lithographer": "lithograf lithograph lithographe",
    "Sculptor": "bildhauer bildhauerin sculpteur escultor scultore beeldhouwer",
    "Designer": "entwerfer entwurf gestalter ontwerper diseñador",
    "Printer": "drucker druckerei imprimeur impresor stampatore drukker",
    "Publisher": "verleger verlag herausgeber éditeur editor editore uitgever",
    "Author": "verfasser verfasserin autor autorin auteur autore schrijver",
    vocabulary.CREATOR: "hersteller herstellerin urheber créateur creador creatore vervaardiger "
    "maker producer manufacturer",
}
_BY_WORD = {word: label for label, words in _WORDS.items() for word in words.split()}
_GENERIC = frozenset({"creator", "author, creator", "contributor, creator", "artist/maker"})


def relator(said: str) -> str:
    """The label for a role, given as a code, a word or an address of either; "" for none.

    >>> relator("pht"), relator("Fotograf*in"), relator("http://id.loc.gov/vocabulary/relators/arc")
    ('Photographer', 'Photographer', 'Architect')
    """
    word = said.partition(" (")[0].strip().rstrip(".,:/").rpartition("/")[2].strip()
    folded = word.casefold().removesuffix("*in").removesuffix(":in")
    if folded in _CODES or folded in _BY_WORD:
        return _CODES.get(folded) or _BY_WORD[folded]
    if len(word) == 3 and word.islower():
        return ""  # a code that is in no list here
    if not word or word.casefold() in _GENERIC:
        return vocabulary.CREATOR if word else ""
    return word[:1].upper() + word[1:]
