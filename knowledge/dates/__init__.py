"""Dates as archives write them (`read_date` → `Dated`), and the years that stand in running text.

A date is an interval: it has an earliest and a latest day, and says how sure it is. A year in prose
(`find_years`) is one number at one place of a text, for those who ask what happened in it.
"""

from knowledge.dates.dated import Dated, Day, InvalidEdtfError, dated_from_edtf
from knowledge.dates.prose import Mention, date_at, find_dates
from knowledge.dates.reading import DateColumn, column_of, day_of_serial, read_date
from knowledge.dates.spans import edtf_year
from knowledge.dates.years import MONTH, Period, Year, find_periods, find_years

__all__ = [
    "MONTH", "DateColumn", "Dated", "Day", "InvalidEdtfError", "Mention", "Period", "Year",
    "column_of", "date_at", "dated_from_edtf", "day_of_serial", "edtf_year", "find_dates",
    "find_periods", "find_years", "read_date",
]  # fmt: skip
