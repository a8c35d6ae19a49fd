"""Codes and names of languages, as records have them, as BCP 47 tags."""

from knowledge.errors import CorpusError
from knowledge.identifiers import checked_language

_NAMES = {
    "ar": "ara arabic العربية",
    "bg": "bul bulgarian",
    "bn": "ben bengali",
    "ca": "cat catalan català",
    "cs": "cze ces czech čeština",
    "cy": "wel cym welsh cymraeg",
    "da": "dan danish dansk",
    "de": "ger deu german deutsch allemand",
    "el": "gre ell greek ελληνικά",
    "en": "eng english englisch anglais",
    "es": "spa spanish español castellano",
    "et": "est estonian eesti",
    "eu": "baq eus basque euskara",
    "fa": "per fas persian farsi",
    "fi": "fin finnish suomi",
    "fr": "fre fra french français französisch",
    "ga": "gle irish gaeilge",
    "gd": "gla gaelic",
    "gl": "glg galician",
    "gu": "guj gujarati",
    "he": "heb hebrew עברית",
    "hi": "hin hindi हिन्दी",
    "hr": "hrv scr croatian hrvatski",
    "hu": "hun hungarian magyar",
    "hy": "arm hye armenian",
    "id": "ind indonesian",
    "is": "ice isl icelandic",
    "it": "ita italian italiano",
    "ja": "jpn japanese 日本語",
    "ka": "geo kat georgian",
    "ko": "kor korean 한국어",
    "la": "lat latin",
    "lt": "lit lithuanian",
    "lv": "lav latvian",
    "mi": "mao mri maori māori",
    "mk": "mac mkd macedonian",
    "ms": "may msa malay",
    "ne": "nep nepali",
    "nl": "dut nld dutch nederlands",
    "no": "nor norwegian norsk",
    "pa": "pan punjabi",
    "pl": "pol polish polski",
    "pt": "por portuguese português",
    "ro": "rum ron romanian română",
    "ru": "rus russian русский",
    "sk": "slo slk slovak",
    "sl": "slv slovenian slovene",
    "sq": "alb sqi albanian",
    "sr": "srp scc serbian",
    "sv": "swe swedish svenska",
    "ta": "tam tamil",
    "te": "tel telugu",
    "th": "tha thai",
    "tr": "tur turkish türkçe",
    "uk": "ukr ukrainian українська",
    "ur": "urd urdu",
    "vi": "vie vietnamese",
    "yi": "yid yiddish",
    "zh": "chi zho chinese 中文 汉语 漢語",
}
_TAGS = {name: tag for tag, names in _NAMES.items() for name in names.split()}
_NO_LANGUAGE = frozenset({"", "none", "und", "zxx", "mul", "mis", "@none"})


def language_tag(said: str) -> str:
    """The BCP 47 tag of a code or a name; "" for no language or one that is not known.

    >>> language_tag("ger"), language_tag("Welsh"), language_tag("pt-BR"), language_tag("zxx")
    ('de', 'cy', 'pt-BR', '')
    """
    said = said.strip().replace("_", "-")
    folded = said.casefold()
    if folded in _NO_LANGUAGE:
        return ""
    if folded in _TAGS:
        return _TAGS[folded]
    if len(said) > 12:
        return ""
    head, hyphen, rest = folded.partition("-")
    try:
        return checked_language(_TAGS.get(head, head) + hyphen + rest)
    except CorpusError:
        return ""


def language_name(said: str) -> str:
    """A code as a word that a reader knows; what is not a known code stays as it is.

    >>> language_name("ger"), language_name("de"), language_name("Old Norse")
    ('German', 'German', 'Old Norse')
    """
    said = said.strip()
    tag = _TAGS.get(said.casefold(), said.casefold())
    if tag not in _NAMES or len(said) > 3:
        return said
    return next(word for word in _NAMES[tag].split() if len(word) > 3).capitalize()
