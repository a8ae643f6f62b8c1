"""An oracle of deadlines that walks days, and the random questions it is compared by.

It shares nothing with the program but the files that both read: the calendars, and the system's
time-zone data, through Python's zoneinfo. It was written from the rules in the head of
src/cases/deadline.h and src/base/zone.h, not from the code behind them.

A question has the first seven columns of deadlines.csv; tests/vectors/deadline_ask.c puts many of
them to the engine at once.
"""
import datetime
import pathlib
import re
import subprocess
import typing
import zoneinfo

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ZONEINFO = "/usr/share/zoneinfo"
zoneinfo.reset_tzpath([ZONEINFO])  # never the copy of a Python package

EPOCH = datetime.datetime(1970, 1, 1)
UTC = datetime.timezone.utc
DAY = datetime.timedelta(days=1)
ANYWHERE = datetime.timedelta(hours=-12)  # where a date lasts longest on Earth
LAST_YEAR = 2100  # no rule of a calendar is followed further
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
SHORT = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


class Question(typing.NamedTuple):
    service: datetime.datetime  # in UTC, without a zone
    n: int
    unit: str      # working-days, calendar-days, hours
    zone: str
    end: str       # zone, anywhere
    roll: str      # none, forward
    calendar: pathlib.Path

    def line(self):
        return ",".join([instant_text(self.service), str(self.n), *map(str, self[2:])])


class Answer(typing.NamedTuple):
    date: datetime.date
    instant: datetime.datetime
    walked: str  # a letter per day from day zero: z, c counted, o off, r rolled to; "" for hours
    day_zero: datetime.date

    def line(self):
        return f"{self.date} {instant_text(self.instant)} {self.walked}".rstrip()

    def counted(self):
        """"Tue5 Wed6", as the last column of deadlines.csv has it."""
        days = (self.day_zero + i * DAY for i, letter in enumerate(self.walked) if letter == "c")
        return " ".join(f"{SHORT[day.weekday()]}{day.day}" for day in days)


def instant_text(instant):
    return instant.isoformat() + "Z"


def parse_instant(text):
    return datetime.datetime.fromisoformat(text.removesuffix("Z"))


# --- calendars ------------------------------------------------------------------------------------


class Calendar:
    """The days off of an iCalendar file: whole days, yearly rules, nothing else."""

    def __init__(self, text):
        self.weekend, self.holidays = {5, 6}, set()
        self.until, self.named = None, []  # the last day that is told of; days not of endless rules
        event = None
        for line in re.sub(r"\r?\n[ \t]", "", text).splitlines():
            name, _, value = line.partition(":")
            if name == "X-BAILIWICK-WEEKEND":
                self.weekend = {WEEKDAYS.index(day) for day in value.split(",")}
            elif name == "X-BAILIWICK-UNTIL":
                self.until = parse_date(value).toordinal()
            elif line == "BEGIN:VEVENT":
                event = {}
            elif line == "END:VEVENT":
                self.add(event)
                event = None
            elif event is not None:
                event[name] = value
        self.worked_weekday = [day not in self.weekend for day in range(7)]
        if self.until is None:
            year = max((day.year for day in self.named), default=LAST_YEAR)
            self.until = datetime.date(year, 12, 31).toordinal()

    def add(self, event):
        start = parse_date(event["DTSTART;VALUE=DATE"])
        end = parse_date(event["DTEND;VALUE=DATE"]) if "DTEND;VALUE=DATE" in event else start + DAY
        for first in repeated(start, event.get("RRULE")):
            for i in range((end - start).days):
                self.holidays.add((first + i * DAY).toordinal())
            if not is_endless(event.get("RRULE")):
                self.named.append(first + (end - start) - DAY)

    def is_worked(self, day):
        """`day` as an ordinal: 1 is the Monday on which the year 1 would have begun."""
        if day > self.until:
            raise NotTold
        return self.worked_weekday[(day - 1) % 7] and day not in self.holidays


class NotTold(Exception):
    """The calendar says nothing of that day."""


def is_endless(rule):
    return rule is not None and "COUNT=" not in rule and "UNTIL=" not in rule


def parse_date(text):
    return datetime.datetime.strptime(text, "%Y%m%d").date()


def repeated(start, rule):
    """The first days of an event, for FREQ=YEARLY with BYMONTH and one numbered BYDAY or neither."""
    if not rule:
        return [start]
    parts = dict(part.split("=") for part in rule.split(";"))
    if parts.pop("FREQ") != "YEARLY":
        raise ValueError(f"no yearly rule: {rule}")
    month, by_day = int(parts.pop("BYMONTH", start.month)), parts.pop("BYDAY", None)
    step, most = int(parts.pop("INTERVAL", 1)), int(parts.pop("COUNT", 1000))
    until = parse_date(parts.pop("UNTIL")) if "UNTIL" in parts else datetime.date.max
    if parts:
        raise ValueError(f"not understood: {rule}")
    days = []
    for year in range(start.year, LAST_YEAR + 1, step):
        day = numbered(year, month, by_day) if by_day else same_day(year, month, start.day)
        if day and start <= day <= until and len(days) < most:
            days.append(day)
    return days


def same_day(year, month, day):
    """None where the year has no such day: 29 February."""
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def numbered(year, month, by_day):
    """"2MO" or "-1TH" of a month."""
    number, weekday = int(by_day[:-2]), WEEKDAYS.index(by_day[-2:])
    first = datetime.date(year, month, 1)
    days = [day for day in (first + i * DAY for i in range(31))
            if day.month == month and day.weekday() == weekday]
    return days[number - 1 if number > 0 else number]


_calendars = {}


def calendar(path):
    if path not in _calendars:
        _calendars[path] = Calendar(path.read_text())
    return _calendars[path]


# --- deadlines ------------------------------------------------------------------------------------


def local(instant, zone):
    return instant.replace(tzinfo=UTC).astimezone(zoneinfo.ZoneInfo(zone))


def start_of_day(date, zone):
    """00:00 in UTC: where the clock skips or repeats it, the later of its two readings."""
    midnight = datetime.datetime(date.year, date.month, date.day,
                                 tzinfo=zoneinfo.ZoneInfo(zone))
    offset = min(midnight.utcoffset(), midnight.replace(fold=1).utcoffset())
    return midnight.replace(tzinfo=None) - offset


def passes(date, zone, end):
    """The first moment that is too late for a date."""
    if end == "anywhere":
        return datetime.datetime.combine(date + DAY, datetime.time()) - ANYWHERE
    return start_of_day(date + DAY, zone)


def answer(question):
    if question.unit == "hours":
        instant = question.service + question.n * datetime.timedelta(hours=1)
        return Answer(local(instant, question.zone).date(), instant, "", None)
    off = calendar(question.calendar)
    day_zero = local(question.service, question.zone).date()
    day, count, walked = day_zero.toordinal(), 0, ["z"]
    while count < question.n:
        day += 1
        counts = question.unit == "calendar-days" or off.is_worked(day)
        walked.append("c" if counts else "o")
        count += counts
    if question.unit == "calendar-days" and question.roll == "forward":
        while not off.is_worked(day):
            day += 1
            walked.append("r")
    date = datetime.date.fromordinal(day)
    return Answer(date, passes(date, question.zone, question.end), "".join(walked), day_zero)


def answer_line(question):
    """What the engine should say, a refusal included."""
    try:
        return answer(question).line()
    except NotTold:
        return "UNAVAILABLE"


# --- the program ----------------------------------------------------------------------------------


def ask_engine(build, questions):
    """The engine's answers, a line each. Raises subprocess.CalledProcessError."""
    words = "".join(question.line() + "\n" for question in questions)
    program = build / "release/tests/vectors/deadline_ask"
    return subprocess.run([program, ZONEINFO], input=words, capture_output=True, text=True,
                          check=True).stdout.splitlines()


def differences(build, questions):
    """(question, expected, found) of each that the engine answers otherwise."""
    found = ask_engine(build, questions)
    if len(found) != len(questions):
        raise ValueError(f"{len(questions)} questions, {len(found)} answers")
    return [(question, expected, line) for question, line in zip(questions, found)
            if (expected := answer_line(question)) != line]


# --- random questions -----------------------------------------------------------------------------

SHIPPED = [ROOT / f"rulebook/{name}/calendars/{name}.ics" for name in ("icann", "cctld-example")]
# Skipped days, midnights that do not exist or come twice, odd offsets, the offices.
ODD_ZONES = ["UTC", "Europe/Istanbul", "America/Los_Angeles", "Asia/Singapore", "Pacific/Kiritimati",
             "Pacific/Apia", "Pacific/Kwajalein", "Asia/Kathmandu", "America/St_Johns",
             "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "America/Havana", "Asia/Gaza",
             "Atlantic/Azores", "Australia/Lord_Howe", "Antarctica/Troll", "Africa/Casablanca",
             "Pacific/Chatham", "Africa/Monrovia", "America/Asuncion", "Pacific/Marquesas"]
FIRST, LAST = datetime.date(1960, 1, 1), datetime.date(2090, 1, 1)
MICROSECOND = datetime.timedelta(microseconds=1)
SMALL = [n * MICROSECOND for n in (-1_000_000, -999_999, -2, -1, 0, 1, 2, 999_999, 1_000_000)]


class Draw:
    """Questions from a seeded random.Random, half of them near where clocks and calendars bend."""

    def __init__(self, rng, folder, zones, calendars):
        self.rng = rng
        self.zones = ODD_ZONES + rng.sample(sorted(all_zones() - set(ODD_ZONES)), zones)
        self.changes = {zone: changes_of(zone) for zone in self.zones}
        self.calendars = SHIPPED + [self.write_calendar(folder / f"drawn {i}.ics")
                                    for i in range(calendars)]
        self.bends = [datetime.date(year, month, day) for year in range(1961, 2090)
                      for month, day in ((1, 1), (3, 1), (6, 8), (10, 22), (11, 26), (12, 25))]

    def write_calendar(self, path):
        weekend = self.rng.choice(["SA,SU", "SA,SU", "FR,SA", "SU", "TH,FR"])
        events = [self.event(i) for i in range(self.rng.randrange(1, 40))]
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//drawn//EN",
                 f"X-BAILIWICK-WEEKEND:{weekend}",
                 *(["X-BAILIWICK-UNTIL:20991231"] if self.rng.random() < 0.8 else []),
                 *sum(events, []), "END:VCALENDAR", ""]
        path.write_text("\r\n".join(lines))
        return path

    def event(self, number):
        """One day or up to eleven, once, yearly, on a numbered weekday or on 29 February."""
        rng = self.rng
        start = datetime.date(rng.randrange(1990, 2040), 1, 1) + rng.randrange(365) * DAY
        kind, rule = rng.choice(["once", "once", "yearly", "weekday", "leap"]), "FREQ=YEARLY"
        if kind == "weekday":
            by_day = rng.choice(["1", "2", "3", "4", "-1"]) + rng.choice(WEEKDAYS)
            start = numbered(start.year, start.month, by_day)
            rule += f";BYMONTH={start.month};BYDAY={by_day}"
        if kind == "leap":
            start = datetime.date(rng.choice([1992, 2008, 2024]), 2, 29)
        rule += rng.choice(["", "", ";COUNT=7", ";INTERVAL=2", ";UNTIL=20601231"])
        return ["BEGIN:VEVENT", f"UID:{number}@drawn.example", "DTSTAMP:20260101T000000Z",
                f"DTSTART;VALUE=DATE:{start:%Y%m%d}", f"SUMMARY:Day {number}",
                *([f"DTEND;VALUE=DATE:{start + rng.randrange(1, 12) * DAY:%Y%m%d}"]
                  if rng.random() < 0.3 else []),
                *([] if kind == "once" else [f"RRULE:{rule}"]), "END:VEVENT"]

    def question(self):
        rng = self.rng
        zone = rng.choice(self.zones)
        unit = rng.choice(["working-days", "working-days", "calendar-days", "calendar-days", "hours"])
        n = rng.choice([0, 1, 2, 3, 5, 5, 10, 15, 15, 21, 30, rng.randrange(90), rng.randrange(400)])
        day = FIRST + rng.randrange((LAST - FIRST).days) * DAY
        if rng.random() < 0.5:
            near = rng.choice(self.changes[zone] or self.bends) if rng.random() < 0.6 \
                else rng.choice(self.bends)
            back = {"working-days": n * 7 // 5, "calendar-days": n, "hours": n // 24}[unit]
            day = near + (rng.randrange(-3, 4) - rng.choice([0, back])) * DAY
        if rng.random() < 0.4:
            service = start_of_day(day, zone) + rng.choice(SMALL)
        else:
            after = rng.randrange(86_400) * 1_000_000 + rng.choice([0, 0, rng.randrange(1_000_000)])
            service = datetime.datetime.combine(day, datetime.time()) + after * MICROSECOND
        roll = "forward" if unit == "calendar-days" and rng.random() < 0.5 else "none"
        return Question(service, n, unit, zone, rng.choice(["zone", "zone", "anywhere"]), roll,
                        rng.choice(self.calendars))


def all_zones():
    return zoneinfo.available_timezones() - {"Factory", "localtime"}


def around_changes(zone):
    """The moments at which the days around each change of a zone's clocks begin."""
    for change in changes_of(zone):
        for day in (change + i * DAY for i in range(-2, 3)):
            for step in (-MICROSECOND, 0 * MICROSECOND, MICROSECOND):
                yield Question(start_of_day(day, zone) + step, 0, "calendar-days", zone, "zone",
                               "none", SHIPPED[0])


def changes_of(zone):
    """The days on which the clocks of a zone changed."""
    days, day, before = [], datetime.datetime.combine(FIRST, datetime.time(12)), None
    info = zoneinfo.ZoneInfo(zone)
    for _ in range((LAST - FIRST).days):
        offset = info.utcoffset(day)
        if before not in (None, offset):
            days.append(day.date())
        before, day = offset, day + DAY
    return days
