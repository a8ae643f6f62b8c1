"""What the checker knows of a rulebook: stages, rules and calendar, read with a few expressions of its own.

It shares nothing with the program: no reader, no calendar, no zone table."""
import datetime
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


def told_late(population):
    """(told, day) of the holidays of a population that the authority was told of during the run."""
    return [tuple(map(datetime.date.fromisoformat, pair)) for pair in
            re.findall(r"\{told: (\S+), day: (\S+)\}", population.read_text())]


class Law:
    """`late`: days that became holidays besides those of the folder."""

    def __init__(self, folder, process=None, late=()):
        text = re.sub(r"(?m)^\s*#.*$", "", (process or folder / "process.yaml").read_text())
        self.stages = {row["id"]: row for row in flow_maps(block(text, "stages"))}
        self.rules = {row["id"]: row for row in flow_maps(block(text, "rules"))}
        self.families = {row["id"]: row["family"] for row in flow_maps(block(text, "closure-codes"))}
        self.least = {kind: int(row["days"]) for row in flow_maps(block(text, "minimum-cures"))
                      for kind in re.findall(r"[a-z]+", row["party"])}
        self.zone = zoneinfo.ZoneInfo(re.search(r"(?m)^zone: (\S+)", text).group(1))
        calendar = re.search(r"(?m)^calendar: (\S+)", text).group(1)
        days = (folder / "calendars" / f"{calendar}.ics").read_text()
        self.holidays = set(late)
        for event in days.split("BEGIN:VEVENT")[1:]:
            self.holidays |= set(holidays(event))
        self.told = {row["to"] for row in flow_maps(block(text, "edges"))
                     if "tell-complainant" in row.get("effects", "") and "to" in row}
        self.top = max(int(row.get("level", 0)) for row in self.stages.values())

    def kind(self, stage):
        return self.stages[stage]["kind"]

    def level(self, stage):
        return int(self.stages[stage].get("level", 0))

    def formal(self, stage):
        return self.kind(stage) in ("breach", "sanction")

    def stage_of_letter(self, letter):
        return next((id for id, row in self.stages.items() if row.get("letter") == letter), None)

    def off(self, day):
        return day.weekday() >= 5 or day in self.holidays

    def local_day(self, instant):
        return instant.astimezone(self.zone).date()

    def passes(self, day):
        """The first moment that is too late for a due date."""
        return datetime.datetime.combine(day + datetime.timedelta(1), datetime.time(), self.zone).astimezone(UTC)

    def due(self, rule, service):
        """The due date of a rule, counted day by day; None for rules in hours."""
        row, day = self.rules[rule], self.local_day(service)
        if row["unit"] == "hours":
            return None
        left = int(row["n"])
        while left:
            day += datetime.timedelta(1)
            left -= row["unit"] == "calendar-days" or not self.off(day)
        while row.get("roll") == "forward" and self.off(day):
            day += datetime.timedelta(1)
        return day

    def tells(self, stage):
        """Whether some way into this end has whoever complained told; a rulebook may leave it out."""
        return stage in self.told


class Laws:
    """The law by the version that a case runs under: what was known of holidays when that was adopted."""

    def __init__(self, folder, population, process=None):
        self.folder, self.process, self.versions = folder, process, {}
        self.late = told_late(population)

    def of(self, shelf, version):
        if version not in self.versions:
            adopted = shelf.one("SELECT adopted_at FROM rulebook WHERE digest = ?", version)["adopted_at"]
            day = datetime.datetime.fromtimestamp(adopted / 1e6, UTC).date()
            self.versions[version] = Law(self.folder, self.process, [off for told, off in self.late if told <= day])
        return self.versions[version]
