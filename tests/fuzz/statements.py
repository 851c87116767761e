"""Writes statements: control flow, writes, views, aliases, buffers, containers."""

from __future__ import annotations

import re

from tests.fuzz.fragments import FRAGMENTS, KIND
from tests.fuzz.writer import CONSTANT, KINDS, SHAPES, Writer

FRESH = {"s": ["s", "t", "y", "total"], "v": ["a", "b", "h"], "m": ["M", "W"], "q": ["Q", "P"]}
VECTOR_WRITES = (
    "{0}[{1}] = {s}",
    "{0}[{1}] += {s}",
    "{0}[{1}] *= {s}",
    "{0}[1:] = {s}",
    "{0}[:2] += {v}[1:]",
    "{0}[:] = {v}",
)
VECTOR_WRITES += (
    "{0}[::2] *= {s}",
    "{0}[[0, 0, 1]] += {v}",
    "{0}[[2, 0]] = {v}[:2]",
    "{0}[{0} > 0.123] = {s}",
    "{0} += {v}",
)
VECTOR_WRITES += (
    "{0} *= {v}",
    "np.multiply({v}, {v}, out={0})",
    "{0}.fill({s})",
    "{0}[{1}] = {0}[{1}] * {s}",
    "{0}[:] = {0}[::-1]",
)
MATRIX_WRITES = (
    "{0}[0] = {v}",
    "{0}[1, {1}] += {s}",
    "{0}[:, {1}] = {s}",
    "{0}[0][{1}] = {s}",
    "{0}.T[{1}, 0] = {s}",
    "{0} *= {s}",
)
MATRIX_WRITES += ("{0}[:, 1:] += {v}[:2]", "{0}[1] -= {0}[0]", "{0}[0, 1] *= {s}", "{0}[[0, 1], [1, 1]] = {s}")


FRAGMENT_HOLE = re.compile(r"\{([svti])\}")


class StatementWriter(Writer):
    """Writes blocks; names made within a branch or a loop are forgotten after it."""

    loops = 0
    depth = 0

    def line(self, text: str) -> None:
        self.lines.append("    " * (self.depth + 1) + text)

    def block(self, nesting: int, most: int = 4) -> None:
        for _ in range(self.number(1, most)):
            self.statement(nesting)

    def nested(self, nesting: int, new: dict[str, str] | None = None, in_loop: bool = False) -> None:
        outer = dict(self.scope)
        self.scope |= new or {}
        self.depth += 1
        self.loops += in_loop
        before = len(self.lines)
        self.block(nesting - 1, 3)
        if len(self.lines) == before:
            self.line("pass")
        self.loops -= in_loop
        self.depth -= 1
        self.scope = outer

    def statement(self, nesting: int) -> None:
        kinds = [
            self.assign,
            self.augment,
            self.assign,
            self.write,
            self.write,
            self.fresh_array,
            self.swap,
            self.container,
        ]
        kinds += [self.alias, self.view, self.through_container, self.same_array_twice]
        kinds += [self.fragment] * 5 + [self.rule] * 5
        if nesting > 0:
            kinds += [self.branch, self.loop, self.branch, self.loop, self.while_loop, self.closure]
        if self.loops:
            kinds += [self.leave, self.leave]
        elif nesting > 0:
            kinds += [self.early_return]
        kind = self.pick(kinds)
        if kind not in (self.fragment, self.rule):
            self.used(kind.__name__.replace("_", " "))
        kind(nesting) if kind.__code__.co_argcount > 1 else kind()

    # names

    def assign(self) -> None:
        kind = self.pick(["s", "v", "s", "m", "q"])
        name = self.pick(FRESH[kind] + self.names(kind))
        if self.scope.get(name, kind) != kind:
            return
        self.line(f"{name} = {self.bounded(kind) if self.loops else self.expression(kind, 3)}")
        self.scope[name] = kind

    def rule(self) -> None:
        kind, text = self.call_of_a_rule()
        name = self.pick(FRESH[kind])
        if self.scope.get(name, kind) == kind:
            self.line(f"{name} = np.tanh({text})" if self.loops else f"{name} = {text[1:-1]}")
            self.scope[name] = kind

    def augment(self) -> None:
        name = self.pick(self.names("s"))
        self.line(f"{name} {self.pick(['+', '-', '*'])}= {self.bounded('s')}")

    def swap(self) -> None:
        kind = self.pick(["s", "v"])
        names = self.names(kind)
        if len(names) >= 2:
            p, q = names[-1], names[self.number(0, len(names) - 2)]
            right = self.pick([p, p if kind == "v" else f"np.tanh({p} * {q})"])
            self.line(f"{p}, {q} = {q}, {right}")

    def alias(self) -> None:
        kind = self.pick(["v", "m"])
        if self.names(kind):
            name = self.pick(["z", "alias"])
            if self.scope.get(name, kind) == kind:
                self.line(f"{name} = {self.pick(self.names(kind))}")
                self.scope[name] = kind

    def view(self) -> None:
        """A name for a part of an array; a write through either is seen through both."""
        texts = {
            "row": "{m}[1]",
            "back": "{v}[::-1]",
            "column": "{q}[:, 0]",
            "turned": "{q}.T",
            "flat": "{m}.reshape(-1)[:3]",
        }
        name = self.pick(list(texts))
        base = texts[name][1]
        if self.names(base) and self.scope.get(name, "v") in ("v", "q"):
            self.line(f"{name} = {texts[name].replace('{' + base + '}', self.pick(self.names(base)))}")
            self.scope[name] = "q" if name == "turned" else "v"

    def fresh_array(self) -> None:
        kind = self.pick(["v", "m"])
        name = self.pick(["buf", "grid"] if kind == "v" else ["plane"])
        shape = SHAPES[kind][0] if kind == "v" else SHAPES[kind]
        self.line(
            f"{name} = {self.pick([f'np.zeros({shape})', f'np.ones({shape})', f'np.full({shape}, 0.5)', CONSTANT[kind]])}"
        )
        self.scope[name] = kind

    # writes

    def write(self) -> None:
        kind = self.pick(["v", "v", "m"])
        if self.names(kind):
            name = self.pick(self.names(kind)[::-1])
            template = self.pick(VECTOR_WRITES if kind == "v" else MATRIX_WRITES)
            text = template.replace("{0}", name).replace("{1}", self.index(3))
            for hole in KINDS:
                while "{" + hole + "}" in text:
                    text = text.replace("{" + hole + "}", self.bounded(hole), 1)
            self.line(text)

    def same_array_twice(self) -> None:
        """A value that is read, then overwritten, then read again."""
        if self.names("v"):
            name = self.pick(self.names("v"))
            i = self.index(3)
            self.line(f"kept = np.sin({name}[{i}]) * {name}[{i}]")
            self.line(f"{name}[{i}] = {self.bounded('s')}")
            self.scope["kept"] = "s"

    def container(self) -> None:
        a, b = self.bounded("s"), self.bounded("v")
        texts = {
            "l": (
                "items",
                [f"[{a}, {self.leaf('s')}]", f"[{self.leaf('s')} * k for k in range(3)]", f"[e * e for e in {b}]"],
            ),
            "d": ("table", ['{"a": ' + a + ', "b": ' + b + "}", f"dict(a={a}, b={b})"]),
            "p": ("pair", [f"({a}, {b})", f"{a}, {b}"]),
            "o": ("thing", [f"Thing({a}, {b})", f"Thing(b={b}, a={a})"]),
        }
        kind = self.pick(list(texts))
        name, options = texts[kind]
        self.line(f"{name} = {self.pick(options)}")
        self.scope[name] = kind

    def through_container(self) -> None:
        kind = self.pick(["l", "d", "p", "o"])
        if not self.names(kind):
            return
        name = self.pick(self.names(kind))
        a = self.bounded("s")
        texts = {
            "l": [
                f"{name}.append({a})",
                f"{name}[0] = {a}",
                f"{name}[-1] += {a}",
                f"{name} += [{a}]",
                f"s = sum({name})",
            ],
            "d": [
                f'{name}["a"] = {a}',
                f'{name}["b"][0] = {a}',
                f'{name}["a"] *= {a}',
                f'h = {name}["b"]',
                f'h = {name}["b"] + {name}.get("a", 0)',
            ],
            "p": [f"s, h = {name}", f"s = {name}[0] * {name}[-1][0]", f"{name} = ({name}[1][0], {name}[1])"],
            "o": [f"{name}.a = {a}", f"{name}.b = {self.bounded('v')}", f"{name}.a += {a}", f"s = {name}.total()"],
        }
        text = self.pick(texts[kind])
        self.line(text)
        for new, new_kind in (("s", "s"), ("h", "v")):
            if text.startswith(f"{new} =") or text.startswith("s, h"):
                self.scope[new] = new_kind

    def fragment(self, nesting: int) -> None:
        """A construct of the language, from the list of them."""
        chosen = self.pick(FRAGMENTS)
        self.used(chosen.construct)
        self.needs.update(dict.fromkeys(chosen.needs))
        for line in chosen.lines:
            text = line.strip()
            depth = (len(line) - len(text)) // 4
            self.depth += depth
            if text in ("{B}", "{L}"):
                self.depth -= 1
                self.nested(nesting, {"k": "i"} if text == "{L}" else None, in_loop=text == "{L}")
                self.depth += 1
            else:
                self.line(FRAGMENT_HOLE.sub(self.part, text))
            self.depth -= depth
        for name in chosen.gives:
            self.scope[name] = KIND[name]

    def part(self, hole: re.Match[str]) -> str:
        """What a hole of a fragment takes."""
        if hole[1] == "t":
            return self.test()
        return self.index(3) if hole[1] == "i" else self.bounded(hole[1])

    # control flow

    def branch(self, nesting: int) -> None:
        self.line(f"if {self.test()}:")
        self.nested(nesting)
        if self.chance(30):
            self.line(f"elif {self.test()}:")
            self.nested(nesting)
        if self.chance(60):
            self.line("else:")
            self.nested(nesting)

    def loop(self, nesting: int) -> None:
        i = "ijk"[self.loops % 3]
        heads = [
            f"for {i} in range({{}}):",
            f"for {i} in range(3):",
            f"for {i} in reversed(range({{}})):",
            f"for {i} in range(4, 0, -2):",
        ]
        new: dict[str, str] = {i: "i"}
        choice = self.number(0, 8)
        count = "n" if "n" in self.scope and self.chance(50) else "2"
        if choice < 4:
            head = heads[choice].format(count)
        elif choice < 6:
            head = self.pick([f"for e in {self.leaf('v')}:", f"for e in {self.expression('v', 1)}:"])
            new = {"e": "s"}
        elif choice < 7 and self.names("l"):
            head, new = f"for e in list({self.pick(self.names('l'))}):", {"e": "s"}
        elif choice < 8:
            head, new = f"for {i}, e in enumerate({self.leaf('v')}):", {i: "i", "e": "s"}
        else:
            head, new = f"for e, g in zip({self.leaf('v')}, {self.leaf('m')}):", {"e": "s", "g": "v"}
        self.line(head)
        self.nested(nesting, new, in_loop=True)

    def while_loop(self, nesting: int) -> None:
        counter = "cde"[self.loops % 3]
        test = self.pick([f"{counter} < 3", f"{counter} < 4 and {self.test()}", "True"])
        self.line(f"{counter} = 0")
        self.line(f"while {test}:")
        self.depth += 1
        if test == "True":
            self.line(f"if {counter} >= 2:")
            self.line("    break")
        self.line(f"{counter} += 1")
        self.depth -= 1
        self.nested(nesting, {counter: "i"}, in_loop=True)

    def leave(self) -> None:
        self.line(f"if {self.test()}:")
        how = self.pick(["break", "continue", "return"])
        self.line("    " + (how if how != "return" else f"return {self.result()}"))

    def early_return(self) -> None:
        self.line(f"if {self.test()}:")
        self.line(f"    return {self.result()}")

    def closure(self) -> None:
        body = self.expression("s", 2)
        self.line("def inner(z):")
        self.line(f"    return {body} * z" if self.chance(50) else f"    return np.tanh(z) + {body}")
        self.line(f"s = inner({self.expression('s', 1)})")
        self.scope["s"] = "s"

    output = "s"

    def result(self) -> str:
        """What the function returns, of its own kind."""
        if self.output == "p":
            return f"{self.expression('s', 1)}, {self.expression('v', 1)}"
        return self.expression(self.output, 2)

    def everything(self) -> str:
        """A value that all names in scope influence."""
        reads = {
            "s": "{}",
            "v": "np.sum({} * {})",
            "m": "np.sum(np.sin({}))",
            "q": "{}.sum()",
            "l": "sum({})",
            "d": '{}["a"]',
        }
        reads |= {"p": "{}[0]", "o": "{}.a"}
        terms = [reads[kind].replace("{}", name) for name, kind in self.scope.items() if kind in reads]
        scalar = " + ".join(terms)
        return {"s": scalar, "v": f"({scalar}) * {self.leaf('v')}", "p": f"{scalar}, {self.leaf('v')}"}[self.output]
