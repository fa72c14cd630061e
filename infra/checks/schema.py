"""Reads the schema of a provider, AWS's or Google's, out of its published language bindings.

The providers themselves are large binaries from a registry that not every machine reaches. Their schemas are also
published, as generated JavaScript: one folder a resource, with a comment on each argument that says whether it is
required, optional or computed, and a table that says which arguments are blocks. That text is read here. Nothing of it
is run.

    schema.py BINDINGS.tgz TYPE...     writes the schema of these types as JSON; data sources as data.TYPE
"""

import json
import re
import sys
import tarfile

FLAGS = re.compile(r"// (\w+) - computed: (true|false), optional: (true|false), required: (true|false)\n")
CLASS = re.compile(r"^class (\w+) extends \w+\.(\w+) \{", re.M)
NESTED = re.compile(r'_\w+ = new (\w+)\(this, "(\w+)"(?:, (true|false))?\)')
GETTER = re.compile(r"return (.*?this\.get(\w+?)Attribute\('(\w+)'\).*?);")
KEPT = re.compile(r'= new \w+\.(\w+)\(this, "(\w+)"')
TABLE = re.compile(r"^function (\w+)ToHclTerraform\(struct\) \{\n", re.M)
ROW = re.compile(r"(\w+): \{\n\s+value: [^\n]*\n\s+isBlock: (true|false),\n\s+type: \"(\w+)\",\n\s+storageClassType: \"(\w+)\"")
TYPES = {
    "String": "string", "Number": "number", "Boolean": "bool", "List": ["list", "string"],
    "NumberList": ["list", "number"], "StringMap": ["map", "string"], "NumberMap": ["map", "number"],
    "BooleanMap": ["map", "bool"], "AnyMap": ["map", "string"],
}
STORED = {
    "string": "string", "number": "number", "boolean": "bool", "stringList": ["list", "string"],
    "numberList": ["list", "number"], "stringMap": ["map", "string"], "numberMap": ["map", "number"],
    "booleanMap": ["map", "bool"], "anyMap": ["map", "string"],
}


class Source:
    """The bindings of one type: its classes, and what its tables say of each argument."""

    def __init__(self, text):
        text = text.partition("//# sourceMappingURL")[0]
        starts = list(CLASS.finditer(text))
        ends = [it.start() for it in starts[1:]] + [len(text)]
        self.classes = {it[1]: (it[2], text[it.end():end]) for it, end in zip(starts, ends)}
        self.tables = {it[1].lower(): rows(text[it.end():text.index("\n}\n", it.end())]) for it in TABLE.finditer(text)}

    def schema(self):
        """The block of the resource, data source or provider itself."""
        kinds = ("TerraformResource", "TerraformDataSource", "TerraformProvider")
        name, (kind, body) = next((name, it) for name, it in self.classes.items() if it[0] in kinds)
        return self.settable(synthesized(body)) if kind == "TerraformProvider" else self.block(name)

    def block(self, name):
        """Attributes and nested blocks of one class."""
        _, body = self.classes[name]
        table = self.tables.get(name.removesuffix("OutputReference").lower()) or synthesized(body)
        found = {"attributes": {}, "blocks": {}}
        made = {it[2]: it for it in NESTED.finditer(body)}
        arguments = {name: it for name, *it in deduced(body, made)} | {name: it for name, *it in told(body)}
        for argument, ((required, optional, computed), part) in arguments.items():
            is_block, kind, stored = table.get(argument, (False, "simple", None))
            nested = made.get(argument)
            if nested and is_block:
                found["blocks"][argument] = self.nested(nested, kind, required)
                continue
            found["attributes"][argument] = {
                "type": self.of_class(nested) if nested else of_getter(part, argument, stored),
                "required": required, "optional": optional, "computed": computed,
                "write_only": argument.endswith("_wo"),
            }
        return found

    def nested(self, made, kind, required):
        """A nested block: one object at most, or a list or set of them."""
        of_many = made[1] if made[1].endswith("List") else None
        reference = made[1].removesuffix("List") + "OutputReference" if of_many else made[1]
        single = made[2] == "timeouts"
        return {
            "nesting": "single" if single else "set" if kind == "set" else "list",
            "min": int(required), "max": 0 if of_many or single else 1,
            "block": self.block(reference),
        }

    def settable(self, table):
        """A block of which only the table counts, as of the provider's own settings: every argument optional."""
        attributes, blocks = {}, {}
        for argument, (is_block, _, stored) in table.items():
            if is_block:
                inner = self.settable(self.tables[stored.removesuffix("List").lower()])
                blocks[argument] = {"nesting": "list", "min": 0, "max": 0, "block": inner}
            else:
                flags = {"required": False, "optional": True, "computed": False, "write_only": False}
                attributes[argument] = {"type": STORED[stored]} | flags
        return {"attributes": attributes, "blocks": blocks}

    def of_class(self, made):
        """The type of an attribute that holds objects."""
        many = made[1].endswith(("List", "Map"))
        reference = re.sub("(List|Map)$", "", made[1]) + "OutputReference" if many else made[1]
        inner = self.block(reference)["attributes"]
        one = ["object", {name: it["type"] for name, it in inner.items()}]
        if not many:
            return one
        return [{"List": "set" if made[3] == "true" else "list", "Map": "map"}[re.search("(List|Map)$", made[1])[1]], one]


def told(body):
    """The arguments of a class, from the comments; the last part is where an argument's getter stands."""
    marks = list(FLAGS.finditer(body))
    ends = [it.start() for it in marks[1:]] + [len(body)]
    return [(it[1], tuple(it[n] == "true" for n in (4, 3, 2)), body[it.end():end]) for it, end in zip(marks, ends)]


def deduced(body, made):
    """The same from the code, for older bindings that lost most comments: what can be set and not reset is required.
    Whether an optional argument is computed when it is not set cannot be told; it is taken to be, which asks less."""
    nested = {it[0].split(" = ")[0]: name for name, it in made.items()}
    for got in re.finditer(r"    get (\w+)\(\) \{\n\s+(return (.*);)\n", body):
        read = GETTER.search(got[2])
        argument = read[3] if read else nested.get(got[3].removeprefix("this."))
        if argument:
            name = got[1]
            settable = f"    set {name}(" in body or re.search(f"    put{name}\\(", body, re.I)
            optional = re.search(f"    reset{name}\\(", body, re.I)
            yield argument, (bool(settable and not optional), bool(settable and optional), not settable or bool(optional)), got[2]


def synthesized(body):
    return rows(body.partition("synthesizeHclAttributes")[2])


def rows(table):
    return {it[1]: (it[2] == "true", it[3], it[4]) for it in ROW.finditer(table)}


def of_getter(part, argument, stored):
    """The type of a plain attribute, from the call that reads it."""
    for got in GETTER.finditer(part):
        if got[3] == argument:
            kind = TYPES[got[2]]
            return ["set", kind[1]] if "tolist(" in got[1] else kind
    for kept in KEPT.finditer(part):  # a map or list that is only read, as an object of its own
        if kept[2] == argument:
            return TYPES[kept[1]]
    if stored in STORED:  # what can be written and not read
        return STORED[stored]
    raise ValueError(f"the type of {argument} cannot be told")


def folder(kind):
    provider, _, rest = kind.removeprefix("data.").partition("_")
    return (f"data-{provider}-" if kind.startswith("data.") else "") + rest.replace("_", "-")


def extract(archive, kinds):
    wanted = {f"package/lib/{folder(kind)}/index.js": kind for kind in kinds} | {"package/lib/provider/index.js": "provider"}
    found, said = {}, None
    with tarfile.open(archive) as bindings:
        for member in bindings:
            if member.name in wanted:
                source = Source(bindings.extractfile(member).read().decode())
                found[wanted[member.name]] = source.schema()
            elif member.name == "package/README.md":
                said = re.search(r"(\w+/\w+) provider version ([\d.]+)", bindings.extractfile(member).read().decode())
    missing = set(wanted.values()) - set(found)
    if missing:
        # Left out of the schema: Terraform then says where it is used and that there is no such thing.
        print(f"not in this provider: {', '.join(sorted(missing))}", file=sys.stderr)
    return {"provider": said[1], "version": said[2], "types": found}


if __name__ == "__main__":
    json.dump(extract(sys.argv[1], sys.argv[2:]), sys.stdout, indent=1, sort_keys=True)
