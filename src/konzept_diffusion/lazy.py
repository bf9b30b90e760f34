"""Public names that are imported when they are first used (PEP 562), so that importing a package is cheap."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def attach(package: str, names: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the functions `__getattr__` and `__dir__` of a package.

    Parameters
    ----------
    package
        The package's `__name__`.
    names
        Public name to its home: a submodule ("riskset", relative to the package) that defines it, or an
        empty text if the name is itself a submodule. A function must not bear its own module's name:
        importing the module would put the module in the function's place.
    """

    def get(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        home = names[name]
        module = importlib.import_module(f"{package}.{home or name}")
        return getattr(module, name) if home else module

    def names_of() -> list[str]:
        return sorted(names)

    return get, names_of
