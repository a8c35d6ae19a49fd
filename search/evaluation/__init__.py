"""The pipeline measured on labelled questions."""
