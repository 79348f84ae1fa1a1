"""Sharing a whole number of grams out by weight, to the gram (largest remainder)."""

from collections.abc import Hashable, Mapping
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Hashable)


def split(total: int, weights: Mapping[Key, int]) -> dict[Key, int]:
    """`total` grams over the keys in proportion to their weights; the parts add up to it exactly.

    Ties go to the smaller key, so the same shares come out wherever they are worked out."""
    whole = sum(weights.values())
    if whole <= 0:
        return {}
    parts = {key: total * weight // whole for key, weight in weights.items()}
    rest = total - sum(parts.values())

    def remainder(key: Any) -> tuple[int, Any]:
        return -(total * weights[key] % whole), key

    for key in sorted(weights, key=remainder)[:rest]:
        parts[key] += 1
    return parts
