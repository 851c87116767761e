"""Write what srcdiff makes of each case (and refusal) into its file: python -m tests.update_cases [--print] [PART OF A NAME ...]

Read the difference before you commit it: what stands in a case file is what an expert would have written. --print
prints the texts as JSON and changes nothing. A case whose kind changes (output, error, a defect) is named and left.
"""

import json
import sys

from tests import case_files, refusal_files


def attempt(case: case_files.Case) -> tuple[str, str]:
    """What srcdiff says of a case, a defect of its own included: one case does not hide the others."""
    try:
        return case_files.actual(case)
    except Exception as error:
        return "defect", f"{type(error).__name__}: {error}\n"


def main(arguments: list[str]) -> int:
    wanted = [a for a in arguments if a != "--print"]
    cases = [c for c in case_files.all_cases() if not wanted or any(part in c.name for part in wanted)]
    texts = {case.name: attempt(case) for case in cases}
    if "--print" in arguments:
        json.dump(texts, sys.stdout)
        return 0
    status = 0
    for case in cases:
        kind, text = texts[case.name]
        if kind != case.kind:
            print(f"{case.name}: {case.kind} was expected, but this is what came:\n{text}")
            status = 1
        elif text != case.expected:
            case_files.write(case, kind, text)
            print(f"{case.name}: written")
    if not wanted:
        refusal_files.update()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
