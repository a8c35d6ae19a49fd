"""What each node of a cluster encodes with: chosen where the index is, loaded where the node is.

Only names travel. Folders of models, addresses of servers and their keys are the settings that the
node itself has.
"""

from dataclasses import dataclass
from pathlib import Path

from api.settings import Settings, load_settings
from api.wiring.pipeline import (
    NO_TEXT_ENCODER,
    build_encoder,
    build_text_encoder,
    build_text_reader,
)
from indexer.cluster import Tools
from knowledge.index import Fingerprint
from vlm.models import list_encoders


@dataclass(frozen=True, slots=True)
class ToolsLoader:
    """Loads a node's tools by their names."""

    encoder: str
    text_encoder: str
    ocr: bool

    def __call__(self) -> Tools:
        """Load them from the models on this machine.

        Raises:
            ModelError: one of them is not here, or is broken.
        """
        settings = load_settings(
            encoder=self.encoder, text_encoder=self.text_encoder, ocr=self.ocr, ocr_threads=1
        )
        return Tools(
            build_encoder(settings, bulk=True),
            build_text_encoder(settings, bulk=True),
            build_text_reader(settings, made_with=None),
        )


def tools_loader(settings: Settings, made_with: Fingerprint) -> ToolsLoader:
    """What loads on a node the encoders that the index is made with.

    Args:
        settings: of this run; a folder that they name as encoder must be on the nodes too.
        made_with: the fingerprint of the index.
    """
    known = [*list_encoders(settings.models), *list_encoders(settings.encoders)]
    encoder = settings.encoder or made_with.encoder
    if encoder not in known and Path(encoder).is_dir():
        encoder = str(Path(encoder).resolve())
    text_encoder = settings.text_encoder or made_with.text_encoder or NO_TEXT_ENCODER
    return ToolsLoader(encoder, text_encoder, ocr=made_with.text_reader is not None)
