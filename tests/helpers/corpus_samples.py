"""Small real files for the tests of corpora: images by Pillow, PDFs written by hand."""

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from knowledge.corpus import open_corpus
from knowledge.documents import Document, Problem


def image_bytes(format: str = "JPEG", color: str = "red", size: tuple[int, int] = (8, 6)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, format)
    return buffer.getvalue()


def write(file: Path, content: str | bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def pdf_bytes(
    pages: Sequence[Sequence[str]],
    *,
    title: str = "",
    size: tuple[int, int] = (612, 792),
    locked: bool = False,
) -> bytes:
    """A PDF in Helvetica, one string a line; `locked` asks for a password nobody knows."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n, lines in enumerate(pages):
        drawn = " ".join(f"({line}) Tj T*" for line in lines)
        content = f"BT /F1 12 Tf 72 720 Td 14 TL {drawn} ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]} {size[1]}] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * n} 0 R >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    objects.append(f"<< /Title ({title}) >>")
    extra = f"/Info {len(objects)} 0 R"
    if locked:
        owner, user = "41" * 32, "42" * 32
        objects.append(f"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{owner}> /U <{user}> >>")
        extra += f" /Encrypt {len(objects)} 0 R /ID [<00> <00>]"
    text = "%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(text))
        text += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    return (
        f"{text}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R {extra} >>\n"
        f"startxref\n{len(text)}\n%%EOF\n"
    ).encode("latin-1")


def read_all(path: Path, **options) -> tuple[list[Document], list[Problem]]:
    """Documents and problems of a corpus, told apart."""
    items = list(open_corpus(path, **options).read())
    documents = [item for item in items if isinstance(item, Document)]
    return documents, [item for item in items if isinstance(item, Problem)]
