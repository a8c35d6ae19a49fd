"""An evaluation as one self-contained HTML file."""

from search.evaluation.report.page import write_report

__all__ = ["write_report"]
