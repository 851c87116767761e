"""What a derivative costs, in calls of its function: python -m tests.bench.cost"""

import srcdiff
from tests.bench.programs import PROGRAMS, seconds


def main() -> None:
    print(f"{'program':12s} {'function':>10s} {'value_and_grad':>15s} {'ratio':>6s}")
    for name, f, wrt, args in PROGRAMS:
        derivative = srcdiff.value_and_grad(f, wrt=wrt)
        once, both = seconds(f, *args), seconds(derivative, *args)
        print(f"{name:12s} {once * 1e6:7.0f} us {both * 1e6:12.0f} us {both / once:6.2f}")


if __name__ == "__main__":
    main()
