"""Documents, corpora, chunks, dates, errors and the vector store. No model, no web."""
