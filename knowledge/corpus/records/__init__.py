"""Formats of archives, libraries and museums, each recognised by what a file holds.

A file becomes a `Table` whose rows have plain labels (`labels.py`): EAD, METS, MODS, Dublin Core,
OAI-PMH, LIDO, RDF, MARC, IIIF, Omeka, Wikidata, GeoJSON, spreadsheets, Word, HTML.
"""

from knowledge.corpus.records.opening import Surroundings, is_records, look_around, open_records

__all__ = ["Surroundings", "is_records", "look_around", "open_records"]
