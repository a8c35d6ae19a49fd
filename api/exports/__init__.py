"""Answers in the forms that other programs take: citations, annotations and tables.

`cited` is what a form needs of an answer, `citations` and `annotations` write it; `journal` keeps
the answers of a long run, and `tables` writes them.
"""
