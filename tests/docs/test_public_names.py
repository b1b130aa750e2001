"""Public names: what a package lists is there, says what it is, and appears in the reference."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import subside


def _packages():
    names = ["subside"]
    for found in pkgutil.walk_packages(subside.__path__, "subside."):
        if found.ispkg:
            names.append(found.name)
    return [name for name in names if hasattr(importlib.import_module(name), "__all__")]


PACKAGES = _packages()


@pytest.mark.parametrize("package", PACKAGES)
def test_what_a_package_lists_is_there_and_says_what_it_is(package):
    module = importlib.import_module(package)
    assert len(set(module.__all__)) == len(module.__all__)
    for name in module.__all__:
        thing = getattr(module, name)
        if inspect.isfunction(thing) or inspect.isclass(thing):
            own = thing.__doc__ or ""
            assert own.strip(), f"{package}.{name} has no docstring"
            assert not own.startswith(f"{name}("), f"{package}.{name} has only the generated docstring"


@pytest.mark.parametrize("package", PACKAGES)
def test_listed_names_do_not_hide_behind_an_underscore(package):
    names = importlib.import_module(package).__all__
    assert [name for name in names if name.startswith("_") and name != "__version__"] == []


def test_functions_say_first_what_comes_back():
    """The first line of a public function's docstring is a sentence, in one line, with a full stop."""
    bad = []
    for package in PACKAGES:
        module = importlib.import_module(package)
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isfunction(thing):
                first = (inspect.getdoc(thing) or "").splitlines()[0]
                if not first.endswith((".", ":")):
                    bad.append(f"{package}.{name}: {first}")
    assert bad == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_listed_name_is_also_a_module_of_its_package(package):
    """Importing the module would put it in the function's place, and who gets what would depend on order."""
    module = importlib.import_module(package)
    modules = {found.name for found in pkgutil.iter_modules(module.__path__)}
    assert sorted(modules & set(module.__all__)) == []
