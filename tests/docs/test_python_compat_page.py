"""docs/python-compat.md lists every public name of the `deltalake` package, and says of each what lakelet.deltalake does with it."""

import importlib
import inspect
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "build" / "python"))
PAGE = ROOT / "docs" / "python-compat.md"
ROW = re.compile(r"^\| `([\w.]+)` \| (yes|partly|no) \| (.*) \|$", re.M)
MODULES = ["", "exceptions", "fs", "query", "schema", "table", "transaction", "writer", "writer.properties"]
# Not for users: what the package's Rust half calls its own, and second names of classes.
HIDDEN = {"RawDeltaTable", "PyMergeBuilder", "PyQueryBuilder", "DeltaField", "DeltaSchema", "Any", "Optional", "DeltaTableConfig", "Enum", "Literal", "NamedTuple", "TYPE_CHECKING", "Union"}


def module(package, name):
    return importlib.import_module(f"{package}.{name}" if name else package)


def owned(part, name, thing):
    """Whether the module itself says that the name is its own."""
    listed = getattr(part, "__all__", None)
    if listed is not None:
        return name in listed
    home = getattr(thing, "__module__", "")
    return inspect.isclass(thing) and home in (part.__name__, "builtins", "deltalake._internal") and not home.startswith("typing")


def public_names():
    """module.Class.member of the real package, each once, where it is first met."""
    found, seen = {}, set()
    for name in MODULES:
        part = module("deltalake", name)
        for each in sorted(dir(part)):
            thing = getattr(part, each)
            if each.startswith("_") or each in HIDDEN or inspect.ismodule(thing) or not owned(part, each, thing):
                continue
            if each in seen:
                continue
            seen.add(each)
            path = f"{name}.{each}" if name else each
            found[path] = (name, [each])
            if inspect.isclass(thing):
                for member in sorted(vars(thing)):
                    if not member.startswith("_"):
                        found[f"{path}.{member}"] = (name, [each, member])
    return found


def rows():
    found = ROW.findall(PAGE.read_text())
    names = [name for name, _, _ in found]
    assert len(names) == len(set(names)), "a name has two rows"
    return {name: (state, note) for name, state, note in found}


def test_the_page_has_every_public_name_and_no_other():
    listed, there = set(rows()), set(public_names())
    assert listed == there, f"missing: {sorted(there - listed)}; too many: {sorted(listed - there)}"


def test_every_name_is_importable_under_the_same_path():
    for path, (name, parts) in public_names().items():
        theirs, ours = module("deltalake", name), module("lakelet.deltalake", name)
        for part in parts:
            assert hasattr(ours, part) or part in getattr(ours, "__annotations__", {}) or instance_has(ours, part), path
            theirs, ours = getattr(theirs, part), getattr(ours, part, None)


def instance_has(kind, member):
    """Attributes that instances get in their constructor."""
    return inspect.isclass(kind) and re.search(rf"self\.{member}\b", inspect.getsource(kind)) is not None


def test_every_function_takes_the_same_arguments():
    for path, (name, parts) in public_names().items():
        theirs, ours = module("deltalake", name), module("lakelet.deltalake", name)
        for part in parts:
            theirs, ours = getattr(theirs, part), getattr(ours, part, None)
        if ours is None or inspect.isclass(theirs) and issubclass(theirs, Exception):
            continue
        try:
            wanted = inspect.signature(theirs)
        except (TypeError, ValueError):
            continue  # built in: no signature to look at
        if not callable(theirs) or any(p.kind is p.VAR_KEYWORD for p in wanted.parameters.values()):
            continue
        given = inspect.signature(ours)
        if path in ("Metadata", "TableFeatures", "table.TableMerger", "fs.DeltaStorageHandler", "DataType"):
            continue  # made by the package itself, never by its users, or no function
        assert list(given.parameters) == list(wanted.parameters), path
        for parameter, want in wanted.parameters.items():
            default = getattr(want.default, "value", want.default)
            assert given.parameters[parameter].default == default, f"{path}({parameter})"
            named = given.parameters[parameter].kind is want.KEYWORD_ONLY
            assert named == (want.kind is want.KEYWORD_ONLY), f"{path}({parameter})"


def test_what_the_page_says_is_missing_raises(tmp_path):
    source = "".join(each.read_text() for each in (ROOT / "python" / "lakelet" / "deltalake").rglob("*.py"))
    raised = set(re.findall(r'missing\("(\w+)"', source))
    for path, (state, note) in rows().items():
        name = path.split(".")[-1]
        if state == "no":
            assert name in raised, f"{path} is said to be missing, but nothing raises for it"
        if state != "no":
            assert name not in raised, f"{path} raises, but the page says {state}"
        assert state == "yes" or note, f"{path}: say what it does instead"


def test_every_name_is_in_a_test():
    tests = "".join(each.read_text() for each in (ROOT / "tests" / "python").glob("test_python_deltalake*.py"))
    words = set(re.findall(r"\w+", tests))
    assert not [path for path in public_names() if path.split(".")[-1] not in words]
