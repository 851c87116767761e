"""What classes of the library mean whose objects hold values: plain Python, whose methods are inlined at their calls."""

# mypy: disable-error-code="no-untyped-def"


class deque:
    def __init__(self, xs=(), maxlen=None, filled=True):
        self.maxlen = maxlen
        self.items = list(xs)
        if filled and maxlen is not None and len(self.items) > maxlen:
            self.items = self.items[len(self.items) - maxlen :]

    def __iter__(self):
        return self.items

    def __len__(self):
        return len(self.items)

    def __getitem__(self, at):
        return self.items[at]

    def __setitem__(self, at, x):
        self.items[at] = x

    def __contains__(self, x):
        return x in self.items

    def append(self, x):
        self.items.append(x)
        if self.maxlen is not None and len(self.items) > self.maxlen:
            self.items.pop(0)

    def appendleft(self, x):
        self.items.insert(0, x)
        if self.maxlen is not None and len(self.items) > self.maxlen:
            self.items.pop()

    def extend(self, xs):
        for x in xs:
            self.append(x)

    def extendleft(self, xs):
        for x in xs:
            self.appendleft(x)

    def pop(self):
        return self.items.pop()

    def popleft(self):
        return self.items.pop(0)

    def rotate(self, n=1):
        cut = len(self.items) - n % max(len(self.items), 1)
        self.items = self.items[cut:] + self.items[:cut]

    def reverse(self):
        self.items.reverse()

    def clear(self):
        self.items.clear()

    def copy(self):
        return deque(self.items, self.maxlen)

    def count(self, x):
        return self.items.count(x)

    def index(self, x):
        return self.items.index(x)

    def insert(self, at, x):
        self.items.insert(at, x)

    def remove(self, x):
        self.items.remove(x)


class Counter:
    def __init__(self, xs=()):
        self.counts = {}
        self.update(xs)

    def __iter__(self):
        return self.counts

    def __len__(self):
        return len(self.counts)

    def __getitem__(self, key):
        return self.counts.get(key, 0)

    def __setitem__(self, key, count):
        self.counts[key] = count

    def __contains__(self, key):
        return key in self.counts

    def get(self, key, default=None):
        return self.counts.get(key, default)

    def keys(self):
        return self.counts.keys()

    def values(self):
        return self.counts.values()

    def items(self):
        return self.counts.items()

    def update(self, xs):
        for x in xs:
            self.counts[x] = self.counts.get(x, 0) + 1

    def total(self):
        return sum(self.counts.values())

    def most_common(self, n=None):
        return sorted(self.counts.items(), key=lambda item: item[1], reverse=True)[:n]
