"""The pipeline measured on labelled questions, beside baselines and ablations.

A run goes `load_testset` → `run_questions` → `summarise_all` → `write_report`.
"""

from search.evaluation.intervals import bootstrap_mean
from search.evaluation.judge import Outcome
from search.evaluation.left_out import (
    Figures,
    Fitting,
    Judged,
    Weighing,
    figures_of,
    fit_kinds,
    leave_each_out,
)
from search.evaluation.metrics import (
    expected_calibration_error,
    mean_reciprocal_rank,
    recall_at_k,
)
from search.evaluation.observation import Cache
from search.evaluation.report import write_report
from search.evaluation.run import all_documents, run_questions
from search.evaluation.summary import MEASURES, summarise_all
from search.evaluation.systems import FULL, SYSTEMS, System, with_readers
from search.evaluation.testset import LabelledQuestion, foreign, leave_one_out, load_testset
from search.fitting import fit_logistic, threshold_for

__all__ = [
    "FULL",
    "MEASURES",
    "SYSTEMS",
    "Cache",
    "Figures",
    "Fitting",
    "Judged",
    "LabelledQuestion",
    "Outcome",
    "System",
    "Weighing",
    "all_documents",
    "bootstrap_mean",
    "expected_calibration_error",
    "figures_of",
    "fit_kinds",
    "fit_logistic",
    "foreign",
    "leave_each_out",
    "leave_one_out",
    "load_testset",
    "mean_reciprocal_rank",
    "recall_at_k",
    "run_questions",
    "summarise_all",
    "threshold_for",
    "with_readers",
    "write_report",
]
