"""GeoJSON: features with properties, and where they are."""

from collections.abc import Iterator, Mapping
from typing import Any

from knowledge.corpus.records import vocabulary

_FEATURES = ("Feature", "FeatureCollection")
_MOST_POSITIONS = 100_000


def is_geojson(value: Any) -> bool:  # noqa: ANN401
    """Whether a JSON value is a feature or a collection of them."""
    return isinstance(value, dict) and value.get("type") in _FEATURES


def has_id(feature: object) -> bool:
    """Whether a feature has an id of its own."""
    return isinstance(feature, dict) and feature.get("id") not in (None, "")


def values_of(feature: Mapping[str, Any], *, otherwise: str = "") -> dict[str, object]:
    """The properties of a feature, with the position of its middle.

    Args:
        feature: to read.
        otherwise: its id if it has none, where others have one; "" for none.
    """
    properties = feature.get("properties")
    values: dict[str, object] = dict(properties) if isinstance(properties, dict) else {}
    known = {key.casefold() for key in values}
    if "id" not in known and (has_id(feature) or otherwise):
        values = {"id": feature["id"] if has_id(feature) else otherwise, **values}
    if place := _middle(feature.get("geometry")):
        values.setdefault(vocabulary.COORDINATES, place)
    return values


def _middle(geometry: object) -> str:
    """Latitude and longitude of the middle of what a geometry covers; "" if it has no position."""
    longitudes: list[float] = []
    latitudes: list[float] = []
    for longitude, latitude in _positions(geometry):
        longitudes.append(longitude)
        latitudes.append(latitude)
        if len(longitudes) >= _MOST_POSITIONS:
            break
    if not longitudes:
        return ""
    middle = (
        (min(latitudes) + max(latitudes)) / 2,
        (min(longitudes) + max(longitudes)) / 2,
    )
    return ", ".join(f"{degrees:.6f}".rstrip("0").rstrip(".") for degrees in middle)


def _positions(geometry: object) -> Iterator[tuple[float, float]]:
    waiting: list[object] = [geometry]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting += [part.get("coordinates"), part.get("geometries")]
        elif isinstance(part, list):
            numbers = [one for one in part[:2] if isinstance(one, int | float)]
            if len(numbers) == 2:
                yield float(numbers[0]), float(numbers[1])
            else:
                waiting += part
