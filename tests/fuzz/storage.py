"""Programs that are dense in storage: names, slots, rows and views that share it, writes through each, and a result that reads them."""

from __future__ import annotations

from tests.fuzz.writer import Writer

BOX = """class Box:
    def __init__(self, v):
        self.v = v


"""
PUT = """def put(h, z):
    h[0] = z
    return h * z


"""
PREFIXES = {"s": "s", "v": "v", "m": "W", "l": "L", "d": "D", "o": "o", "p": "t"}
NEW = {
    "s": ("{E}",),
    "v": ("{V}", "{F}", "{V}", "{V}[::-1]"),
    "m": ("{M}", "{M}.copy()", "{M}.T", "{M}[::-1]", "np.array([{V}, {V}, {V}])"),
    "l": ("[{F}, {F}]", "{L}", "{L} + []", "{L}[:]", "[{F} for _ in range(2)]"),
    "d": ('{"p": {F}, "q": {F}}', "{D}", "dict({D})"),
    "o": ("Box({F})", "{O}"),
    "p": ("({S}, {F})", "{T}"),
}
CHANGES = (
    "{V}[{i}] = {E}",
    "{V}[{i}] {a} {E}",
    "{V}[1:] {a} {S}",
    "{V}[:] = {G}",
    "{M}[{i}] = {G}",
    "{M}[:, {i}] {w} {G}",
    "{M}[{i}, {i}] {w} {E}",
    "{L}[{k}] = {F}",
    "{L}.append({F})",
    "{L}[{k}][{i}] {w} {E}",
    "{L}[{k}] {a} {V}",
    "{D}['{q}'] {w} {F}",
    "{D}['{q}'][{i}] {w} {E}",
    "{O}.v = {F}",
    "{O}.v[{i}] {w} {E}",
    "{O}.v {a} {V}",
    "{T}[1][{i}] {w} {E}",
    "{L}[0], {L}[1] = {L}[1], {L}[0]",
    "{S_} = np.sum(put({V}, {S}))",
)
SCALARS = ("{s}", "{V}[{i}]", "{M}[{i}, {i}]", "np.sum({V})", "0.5", "-0.7", "1.5")
EXPRESSIONS = ("{S}", "{S} * {S}", "np.sin({S})", "{S} - 0.5 * {S}", "np.tanh({S} + {S})")
VECTORS = ("{v}", "{v}", "{M}[{i}]", "{M}[:, {i}]", "{L}[{k}]", "{D}['{q}']", "{O}.v", "{T}[1]", "{M}.T[{i}]")
FRESH = ("np.sin({V})", "{V} * {S}", "{V} + 0.5 * {V}", "{V}.copy()", "{V}")
KIND_OF = {"M": "m", "L": "l", "D": "d", "O": "o", "T": "p"}


class StorageWriter(Writer):
    """Statements over the names of each kind that are in scope."""

    made = 0
    depth = 0

    def line(self, text: str) -> None:
        self.lines.append("    " * (self.depth + 1) + text)

    def fill(self, template: str, budget: int = 12) -> str:
        """The template with its holes filled from the left; None of a kind in scope, and a vector stands in its place."""
        before, brace, rest = template.partition("{")
        hole, end, after = rest.partition("}")
        if not brace or not end or len(hole) > 2 or not hole.replace("_", "").isalpha():
            return before + brace + (self.fill(rest, budget) if brace else "")
        return before + self.part(hole, budget) + self.fill(after, budget)

    def part(self, hole: str, budget: int) -> str:
        match hole:
            case "i":
                return self.pick("012")
            case "k":
                return self.pick(["0", "1", "-1"])
            case "q":
                return self.pick("pq")
            case "a" | "w":
                return self.pick(["+=", "*=", "-="] if hole == "a" else ["=", "+=", "*="])
            case "s" | "v":
                return self.pick(self.names(hole)[::-1])
            case "S_":
                return self.new("s")
            case "S":
                return self.fill(self.possible(SCALARS if budget > 0 else ("{s}",)), budget - 3)
            case "E":
                return self.fill(self.pick(EXPRESSIONS), budget - 3)
            case "V":
                return self.fill(self.possible(VECTORS if budget > 0 else ("{v}",)), budget - 3)
            case "F" | "G":  # G is an array of its own: how a part is copied to one that it overlaps, NumPy leaves open
                return self.fill(self.pick(FRESH if hole == "F" else FRESH[:-1]), budget - 3)
        return self.pick(self.names(KIND_OF[hole])[::-1])

    def possible(self, templates: tuple[str, ...]) -> str:
        """One of the templates whose kinds have a name."""
        return self.pick([t for t in templates if all(self.names(k) for hole, k in KIND_OF.items() if "{" + hole in t)])

    def new(self, kind: str) -> str:
        self.made += 1
        name = f"{PREFIXES[kind]}{self.made}"
        return name

    def statement(self) -> None:
        how = self.number(0, 9)
        if how < 3:
            kind = self.pick("vlmdops")
            text = self.fill(self.possible(NEW[kind]))
            name = self.new(kind)
            self.line(f"{name} = {text}")
            self.scope[name] = kind
        elif how < 8 or self.depth > 1:
            self.line(self.fill(self.possible(CHANGES)))
        else:
            self.block()

    def block(self) -> None:
        outer = dict(self.scope)
        walked = self.new("v")
        heads = [f"for i{self.depth} in range(2):", f"if {self.fill('{S}')} > 0.217:", f"for {walked} in {{M}}:"]
        heads += [f"for {walked} in {{L}}:"] if self.names("l") else []
        head = self.pick(heads)
        self.line(self.fill(head))
        if walked in head:
            self.scope[walked] = "v"
        self.body()
        if head.startswith("for") and self.chance(15):
            self.depth += 1
            self.line(f"if {self.fill('{S}')} > 0.417:")
            self.line(f"    {self.pick(['break', 'continue'])}")
            self.depth -= 1
            self.body()
        self.scope = dict(outer)
        if head.startswith("if") and self.chance(50):
            self.line("else:")
            self.body()
        self.scope = outer

    def body(self) -> None:
        self.depth += 1
        for _ in range(self.number(1, 3)):
            self.statement()
        self.depth -= 1

    def text(self) -> str:
        """The module's text after its imports."""
        self.scope = {"x": "s", "a": "v", "M": "m"}
        declared = 'x: float, a: Annotated[np.ndarray, "3"], M: Annotated[np.ndarray, "3 3"]'
        head = self.pick([declared, "x: float, a: np.ndarray, M: np.ndarray", "x, a, M"])
        if self.chance(30):
            self.line("a, M = a.copy(), M.copy()")
        for _ in range(self.number(3, 9)):
            self.statement()
        reads = [self.fill("np.sum({V} * {V})") for _ in range(2)]
        result = " + ".join([*self.names("s"), *reads, *(f"np.sum({v})" for v in self.names("v")), "np.sum(M * M)"])
        body = "\n".join([*self.lines, f"    return {result}"])
        self.used("dense in storage")
        return (BOX if "Box(" in body else "") + (PUT if "put(" in body else "") + f"def f({head}):\n{body}\n"
