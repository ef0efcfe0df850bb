"""Runs the plugin in this Python instead of in a sandbox: `python3 crosswalk_plan/native.py`, in the plugin's folder.

The first line that it prints says who the plugin is, or why it cannot say so; then each question, a line of JSON, gets an
answer. For `crosswalk plugin build`, `crosswalk plugin test --native` and `crosswalk plugin try`. The modules that
componentize-py writes from the contract are made here from the same contract, so that nothing need be installed.
"""

import ast
import dataclasses
import datetime
import enum
import json
import re
import sys
import types
from pathlib import Path
from typing import Any, Iterator, Union

HERE = Path(__file__).parent
SHAPES: dict[str, Any] = json.loads((HERE / "shapes.json").read_text(encoding="utf-8"))

#: What of a plugin's folder is not its own.
OTHERS = ("crosswalk_plan", "crosswalk_guest.py", "build", "__pycache__")

#: What a component does not have, and what to use.
NO_CLOCK = "a plugin has no clock: use context.today or context.as_of"
NO_CONSOLE = "nobody reads a plugin's output: put it into the answer's notes"
NO_CHANCE = "a plugin has no random numbers: the same request must get the same answer"
LACKING = {
    "print": NO_CONSOLE,
    "input": NO_CONSOLE,
    **dict.fromkeys(("time.time", "time.monotonic", "datetime.now", "datetime.utcnow", "date.today", "datetime.today"), NO_CLOCK),
    **dict.fromkeys(("random.random", "random.choice", "random.randint", "uuid.uuid4", "os.urandom"), NO_CHANCE),
}


def pascal(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split("-"))


def snake(name: str) -> str:
    return name.replace("-", "_")


def module(name: str, **members: Any) -> types.ModuleType:
    """Makes a module, and puts it where imports find it."""
    made = types.ModuleType(name)
    vars(made).update(members)
    sys.modules[name] = made
    parent, _, own = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], own, made)
    return made


@dataclasses.dataclass(frozen=True)
class Err(Exception):
    """What a function of the contract fails with."""

    value: Any


def contract(exports: list[str]) -> dict[str, Any]:
    """Makes the contract's modules for a world with these exports; gives its classes by the contract's names."""
    module("componentize_py_types", Err=Err)
    module("wit_world").__path__ = []
    module("wit_world.imports").__path__ = []
    module("wit_world.exports").__path__ = []
    homes = {"types": module("wit_world.imports.types")}
    for interface in exports:
        homes[interface] = module(f"wit_world.exports.{interface}")
        base = type(pascal(interface), (), {"__module__": "wit_world.exports"})
        setattr(sys.modules["wit_world.exports"], pascal(interface), base)
    classes = {name: make(name, shape) for name, shape in SHAPES["types"].items()}
    for name, members in classes.items():
        home = homes.get(SHAPES["types"][name]["interface"])
        if home is not None:
            vars(home).update(members)
    return classes


def make(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    """The classes of one type of the contract, by their names."""
    own = pascal(name)
    if "record" in shape:
        return {own: dataclasses.make_dataclass(own, [(snake(field), Any) for field, _ in shape["record"]])}
    if "enum" in shape:
        return {own: enum.Enum(own, {snake(case).upper(): place for place, case in enumerate(shape["enum"])})}
    if "variant" in shape:
        cases = {
            f"{own}_{pascal(case)}": dataclasses.make_dataclass(
                f"{own}_{pascal(case)}", [] if inner is None else [("value", Any)]
            )
            for case, inner in shape["variant"]
        }
        return {**cases, own: Union[tuple(cases.values())]}
    return {own: int}


class Json:
    """The contract's values as JSON, as a host's records and a plan's example cases have them."""

    def __init__(self, classes: dict[str, Any]):
        self.classes = classes

    def read(self, kind: Any, value: Any) -> Any:
        """A value of the contract from its JSON."""
        if isinstance(kind, dict):
            if "option" in kind:
                return None if value is None else self.read(kind["option"], value)
            if "tuple" in kind:
                return tuple(self.read(inner, entry) for inner, entry in zip(kind["tuple"], value))
            return bytes(value) if kind["list"] == "u8" else [self.read(kind["list"], entry) for entry in value]
        if kind == "instant":
            instant = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
            return int(instant.timestamp() * 1_000)
        shape = SHAPES["types"].get(kind)
        if shape is None or "alias" in shape:
            return value
        members, own = self.classes[kind], pascal(kind)
        if kind == "date":
            return members[own](*(int(part) for part in value.split("-")))
        if "record" in shape:
            fields = {snake(field): self.read(inner, value.get(snake(field))) for field, inner in shape["record"]}
            return members[own](**fields)
        if "enum" in shape:
            return members[own][snake(value).upper()]
        tag, inner = (value, None) if isinstance(value, str) else next(iter(value.items()))
        of = dict(map(tuple, shape["variant"]))[tag]
        case = members[f"{own}_{pascal(tag)}"]
        return case() if of is None else case(self.read(of, inner))

    def write(self, kind: Any, value: Any) -> Any:
        """The JSON of a value of the contract."""
        if isinstance(kind, dict):
            if "option" in kind:
                return None if value is None else self.write(kind["option"], value)
            if "tuple" in kind:
                return [self.write(inner, entry) for inner, entry in zip(kind["tuple"], value)]
            return [self.write(kind["list"], entry) for entry in value]
        if kind == "instant":
            return datetime.datetime.fromtimestamp(value / 1_000, datetime.timezone.utc).isoformat()
        shape = SHAPES["types"].get(kind)
        if shape is None or "alias" in shape:
            return value
        if kind == "date":
            return f"{value.year:04}-{value.month:02}-{value.day:02}"
        if "record" in shape:
            return {snake(field): self.write(inner, getattr(value, snake(field))) for field, inner in shape["record"]}
        if "enum" in shape:
            return next(case for case in shape["enum"] if snake(case).upper() == value.name)
        case, of = next(
            (case, of) for case, of in shape["variant"] if type(value).__name__ == f"{pascal(kind)}_{pascal(case)}"
        )
        return case if of is None else {case: self.write(of, value.value)}


def own_files(folder: Path) -> Iterator[Path]:
    """The plugin's own sources."""
    for path in sorted(folder.iterdir()):
        if path.name in OTHERS or path.name.startswith("."):
            continue
        if path.is_dir():
            yield from own_files(path)
        elif path.suffix == ".py":
            yield path


def called(function: ast.expr) -> str:
    """The last two names of what is called: `datetime.now` of `datetime.datetime.now`."""
    if isinstance(function, ast.Attribute):
        return f"{called(function.value).rpartition('.')[2]}.{function.attr}"
    return function.id if isinstance(function, ast.Name) else ""


def warnings(folder: Path) -> list[str]:
    """Where the plugin's own files use what a component does not have."""
    found = []
    for path in own_files(folder):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            says = LACKING.get(called(node.func)) if isinstance(node, ast.Call) else None
            if says:
                found.append((str(path.relative_to(folder)), node.lineno, node.col_offset + 1, says))
    return [f"{file}:{line}:{column}: {says}" for file, line, column, says in sorted(found)]


def world_exports(folder: Path) -> list[str]:
    """The interfaces that `wit/world.wit` exports."""
    world = (folder / "wit" / "world.wit").read_text(encoding="utf-8")
    return re.findall(r"^\s*export\s+crosswalk:plan/([a-z-]+)@", world, re.MULTILINE)


def answer(interfaces: dict[str, Any], values: Json, question: dict[str, Any]) -> dict[str, Any]:
    """Asks one question, and answers as a record keeps it."""
    ((operation, given),) = question.items()
    name, functions = next(
        (name, functions) for name, functions in SHAPES["functions"].items() if operation in functions
    )
    if name not in interfaces:
        return {"guest-error": {"unsupported": f"it does not export {name}"}}
    function = functions[operation]
    asked = [values.read(kind, given[field]) for field, kind in function["takes"]]
    try:
        heard = getattr(interfaces[name], snake(operation))(*asked)
        return {"answer": {operation: values.write(function["gives"], heard)}}
    except Err as error:
        return {"guest-error": values.write("plan-error", error.value)}


def main() -> int:
    """Says who the plugin is, and answers what it is asked."""
    folder = Path.cwd()
    out, sys.stdout = sys.stdout, sys.stderr
    sys.dont_write_bytecode = True
    sys.path[0] = str(folder)

    def say(line: dict[str, Any]) -> None:
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
        out.flush()

    values = Json(contract(world_exports(folder)))
    from crosswalk_plan import guard

    try:
        import plugin

        found = guard.exported(plugin)
        interfaces = {name: made() for name, made in found.items()}
        profile = interfaces["profile"].describe() if "profile" in interfaces else None
        profile = profile and values.write("plan-profile", profile)
        say({"exports": list(interfaces), "profile": profile, "warnings": warnings(folder)})
    except BaseException as raised:
        say({"failed": guard.told(raised)})
        return 1
    for line in sys.stdin:
        say(answer(interfaces, values, json.loads(line)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
