"""Makes corpora and labelled questions of kinds of material that the reader was not trained on."""
