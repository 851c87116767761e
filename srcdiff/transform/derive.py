"""Whole functions: the gradient, vjp and jvp of a program, from its SSA.

    f(x, n) -> y     grad:  f_grad(x, n) -> x_bar              value_and_grad: f_value_and_grad(x, n) -> (y, x_bar)
                     vjp:   f_vjp(x, n, y_bar) -> (y, x_bar)   jvp: f_jvp(x, n, x_dot) -> (y, y_dot)

A call of another function that stays a call becomes a call of that function's own derivative, made on demand:

    y = g(x)         y, x_partial = g_value_and_grad(x); ...; x_bar = y_bar * x_partial         where y is a scalar
                     y, residuals = g_forward(x); ...; x_bar = g_reverse(residuals, y_bar)      else
    forward mode:    y, y_dot = g_jvp(x, x_dot)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import chain, count

from srcdiff.analysis.activity import varied
from srcdiff.analysis.aliases import RESIDUALS
from srcdiff.analysis.assignment import perhaps_unassigned
from srcdiff.analysis.final_elements import final_elements
from srcdiff.analysis.invariance import shifts
from srcdiff.analysis.keys import check_keys
from srcdiff.analysis.scalars import take_as_numbers
from srcdiff.errors import NotScalar, Refusal, UsageError
from srcdiff.ir.builder import Builder, Rewrite
from srcdiff.ir.nodes import Atom, Block, Call, Function, Lit, Op, Param, Program, Stmt, Var
from srcdiff.ir.printer import format_type
from srcdiff.ir.types import SCALAR, Dict, Opaque, Sequence, Tuple, is_complex, is_scalar, may_vary, surely_array
from srcdiff.ir.walk import definitions, statements
from srcdiff.transform.apply_rules import stops
from srcdiff.transform.calls import CallPlan, gives_partials, handed_on, pull_planned, seeded, with_tangents, zero_bar
from srcdiff.transform.cotangents import Cotangents, derivative_type
from srcdiff.transform.pull import Puller
from srcdiff.transform.push import Pusher
from srcdiff.transform.rebuild import Rebuilder
from srcdiff.transform.residuals import Residuals, written
from srcdiff.transform.signature import rename_taken, seed_name, with_extra


@dataclass(frozen=True)
class Tools:
    """How builders are made: exact for the primal, free to rewrite what is derived."""

    builder: Callable[[], Builder]
    exact: Rewrite
    derived: Rewrite


@dataclass
class Derived:
    """A derivative's program, and the variables in it that are the primal's, whose operations keep their form."""

    program: Program
    primal: set[Var] = field(default_factory=set)
    pairs: dict[str, str] = field(default_factory=dict)  # for each reverse of a call, its forward


def derive(program: Program, mode: str, wrt: list[int], single: bool, tools: Tools) -> Derived:
    """The derivative of a program's main function with respect to the parameters at the positions `wrt`."""
    main = program.functions[program.main]
    _must_give_what_calls_take(program)
    for i in wrt:
        why = _why_constant(main, main.params[i])
        if why:
            name = main.params[i].var.hint
            raise UsageError(f"{main.name} cannot be differentiated with respect to {name}: {why}")
    check_keys(program, wrt, stops)
    check = ""
    if mode in ("grad", "value_and_grad"):
        check = _must_be_scalar(main)
        take_as_numbers(program)
    derivatives = Derivatives(program, tools, check)
    name = f"{main.name}_{mode}"
    derivatives.taken = name
    if mode == "jvp" or single:
        derivatives.main = main.name, mode, tuple(wrt)
    if mode == "jvp":
        function = derivatives.push(main, wrt, name, single)
    elif derivatives.is_paired(main, wrt):
        function = derivatives.paired(main, wrt, name, mode, single)
    elif mode == "grad" and derivatives.is_recursive(main):
        function = derivatives.projected(main, wrt, name, single)
    else:
        function = derivatives.pull(main, wrt, name, mode, single)
    functions = {**derivatives.functions, name: function}
    return Derived(_reachable(Program(name, functions)), derivatives.primal, derivatives.pairs)


def _reachable(program: Program) -> Program:
    found: dict[str, None] = {}
    todo = [program.main]
    while todo:
        name = todo.pop()
        if name not in found:
            found[name] = None
            todo += [s.callee for s in statements(program.functions[name].body) if isinstance(s, Call)]
    return Program(program.main, {n: f for n, f in program.functions.items() if n in found})


def _active(body: Block, seeds: list[Var]) -> dict[Var, None]:
    """What varies with the seeds, but for what is subtracted from exponents only to keep them small."""
    active = varied(body, seeds, stops)
    constant = shifts(body, active, stops)
    return varied(body, seeds, stops, constant) if constant else active


class _Primal(Rebuilder):
    """The primal made again, in which calls that vary also give what their reverse needs."""

    def __init__(self, builder: Builder, active: dict[Var, None], owner: Derivatives) -> None:
        super().__init__(builder)
        self.active, self.owner = active, owner
        self.plans: dict[Call, CallPlan] = {}

    def stmt(self, stmt: Stmt) -> None:
        if isinstance(stmt, Call) and any(o in self.active for o in stmt.outs):
            self.call(stmt)
        else:
            super().stmt(stmt)

    def call(self, call: Call) -> None:
        callee = self.owner.program.functions[call.callee]
        wrt = [i for i, a in enumerate(call.args) if a in self.active and may_vary(callee.params[i].var.type)]
        args = tuple(self.atoms(call.args))
        outs = [self.fresh(o) for o in call.outs]
        if gives_partials(call, wrt):
            name = self.owner.request(callee, "value_and_grad", wrt)
            partials = [Var(f"{outs[0].hint}_bar" if outs[0].hint else "", derivative_type(args[i].type)) for i in wrt]
            new = Call(name, args, [*outs, *partials], call.loc, call.effect)
            self.plans[new] = CallPlan(wrt, partials, "")
        else:
            name = self.owner.request(callee, "forward", wrt)
            residuals = Var("residuals", RESIDUALS)
            new = replace(call, callee=name, args=args, outs=[*outs, residuals])
            reverse = self.owner.reverse_of(callee, wrt)
            self.plans[new] = CallPlan(wrt, [residuals], reverse, seeded(callee), handed_on(callee, wrt))
        self.builder.append(new)


class Derivatives:
    """The derivatives of a program's functions, each made once."""

    def __init__(self, program: Program, tools: Tools, check: str) -> None:
        self.program, self.tools, self.check = program, tools, check
        self.functions: dict[str, Function] = dict(program.functions)
        self.primal: set[Var] = set()
        self.pairs: dict[str, str] = {}  # for each reverse, its forward
        self.made: dict[tuple[str, str, tuple[int, ...]], str] = {}
        self.taken = ""  # the main derivative's name; and what it is to calls of it, if they may call it
        self.main: tuple[str, str, tuple[int, ...]] | None = None
        self.mixed = any(is_complex(v.type) for f in program.functions.values() for v in definitions(f.body))

    def builder(self) -> Builder:
        builder = self.tools.builder()
        builder.mixed = self.mixed
        return builder

    def is_recursive(self, function: Function) -> bool:
        return any(isinstance(s, Call) and s.callee == function.name for s in statements(function.body))

    def request(self, callee: Function, mode: str, wrt: list[int]) -> str:
        """The name of a derivative of `callee` as other derivatives call it: with several results."""
        key = (callee.name, mode, tuple(wrt))
        if key not in self.made:
            name = self.taken if key == self.main else self._free_name(callee.name, mode)
            self.made[key] = name
            if mode == "jvp":
                self.functions[name] = self.push(callee, wrt, name, None)
            elif mode == "forward":
                self.made[(callee.name, "reverse", tuple(wrt))] = self._free_name(callee.name, "reverse")
                self._split(callee, wrt, name)
            else:
                self.functions[name] = self.pull(callee, wrt, name, mode, None)
        return self.made[key]

    def reverse_of(self, callee: Function, wrt: list[int]) -> str:
        return self.made[(callee.name, "reverse", tuple(wrt))]

    def _free_name(self, function: str, mode: str) -> str:
        taken = {*self.functions, *self.made.values(), self.taken}
        other = {"value_and_grad": "value_and_grads", "jvp": "value_and_tangent"}.get(mode, mode)  # than the main's
        names = chain((f"{function}_{mode}", f"{function}_{other}"), (f"{function}_{other}_{i}" for i in count(2)))
        return next(name for name in names if name not in taken)

    def projected(self, main: Function, wrt: list[int], name: str, single: bool) -> Function:
        """The gradient of a recursive function: what its value and gradient gives, without the value."""
        callee = self.request(main, "value_and_grad", wrt)
        builder = self.builder()
        params = [Param(Var(p.var.hint, p.var.type), p.kind, p.default) for p in main.params]
        with builder.block() as body:
            outs = [Var("", SCALAR)] + [Var("", derivative_type(params[i].var.type)) for i in wrt]
            builder.append(Call(callee, tuple(p.var for p in params), outs, main.loc))
            if self.check:
                builder.emit("srcdiff.check_rank", outs[0], builder.lit(0), builder.lit(self.check))
            body.results = [outs[1] if single else builder.emit("tuple", *outs[1:])]
        return Function(name, params, body, main.doc, main.loc)

    def is_paired(self, main: Function, wrt: list[int]) -> bool:
        """Whether a function calls itself by `forward` and `reverse`."""
        calls = [s for s in statements(main.body) if isinstance(s, Call) and s.callee == main.name]
        if not calls:
            return False
        active = varied(main.body, [main.params[i].var for i in wrt], stops)
        calls = [call for call in calls if any(o in active for o in call.outs)]
        return any(not gives_partials(c, [i for i, a in enumerate(c.args) if a in active]) for c in calls)

    def paired(self, main: Function, wrt: list[int], name: str, mode: str, single: bool) -> Function:
        """The derivative of a recursive function: its forward, then its reverse."""
        _must_have_one_result(main)
        forward = self.request(main, "forward", wrt)
        builder = self.builder()
        params = [Param(Var(p.var.hint, p.var.type), p.kind, p.default) for p in main.params]
        extra: list[Param] = []
        args = tuple(p.var for p in params)
        effect = any(isinstance(s, Call) and s.callee == main.name and s.effect for s in statements(main.body))
        with builder.block() as body:
            result = main.body.results[0]
            value = Var(result.hint if isinstance(result, Var) else "", result.type)
            residuals = Var("residuals", RESIDUALS)
            builder.append(Call(forward, args, [value, residuals], main.loc, effect))
            seed: Atom = builder.lit(1.0)
            if mode == "vjp":
                seed = Var(seed_name(result), derivative_type(result.type))
                extra.append(Param(seed))
            elif self.check:
                builder.emit("srcdiff.check_rank", value, builder.lit(0), builder.lit(self.check))
            outs = [Var(f"{p.var.hint}_bar", derivative_type(p.var.type)) for p in (params[i] for i in wrt)]
            starts = [zero_bar(builder, params[i].var) for i in handed_on(main, wrt)]
            call = Call(self.reverse_of(main, wrt), (*args, residuals, seed, *starts), list(outs), main.loc)
            call.taken = tuple(range(len(call.args) - len(starts), len(call.args)))
            builder.append(call)
            derivative = outs[0] if single else builder.emit("tuple", *outs)
            body.results = [derivative if mode == "grad" else builder.emit("tuple", value, derivative)]
        return Function(name, with_extra(params, extra), body, main.doc, main.loc)

    # reverse mode

    def pull(self, main: Function, wrt: list[int], name: str, mode: str, single: bool | None) -> Function:
        """The function with its adjoint behind it; `single` None gives its results one by one, for a caller in the program."""
        _must_have_one_result(main)
        params, body, bars, pulled = self._primal(main, wrt)
        (result,) = body.results
        extra: list[Param] = []
        with pulled.builder.resume(body):
            builder = pulled.builder
            if mode == "vjp":
                given = Var(seed_name(result), derivative_type(result.type))
                extra.append(Param(given))
                seed: Atom = given
            else:
                if self.check and single is not None:
                    builder.emit("srcdiff.check_rank", result, builder.lit(0), builder.lit(self.check))
                seed = builder.lit(1.0)
            if isinstance(result, Var) and result in pulled.active:
                bars.receive(result, seed)
            pulled.block(list(body.body), bars)
            grads = [bars.get_or_zero(params[i].var) for i in wrt]
            derivative = grads[0] if single else builder.emit("tuple", *grads) if single is False else None
            if derivative is None:
                body.results = [result, *grads]
            else:
                body.results = [derivative if mode == "grad" else builder.emit("tuple", result, derivative)]
        return Function(name, with_extra(params, extra), body, main.doc, main.loc)

    def _primal(self, main: Function, wrt: list[int]) -> tuple[list[Param], Block, Cotangents, Puller]:
        builder = self.builder()
        calls = any(isinstance(s, Call) for s in statements(main.body))
        active = _active(main.body, [main.params[i].var for i in wrt]) if calls else {}
        primal = _Primal(builder, active, self)
        params = [Param(primal.fresh(p.var), p.kind, p.default, p.own) for p in main.params]
        builder.rewrite = self.tools.exact
        body = primal.block(main.body)
        builder.rewrite = self.tools.derived
        self.primal.update(definitions(body))
        builder.primal = self.primal
        active = _active(body, [params[i].var for i in wrt])
        plans = primal.plans

        def pull_call(puller: Puller, call: Call, bars: Cotangents) -> None:
            pull_planned(puller, call, plans[call], bars)

        final = final_elements(body, [body.results[k] for k, _ in main.changes])
        puller = Puller(builder, active, written(body), pull_call, perhaps_unassigned(body), final)
        return params, body, Cotangents(builder), puller

    def _split(self, callee: Function, wrt: list[int], name: str) -> None:
        """callee_forward gives the results and the residuals; callee_reverse takes the arguments, these, and cotangents."""
        params, body, bars, pulled = self._primal(callee, wrt)
        builder = pulled.builder
        forward = list(body.body)
        results = list(body.results)
        seeds = {k: Var(seed_name(results[k]), derivative_type(results[k].type)) for k in seeded(callee)}
        residuals_var = Var("residuals", RESIDUALS)
        starts = {
            i: Var(f"{params[i].var.hint}_bar", derivative_type(params[i].var.type)) for i in handed_on(callee, wrt)
        }
        for i, start in starts.items():
            bars.replace(params[i].var, start)
        with builder.resume(body):
            with builder.block() as reverse:
                for k, seed in seeds.items():
                    if isinstance(results[k], Var) and results[k] in pulled.active:
                        bars.receive(results[k], seed)
                pulled.block(forward, bars)
                reverse.results = [bars.get_or_zero(params[i].var) for i in wrt]
            whole = Block([p.var for p in params], body.body, [])
            lasting = [p.var for p in params if not p.own]
            residuals = Residuals(whole, [reverse], lasting, pulled.overwritten, pulled.final)
            made = Var("residuals", RESIDUALS)
            builder.append(Op("tuple", tuple(residuals.saved), (), made, callee.loc))
            body.results = [*results, made]
        again = [Param(Var(p.var.hint, p.var.type)) for p in params]
        given: dict[Var, Atom] = {p.var: a.var for p, a in zip(params, again) if not p.own}
        with builder.block() as unpack:
            for k, var in enumerate(residuals.saved):
                element = Var(var.hint, var.type)
                builder.append(Op("operator.getitem", (residuals_var, builder.lit(k)), (), element, callee.loc))
                given[var] = element
        pulled.remake(residuals, reverse, given)
        reverse.body = unpack.body + reverse.body
        self.functions[name] = Function(name, params, body, callee.doc, callee.loc, callee.changes)
        reverse_name = self.reverse_of(callee, wrt)
        handed = [Param(start, own=True) for start in starts.values()]
        changed = [k for k, _ in callee.changes]
        extra = [Param(residuals_var), *(Param(seed, own=k in changed) for k, seed in seeds.items())]
        rename_taken(again, [*handed, *extra])
        self.functions[reverse_name] = Function(reverse_name, [*again, *extra, *handed], reverse, "", callee.loc)
        self.pairs[reverse_name] = name

    # forward mode

    def push(self, main: Function, wrt: list[int], name: str, single: bool | None) -> Function:
        """The function with a tangent beside each variable that varies."""
        builder = self.builder()
        active = _active(main.body, [main.params[i].var for i in wrt])
        pusher = Pusher(builder, active, self.tools.exact, self._push_call)
        params = [Param(pusher.fresh(p.var), p.kind, p.default, p.own) for p in main.params]
        tangents = [Param(pusher.fresh_tangent(main.params[i].var), own=main.params[i].own) for i in wrt]
        builder.rewrite = self.tools.derived
        with builder.block() as body:
            for stmt in main.body.body:
                pusher.stmt(stmt)
            pairs = [(pusher.atom(result), pusher.whole(result)) for result in main.body.results]
            if single is None:
                body.results = [value for value, _ in pairs] + [tangent for _, tangent in pairs]
            else:
                body.results = [builder.emit("tuple", *pairs[0])]
        self.primal.update(v for v in pusher.mapping.values() if isinstance(v, Var))
        return Function(name, with_extra(params, tangents), body, main.doc, main.loc, with_tangents(main, wrt))

    def _push_call(self, pusher: Pusher, call: Call) -> None:
        callee = self.program.functions[call.callee]
        wrt = [i for i, a in enumerate(call.args) if a in pusher.active and may_vary(callee.params[i].var.type)]
        name = self.request(callee, "jvp", wrt)
        args = (*pusher.atoms(call.args), *(pusher.whole(call.args[i]) for i in wrt))
        outs = [pusher.fresh(o) for o in call.outs]
        outs += [pusher.fresh_tangent(o) for o in call.outs]
        changes = with_tangents(callee, wrt)
        taken = tuple(i for _, i in changes)
        pusher.builder.append(replace(call, callee=name, args=args, outs=outs, taken=taken, changes=changes))


def _must_be_scalar(main: Function) -> str:
    """The message for when the output is not a number, "" where it surely is one."""
    _must_have_one_result(main)
    t = main.body.results[0].type
    if isinstance(t, (Tuple, Sequence, Dict, Opaque)) or surely_array(t):
        raise NotScalar(
            f"{main.name} returns {format_type(t)}, which is not a scalar, so it has no gradient; "
            "use srcdiff.vjp or srcdiff.jvp, or return a scalar (np.sum of it, say)"
        )
    return "" if is_scalar(t) else f"{main.name} must return a scalar, not an array of shape "


def _why_constant(main: Function, param: Param) -> str:
    """What tells that a parameter carries no derivative; empty if nothing does."""
    if not may_vary(param.var.type):
        return f"it is declared as {format_type(param.var.type)}"
    if isinstance(param.default, Lit) and isinstance(param.default.value, str):
        return f"its default is the string {param.default.value!r}"
    for stmt in statements(main.body):
        if isinstance(stmt, Op) and stmt.fn in ("operator.eq", "operator.ne") and param.var in stmt.args:
            other = stmt.args[stmt.args[0] is param.var]
            if isinstance(other, Lit) and isinstance(other.value, str):
                return f"it is compared with the string {other.value!r}"
    return ""


def _must_have_one_result(main: Function) -> None:
    if len(main.body.results) != 1:
        raise _twice(main)


def _must_give_what_calls_take(program: Program) -> None:
    """A recursive derivative gives its callers one tuple, and takes it apart itself: what is made of it would not fit.

    Nor have residuals, which may be anything, derivatives."""
    for function in program.functions.values():
        for stmt in statements(function.body):
            if isinstance(stmt, Call):
                fits = len(stmt.outs) == len(program.functions[stmt.callee].body.results)
                if not fits or any(out.type == RESIDUALS for out in stmt.outs):
                    raise _twice(function)


def _twice(main: Function) -> Refusal:
    hint = "write the recursion as a loop"
    return Refusal("the derivative of a recursive function is not differentiated again", main.loc, hint)
