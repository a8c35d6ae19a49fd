"""Words that the extractive reader knows, English and Chinese. Data, no code."""
