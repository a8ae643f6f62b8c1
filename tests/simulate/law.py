"""What the checker knows of a rulebook: stages, rules and calendar, read with a few expressions of its own.

It shares nothing with the program: no reader, no calendar, no zone table."""
import datetime
import functools
import re
import zoneinfo

UTC = datetime.timezone.utc


def block(text, name):
    """The lines below a key of the top level."""
    found = re.search(rf"(?ms)^{name}:\n(.*?)(?=^\S|\Z)", text)
    return found.group(1) if found else ""


def flow_maps(text):
    """`- {a: b, c: [d, e]}` over one or more lines, as dictionaries of texts."""
    for body in re.findall(r"(?s)-\s*\{(.*?)\}\s*(?=\n|\Z)", text):
        body = " ".join(body.split())
        yield {key: value.strip() for key, value in
               re.findall(r"([a-z-]+): (\[.*?\]|(?:[^,](?!, [a-z-]+: ))*.?)(?:, |$)", body)}


def date_of(event, name):
    found = re.search(rf"{name};VALUE=DATE:(\d{{8}})", event)
    return found and datetime.datetime.strptime(found.group(1), "%Y%m%d").date()


def days_off(text):
    return {day for event in text.split("BEGIN:VEVENT")[1:] for day in holidays(event)}


def holidays(event):
    """The days of one entry of a calendar, of every year to come when it returns."""
    first, day = date_of(event, "DTSTART"), datetime.timedelta(1)
    size = ((date_of(event, "DTEND") or first + day) - first).days
    nth = re.search(r"BYDAY=(\d)([A-Z]{2})", event)
    for year in range(first.year, first.year + (60 if "RRULE:FREQ=YEARLY" in event else 1)):
        begin = first.replace(year=year)
        if nth:
            begin = begin.replace(day=1)
            weekday = ("MO", "TU", "WE", "TH", "FR", "SA", "SU").index(nth.group(2))
            begin += day * ((weekday - begin.weekday()) % 7 + 7 * (int(nth.group(1)) - 1))
        yield from (begin + day * i for i in range(size))


class Law:
    """Calendars count from when they came into force; calendars[0] is the one of the folder."""

    def __init__(self, folder, process=None):
        text = re.sub(r"(?m)^\s*#.*$", "", (process or folder / "process.yaml").read_text())
        self.stages = {row["id"]: row for row in flow_maps(block(text, "stages"))}
        self.rules = {row["id"]: row for row in flow_maps(block(text, "rules"))}
        self.families = {row["id"]: row["family"] for row in flow_maps(block(text, "closure-codes"))}
        self.least = {kind: int(row["days"]) for row in flow_maps(block(text, "minimum-cures"))
                      for kind in re.findall(r"[a-z]+", row["party"])}
        self.zone = zoneinfo.ZoneInfo(re.search(r"(?m)^zone: (\S+)", text).group(1))
        calendar = re.search(r"(?m)^calendar: (\S+)", text).group(1)
        self.calendar = calendar
        self.calendars = [(datetime.datetime.min.replace(tzinfo=UTC), days_off((folder / f"calendars/{calendar}.ics").read_text()))]
        self.told = {row["to"] for row in flow_maps(block(text, "edges"))
                     if "tell-complainant" in row.get("effects", "") and "to" in row}
        self.kinds = {id: row["kind"] for id, row in self.stages.items()}
        self.levels = {id: int(row.get("level", 0)) for id, row in self.stages.items()}
        self.top = max(self.levels.values())
        self.stages_of_letters = {row["letter"]: id for id, row in reversed(self.stages.items()) if "letter" in row}
        self.passes, self.count = functools.cache(self.passes), functools.cache(self.count)

    def kind(self, stage):
        return self.kinds[stage]

    def level(self, stage):
        return self.levels[stage]

    def formal(self, stage):
        return self.kind(stage) in ("breach", "sanction")

    def stage_of_letter(self, letter):
        return self.stages_of_letters.get(letter)

    def know(self, rows):
        """Rows of calendars that were brought into force, oldest first; those that are known already may be among them."""
        for row in rows[len(self.calendars) - 1:]:
            self.calendars.append((datetime.datetime.fromtimestamp(row["adopted_at"] / 1e6, UTC), days_off(row["bytes"].decode())))

    def calendar_at(self, moment):
        return next(i for i in reversed(range(len(self.calendars))) if self.calendars[i][0] <= moment)

    def local_day(self, instant):
        return instant.astimezone(self.zone).date()

    def passes(self, day):
        """The first moment that is too late for a due date."""
        return datetime.datetime.combine(day + datetime.timedelta(1), datetime.time(), self.zone).astimezone(UTC)

    def due(self, rule, service, moment):
        """The due date of a rule, counted day by day as was known at the moment; None for rules in hours."""
        return self.count(rule, self.local_day(service), self.calendar_at(moment))

    def count(self, rule, day, calendar):
        holidays, row = self.calendars[calendar][1], self.rules[rule]

        def off(day):
            return day.weekday() >= 5 or day in holidays
        if row["unit"] == "hours":
            return None
        left = int(row["n"])
        while left:
            day += datetime.timedelta(1)
            left -= row["unit"] == "calendar-days" or not off(day)
        while row.get("roll") == "forward" and off(day):
            day += datetime.timedelta(1)
        return day

    def tells(self, stage):
        """Whether some way into this end has whoever complained told; a rulebook may leave it out."""
        return stage in self.told
