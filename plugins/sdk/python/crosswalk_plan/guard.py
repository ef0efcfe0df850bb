"""Stands between a plugin and its host.

Each answer is checked field by field before it is handed over, and whatever a plugin raises is handed over as the contract's
internal error, with its message and the place where it was raised: a sandbox would say `trap (unreachable)` and nothing else.
"""

import json
import traceback
from pathlib import Path
from typing import Any, Callable, NoReturn, Optional

from componentize_py_types import Err
from wit_world.imports.types import PlanError_Internal

#: The contract's types as data. Read while the component is built: a plugin has no files.
SHAPES: dict[str, Any] = json.loads(Path(__file__).with_name("shapes.json").read_text(encoding="utf-8"))

#: The plugin's folder.
_FOLDER = Path(__file__).parent.parent

#: Most entries of what the host bounds in an answer.
_MOST = 200
_BOUNDED = ("findings", "notes", "evidence", "needs-more", "pended")
#: Most letters of an internal error, and most places that it names.
_MOST_WORDS, _MOST_PLACES = 2_000, 6
_INTEGERS = {"u8": (0, 2**8), "u16": (0, 2**16), "u32": (0, 2**32), "s64": (-(2**63), 2**63)}


def pascal(name: str) -> str:
    """A name of the contract as Python writes classes."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("-"))


def snake(name: str) -> str:
    """A name of the contract as Python writes fields and functions."""
    return name.replace("-", "_")


def _shown(value: Any) -> str:
    """What a wrong value looks like."""
    if value is None:
        return "nothing"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    if isinstance(value, (bool, int, float, str)):
        text = repr(value)
        return text if len(text) <= 60 else f"{text[:60]}…"
    return f"a {type(value).__name__}"


def _fail(at: str, wanted: str, value: Any) -> NoReturn:
    raise TypeError(f"{at} must be {wanted}, got {_shown(value)}")


def _label(entry: Any, place: int) -> str:
    """What an entry of a list is called by: its own name, if it has one."""
    for name in ("id", "code", "criterion", "requirement", "name"):
        if isinstance(getattr(entry, name, None), str):
            return repr(getattr(entry, name))
    return str(place)


def check(kind: Any, value: Any, at: str) -> None:
    """Checks that a value is of a type of the contract; raises what is wrong, by the names of its fields."""
    if isinstance(kind, dict):
        _check_compound(kind, value, at)
    elif kind == "bool":
        if not isinstance(value, bool):
            _fail(at, "True or False", value)
    elif kind == "string":
        if not isinstance(value, str):
            _fail(at, "text", value)
    elif kind in _INTEGERS:
        first, end = _INTEGERS[kind]
        if isinstance(value, bool) or not isinstance(value, int) or not first <= value < end:
            _fail(at, f"a whole number from {first} to {end - 1}", value)
    else:
        _check_named(kind, SHAPES["types"][kind], value, at)


def _check_compound(kind: dict[str, Any], value: Any, at: str) -> None:
    if "option" in kind:
        if value is not None:
            check(kind["option"], value, at)
    elif "tuple" in kind:
        if not isinstance(value, (list, tuple)) or len(value) != len(kind["tuple"]):
            _fail(at, f"a tuple of {len(kind['tuple'])}", value)
        for place, (inner, entry) in enumerate(zip(kind["tuple"], value)):
            check(inner, entry, f"{at}[{place}]")
    elif kind["list"] == "u8":
        if not isinstance(value, (bytes, bytearray)):
            _fail(at, "bytes", value)
    else:
        _check_list(kind["list"], value, at)


def _check_list(kind: Any, value: Any, at: str) -> None:
    if not isinstance(value, (list, tuple)):
        _fail(at, "a list", value)
    what = at.rpartition(".")[2]
    if what in _BOUNDED and len(value) > _MOST:
        raise TypeError(f"{at}: the answer has {len(value)} {what}; {_MOST} are allowed")
    for place, entry in enumerate(value):
        check(kind, entry, f"{at}[{_label(entry, place)}]")


def _check_named(kind: str, shape: dict[str, Any], value: Any, at: str) -> None:
    own, name = pascal(kind), type(value).__name__
    if "alias" in shape:
        check(shape["alias"], value, at)
    elif "record" in shape:
        if name != own:
            _fail(at, f"a {own}", value)
        for field, inner in shape["record"]:
            check(inner, getattr(value, snake(field), None), f"{at}.{snake(field)}")
    elif "enum" in shape:
        if name != own:
            _fail(at, "one of " + ", ".join(f"{own}.{snake(case).upper()}" for case in shape["enum"]), value)
    else:
        cases = {f"{own}_{pascal(case)}": (case, inner) for case, inner in shape["variant"]}
        if name not in cases:
            _fail(at, f"one of {', '.join(cases)}", value)
        case, inner = cases[name]
        if inner is not None:
            check(inner, getattr(value, "value", None), f"{at}.{case}")


def told(raised: BaseException) -> str:
    """What was raised, and where: `plugin.py:14: TypeError: ...`."""
    frames = [(_own(frame.filename), frame.lineno) for frame in traceback.extract_tb(raised.__traceback__)]
    places = [f"{file}:{line}" for file, line in reversed(frames) if file is not None][:_MOST_PLACES]
    first = places[0] if places else "plugin.py"
    others = "".join(f"\n  called from {place}" for place in places[1:])
    return f"{first}: {type(raised).__name__}: {raised}{others}"[:_MOST_WORDS]


def _own(file: str) -> Optional[str]:
    """A file of the plan's own, from the plugin's folder on; nothing for the SDK, a library or the interpreter."""
    path = Path(file)
    if not path.is_relative_to(_FOLDER):
        return None
    path = path.relative_to(_FOLDER)
    others = ("crosswalk_plan", "crosswalk_guest.py", "build")
    return None if path.parts[0] in others or path.parts[0].startswith(".") else str(path)


def _answering(own: Any, name: str, gives: Any) -> Callable[..., Any]:
    """One function of an interface, guarded."""

    def ask(_: Any, *asked: Any) -> Any:
        try:
            answer = getattr(own, name)(*asked)
            check(gives, answer, f"{name}()")
            return answer
        except Err as error:
            try:
                check("plan-error", error.value, "Err")
            except TypeError as misfit:
                raise Err(PlanError_Internal(told(misfit))) from misfit
            raise
        except BaseException as raised:
            raise Err(PlanError_Internal(told(raised))) from raised

    return ask


def guarded(interface: str, own: type) -> type:
    """An interface of the contract as the plugin exports it, guarded.

    A profile is made and checked when the component is built, so that a plugin that cannot describe itself is never made.
    """
    functions = SHAPES["functions"][interface]
    missing = [snake(name) for name in functions if not callable(getattr(own, snake(name), None))]
    if missing:
        raise TypeError(f"the class {pascal(interface)} has no function {' and no '.join(missing)}")
    instance = own()
    if interface == "profile":
        profile = instance.describe()
        check("plan-profile", profile, "describe()")
        methods: dict[str, Any] = {"describe": lambda _: profile}
    else:
        methods = {
            snake(name): _answering(instance, snake(name), shape["gives"]) for name, shape in functions.items()
        }
    return type(pascal(interface), (), methods)


def exported(plugin: Any) -> dict[str, type]:
    """The interfaces for which a plugin's module has a class of its own, guarded."""
    found = {}
    for interface in SHAPES["functions"]:
        own = vars(plugin).get(pascal(interface))
        if isinstance(own, type) and not own.__module__.startswith("wit_world"):
            found[interface] = guarded(interface, own)
    return found
