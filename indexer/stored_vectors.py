"""Whether an encoder still makes the vectors that an index holds.

A fingerprint is made of weights where they are on this machine. A model server shows none, only a
name, so one passage of the index is encoded again and compared with its vector there.
"""

import numpy as np

from knowledge.errors import IndexMismatchError
from knowledge.index import Index, layout
from vlm.encoders import Encoder

LEAST_COSINE = 0.97
"""From here on two vectors of a passage are taken for the same. Rounding in bf16 and other kernels
leave more than 0.99; another model of the same size leaves about 0."""


def check_stored_vectors(index: Index, encoder: Encoder) -> None:
    """Refuse an encoder that makes another vector of a passage than the index holds.

    An index without passages is not checked.

    Raises:
        IndexMismatchError: the vectors differ; says what to do.
        ModelError: the encoder failed.
        StorageError: the index cannot be read.
    """
    first = next(iter(index.store.scroll({"kind": "passage"}, keys=["document_id"])), None)
    if first is None:
        return
    record = next(iter(index.store.retrieve([first.id], with_vectors=True)), None)
    if record is None:  # it is just being replaced
        return
    stored = record.vectors[layout.CLIP_TEXT]
    assert isinstance(stored, np.ndarray)
    passage = layout.passage_from_payload(record.payload)
    document = index.whole.documents([passage.document_id]).get(passage.document_id)
    if document is None:  # it is just being written
        return
    made = encoder.encode_texts([layout.passage_clip_text(document, passage)])[0]
    cosine = float(made @ stored) / max(1e-9, float(np.linalg.norm(stored)))
    if cosine < LEAST_COSINE:
        raise IndexMismatchError(
            f"The index at {index.target} was made by {encoder.card.name}, and that server now "
            f"makes other vectors: of one passage they have a cosine of {cosine:.2f}. It runs "
            f"other weights or another template under the same name. Serve the model as before, or "
            f"give another --index and index again into it. Nothing was changed."
        )
