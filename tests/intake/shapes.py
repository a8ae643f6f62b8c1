"""Shapes of mail, each with the one outcome that it must have: generated, none is kept as a file.

A shape is a function of a `Mail` (the number of the mail, a random source, the ids of letters and receipts
of the house that it is for) that gives the message as it leaves its sender. `outcome` and `reason` are what
the mail's row must say; an outcome that is a number is the exit code of a mail that is not kept. `null` says
that its envelope has no sender, as reports and automatic replies have (RFC 3834, RFC 3464); a shape that is
not `relayed` is one that no mail server hands on.
"""
import base64
import dataclasses
import json
import pathlib

XARF = pathlib.Path(__file__).resolve().parent.parent / "xarf"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(200)).decode()
HOST = "authority.example"


@dataclasses.dataclass
class Mail:
    number: int
    random: object
    house: object  # letter, letter_to, receipt, reporter, contact, own: what the house sent, and to whom

    @property
    def person(self):
        return f"p{self.number}@mail.example"

    @property
    def machine(self):
        return f"m{self.number}@machine.example"

    @property
    def id(self):
        return f"{self.number}.{self.random.getrandbits(48):x}@mail.example"

    def words(self, count=20):
        stock = "the shop at bad dot example took my money and the registrar does not answer since monday".split()
        return f"marker-{self.number}- " + " ".join(self.random.choice(stock) for _ in range(count))


@dataclasses.dataclass
class Shape:
    name: str
    make: object
    outcome: object
    reason: str = ""
    null: bool = False
    relayed: bool = True


SHAPES = []


def shape(name, outcome, reason="", null=False, relayed=True):
    def keep(make):
        SHAPES.append(Shape(name, make, outcome, reason, null, relayed))
        return make
    return keep


def head(sender, subject="help", *more):
    return "".join(f"{line}\n" for line in (f"From: {sender}", f"To: desk@{HOST}", f"Subject: {subject}", *more))


def bytes_of(text):
    return text.encode("utf-8", "surrogateescape")


def person(m, *more, body=None, subject="help"):
    return bytes_of(head(m.person, subject, f"Message-ID: <{m.id}>", "Date: Mon, 4 Jan 2027 08:00:00 +0000", *more) +
                    "\n" + (m.words() if body is None else body) + "\n")


def machine(m, *more, body=None, subject="Automatic reply"):
    return bytes_of(head(m.machine, subject, f"Message-ID: <{m.id}>", *more) + "\n" +
                    (m.words() if body is None else body) + "\n")


def parts(kind, *bodies, boundary="b"):
    """A Content-Type line and the body of a multipart; each body is its own header, blank line and text."""
    whole = "".join(f"--{boundary}\n{body}\n" for body in bodies) + f"--{boundary}--\n"
    return f"Content-Type: multipart/{kind}; boundary=\"{boundary}\"", whole


def people(name, *more, body=None, kind="complaint", reason="", **options):
    """A mail of a person that differs in its header or body alone."""
    shape(name, kind, reason, **options)(lambda m: person(m, *more, body=body(m) if callable(body) else body))


# --- what people write ---

people("plain text")
people("format flowed", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8; format=flowed")
people("empty body", body="")
people("blanks alone", body=" \n\t\n \n")
people("quoted reply without a token", body=lambda m: "> you wrote\n> nothing\n\n" + m.words())
people("signature", body=lambda m: m.words() + "\n-- \nZoe Quill")
people("quotes a report in its words", body=lambda m: m.words() + "\n\nFinal-Recipient: rfc822; x@y.example\nAction: failed")
people("five hundred headers", *[f"X-Note-{i}: {i}" for i in range(500)])
people("folded header", "X-Long: one\n two\n\tthree")
people("many addressees", "Cc: " + ", ".join(f"c{i}@mail.example" for i in range(200)))
people("priority and receipts wanted", "X-Priority: 1", "Disposition-Notification-To: p@mail.example")
people("auto-submitted no", "Auto-Submitted: no")
people("precedence normal", "Precedence: normal")
people("defanged name", body=lambda m: m.words() + " hxxps://bad[.]example/x")
people("long words", body=lambda m: m.words(3000).replace(" the ", "\nthe "))
people("a megabyte", body=lambda m: "\n".join(m.words(100) for _ in range(1800)))
people("lines of dashes", body=lambda m: m.words() + "\n" + "--\n" * 3000)
people("colons", body=lambda m: m.words() + "\n" + "a: b: c: d\n" * 3000)
people("lines of nine hundred", body=lambda m: m.words() + "\n" + ("x" * 900 + "\n") * 20)
people("one very long line", body=lambda m: m.words() + "x" * 60000, relayed=False)
people("NUL bytes", body=lambda m: m.words() + "\0\0\0", relayed=False)
people("bare carriage returns", body=lambda m: m.words() + "\rone\rtwo", relayed=False)
people("suppresses answers", "X-Auto-Response-Suppress: All")
people("can be unsubscribed from", "List-Unsubscribe: <mailto:x@mail.example>")
people("calendar", "Content-Type: text/calendar; method=REQUEST", body="BEGIN:VCALENDAR\nEND:VCALENDAR")


@shape("line ends of the network", "complaint")
def network_lines(m):
    return person(m).replace(b"\n", b"\r\n")


@shape("no subject, date and id", "complaint")
def bare(m):
    return bytes_of(f"From: {m.person}\n\n{m.words()}\n")


@shape("HTML alone", "complaint")
def html(m):
    return person(m, "MIME-Version: 1.0", "Content-Type: text/html; charset=utf-8",
                  body=f"<html><style>p{{}}</style><p>{m.words()}<br>and more<script>x()</script></p></html>")


def multipart(name, kind, *bodies, outcome="complaint", reason="", more=()):
    def make(m):
        line, whole = parts(kind, *[b(m) if callable(b) else b for b in bodies])
        return person(m, "MIME-Version: 1.0", line, *more, body=whole)
    shape(name, outcome, reason)(make)


def plain(m):
    return f"Content-Type: text/plain; charset=utf-8\n\n{m.words()}"


ATTACHED_REPORT = ("Content-Type: message/rfc822\n\nFrom: mailer@mx.example\nContent-Type: multipart/report; "
                   "report-type=delivery-status; boundary=r\n\n--r\nContent-Type: message/delivery-status\n\n"
                   "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; x@y.example\nAction: failed\n\n--r--\n")
multipart("words and HTML", "alternative", plain, "Content-Type: text/html\n\n<p>the same</p>")
multipart("a picture", "mixed", plain, f"Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n{PNG}")
multipart("a document", "mixed", plain, "Content-Type: application/pdf; name=x.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0x")
multipart("a forwarded mail", "mixed", plain, "Content-Type: message/rfc822\n\nFrom: x@bad.example\nSubject: offer\n\nBuy.")
multipart("a report inside a forwarded mail", "mixed", plain, ATTACHED_REPORT)
multipart("S/MIME signed", "signed; protocol=\"application/pkcs7-signature\"", plain,
          f"Content-Type: application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64\n\n{PNG}")
multipart("PGP encrypted", "encrypted; protocol=\"application/pgp-encrypted\"", "Content-Type: application/pgp-encrypted\n\nVersion: 1",
          "Content-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n\naaaa\n-----END PGP MESSAGE-----")
multipart("winmail.dat", "mixed", plain,
          f"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n{PNG}")
multipart("nothing but attachments", "mixed", f"Content-Type: image/png\nContent-Disposition: attachment\n\n{PNG}")
multipart("other JSON", "mixed", plain, "Content-Type: application/json; name=data.json\n\n{}")
multipart("fifty parts", "mixed", *[plain] * 50)
multipart("an attached feedback report", "mixed", plain,
          "Content-Type: message/rfc822\n\nContent-Type: multipart/report; report-type=feedback-report; boundary=f\n\n--f\n\nx\n--f--\n")


@shape("S/MIME encrypted", "complaint")
def smime(m):
    return person(m, "MIME-Version: 1.0", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
                  "Content-Transfer-Encoding: base64", body=PNG)


@shape("multipart that never ends", "complaint")
def unended(m):
    return person(m, "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", body=f"--b\n\n{m.words()}\n--b\n")


@shape("multipart without a boundary", "complaint")
def unbounded(m):
    return person(m, "MIME-Version: 1.0", "Content-Type: multipart/mixed", body=f"--b\n\n{m.words()}\n--b--\n")


@shape("multiparts inside each other", "complaint")
def nested(m):
    return person(m, "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b0", body=m.words() + "\n" + "".join(
        f"--b{i}\nContent-Type: multipart/mixed; boundary=b{i + 1}\n\n" for i in range(400)))


@shape("broken base64", "complaint")
def broken_base64(m):
    return person(m, "MIME-Version: 1.0", "Content-Type: text/plain", "Content-Transfer-Encoding: base64",
                  body="YQ=?*" + m.words())


@shape("broken quoted-printable", "complaint")
def broken_quoted(m):
    return person(m, "MIME-Version: 1.0", "Content-Type: text/plain", "Content-Transfer-Encoding: quoted-printable",
                  body="=ZZ=4" + m.words() + "=")


@shape("unknown transfer encoding", "complaint")
def odd_encoding(m):
    return person(m, "MIME-Version: 1.0", "Content-Transfer-Encoding: x-zip")


@shape("broken type", "complaint")
def broken_type(m):
    return person(m, "MIME-Version: 1.0", "Content-Type: ;;;/==\"")


CHARSETS = {"us-ascii": "cafe", "iso-8859-1": "café", "iso-8859-2": "žluťoučký", "iso-8859-5": "магазин", "iso-8859-7": "κατάστημα",
            "iso-8859-9": "mağaza", "iso-8859-15": "café €", "windows-1250": "žluťoučký", "windows-1251": "магазин",
            "windows-1252": "café €", "windows-1256": "متجر", "koi8-r": "магазин", "big5": "商店", "gb18030": "商店",
            "euc-jp": "店", "euc-kr": "가게", "iso-2022-jp": "店", "shift_jis": "店", "utf-8": "متجر", "utf-7": "caf+AOk-"}


def charset(name, word):
    data = base64.b64encode(word.encode("ascii" if name == "utf-7" else name)).decode()

    def make(m):
        return person(m, "MIME-Version: 1.0", f"Content-Type: text/plain; charset={name}", "Content-Transfer-Encoding: base64",
                      body=base64.b64encode(f"marker-{m.number}- ".encode() + base64.b64decode(data)).decode(),
                      subject=f"=?{name}?B?{data}?=")
    shape(f"charset {name}", "complaint")(make)


for each in CHARSETS.items():
    charset(*each)


@shape("unknown charset", "complaint")
def odd_charset(m):
    return person(m, "MIME-Version: 1.0", "Content-Type: text/plain; charset=x-none", body=m.words() + "\udcff\udcfe")


@shape("bytes above ASCII without a word of it", "complaint")
def unnamed_charset(m):
    return person(m, body=m.words() + " \udce9\udce8 caf\udce9")


@shape("broken encoded word", "complaint")
def broken_word(m):
    return person(m, subject="=?utf-8?B?*?= =?none?Q?=ZZ?= =?utf-8?Q?")


# --- who writes ---


def written_by(name, sender, outcome="complaint", reason="", **options):
    shape(name, outcome, reason, **options)(
        lambda m: bytes_of(head(sender(m), "help", f"Message-ID: <{m.id}>") + f"\n{m.words()}\n"))


written_by("name and address", lambda m: f"\"Quill, Zoe\" <{m.person}> (home)")
written_by("encoded name", lambda m: f"=?utf-8?B?2LLZiNmK?= <{m.person}>")
written_by("two authors", lambda m: f"{m.person}, other@mail.example")
written_by("an address that no letter can go to", lambda m: f"\"zoe {m.number}\"@mail.example")
written_by("noreply", lambda m: "noreply@mail.example")
written_by("nobody", lambda m: "", "held", "it names no sender")
written_by("empty address", lambda m: "<>", "held", "it names no sender")
written_by("a contact of a party", lambda m: m.house.contact, "held", "its sender is a contact of a party")
written_by("our own address", lambda m: m.house.own, "automatic")
written_by("mailer-daemon", lambda m: "MAILER-DAEMON@mx.example", "automatic", null=True)


@shape("a sender and no author", "complaint")
def sender_alone(m):
    return bytes_of(f"Sender: {m.person}\nSubject: help\n\n{m.words()}\n")


@shape("no author at all", "held", "it names no sender")
def no_author(m):
    return bytes_of(f"Subject: help\n\n{m.words()}\n")


# --- machines ---


def automatic(name, *more, null=True, **words):
    shape(name, "automatic", null=null)(lambda m: machine(m, *more, **words))


automatic("vacation", "Auto-Submitted: auto-replied")
automatic("vacation with a comment", "auto-submitted: AUTO-REPLIED (away)", null=False)
automatic("out of office of Exchange", "Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All")
automatic("ticket opened", "Auto-Submitted: auto-generated", null=False, subject="[#42] received")
automatic("challenge", "Auto-Submitted: auto-replied", subject="Please confirm that you are a person")
automatic("cron", "Auto-Submitted: auto-generated", null=False, subject="Cron <root@x> backup")
automatic("newsletter", "Precedence: bulk", "List-Unsubscribe: <https://x.example/u>", null=False)
automatic("junk", "Precedence: junk", null=False)
automatic("list by precedence", "Precedence: list", null=False)
automatic("auto_reply by precedence", "Precedence: auto_reply", null=False)
automatic("mailing list", "List-Id: <talk.lists.example>", null=False)
automatic("older autoresponder", "X-Autoreply: yes", null=False)
automatic("oldest autoresponder", "X-Autorespond: yes", null=False)
automatic("inbox rule of Exchange", "X-MS-Exchange-Inbox-Rules-Loop: x@machine.example", null=False)
automatic("nothing but an empty return path")
automatic("bounce in words alone", subject="failure notice", body="Hi. This is the qmail-send program.")


@shape("goes round for ever", "automatic")
def loop(m):
    # A hundred with the relay's own, which itself refuses a mail that brings as many.
    return b"".join(b"Received: by hop%d.example\n" % i for i in range(99)) + person(m)


@shape("our own letter come round", "automatic")
def letter_round(m):
    return bytes_of(head(m.machine, "1st notice", f"Message-ID: <{m.house.letter}>") + f"\n{m.words()}\n")


@shape("our own receipt come round", "automatic")
def receipt_round(m):
    return bytes_of(head(m.machine, "received", f"Message-ID: <{m.house.receipt}>") + f"\n{m.words()}\n")


def disposition(name, action):
    def make(m):
        line, whole = parts("report; report-type=disposition-notification", f"\n{m.words()}",
                            "Content-Type: message/disposition-notification\n\n"
                            f"Final-Recipient: rfc822; {m.machine}\nDisposition: {action}; {action}ed\n")
        return machine(m, "MIME-Version: 1.0", line, body=whole)
    shape(name, "automatic", null=True)(make)


disposition("read", "manual-action/MDN-sent-manually")
disposition("deleted unread", "automatic-action/MDN-sent-automatically")

# --- reports of delivery ---


def report(m, about, action="failed", to="x@y.example", status="message/delivery-status", kind="report; report-type=delivery-status",
           returned="message/rfc822"):
    line, whole = parts(kind, f"\n{m.words()}",
                        f"Content-Type: {status}\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; {to}\n"
                        f"Action: {action}\nStatus: 5.1.1\n",
                        f"Content-Type: {returned}\n\nMessage-ID: <{about}>\nSubject: x\n\n")
    return machine(m, "Auto-Submitted: auto-replied", "MIME-Version: 1.0", line, body=whole, subject="Undelivered")


def delivery(name, outcome, reason="", **words):
    def make(m):
        given = {key: value(m) if callable(value) else value for key, value in words.items()}
        return report(m, **given)
    shape(name, outcome, reason, null=True)(make)


def letter(m):
    return m.house.letter


def letter_to(m):
    return m.house.letter_to


delivery("a letter that failed", "bounced", about=letter, to=letter_to)
delivery("the same by OpenSMTPD", "bounced", about=letter, to=letter_to, kind="mixed")
delivery("the same with headers alone", "bounced", about=letter, to=letter_to, returned="text/rfc822-headers")
delivery("the same in UTF-8", "bounced", about=letter, to=letter_to, status="message/global-delivery-status")
delivery("a letter that is delayed", "delayed", about=letter, to=letter_to, action="delayed")
delivery("a letter that was delivered", "delivered", about=letter, to=letter_to, action="delivered")
delivery("a letter that was relayed", "delivered", about=letter, to=letter_to, action="relayed")
delivery("a letter to somebody else", "held", "a report of delivery that fits no letter", about=letter)
delivery("a letter that is none of ours", "held", "a report of delivery that fits no letter", about="x@y.example")
delivery("a report of no known action", "held", "a report of delivery that fits no letter", about=letter, to=letter_to, action="eaten")
delivery("a receipt that failed", "bounced", about=lambda m: m.house.receipt)
delivery("a receipt that is delayed", "delayed", about=lambda m: m.house.receipt, action="delayed")


@shape("a report without its parts", "held", "a report of delivery that fits no letter", null=True)
def torn_report(m):
    return machine(m, "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
                   body=f"--b\n\n{m.words()}\n--b\nContent-Type: message/delivery-status\n\n")


# --- answers ---


def answer(name, sender, token, outcome, reason="", *more, field="In-Reply-To", null=False):
    shape(name, outcome, reason, null=null)(
        lambda m: bytes_of(head(sender(m), "Re: notice", f"Message-ID: <{m.id}>", f"{field}: <{token(m)}>", *more) +
                           f"\n{m.words()}\n"))


def receipt(m):
    return m.house.receipt


READ = "it answers a letter: a person reads it"
answer("an answer to a letter", lambda m: m.house.contact, letter, "held", READ)
answer("an answer by references", lambda m: m.house.contact, letter, "held", READ, field="References")
answer("a forged author with a stolen token", lambda m: m.person, letter, "held", READ)
answer("a machine's answer to a letter", lambda m: m.machine, letter, "automatic", "", "Auto-Submitted: auto-replied", null=True)
answer("an answer to a receipt", lambda m: m.house.reporter, receipt, "added")
answer("a stranger with the token of a receipt", lambda m: m.person, receipt, "held",
       "it answers a message about a complaint, from another address than its own")
answer("a machine's answer to a receipt", lambda m: m.machine, receipt, "automatic", "", "Auto-Submitted: auto-replied", null=True)
answer("a token that is none", lambda m: m.person, lambda m: f"r.{m.number}@{HOST}", "complaint")

# --- reports of abuse ---

NEEDED = "Feedback-Type: {0}\nUser-Agent: Finder/1.0\nVersion: 1\n"


def feedback(name, fields, outcome="complaint", reason="", top="report; report-type=feedback-report", about="message/rfc822"):
    def make(m):
        line, whole = parts(top, f"\n{m.words()}", f"Content-Type: message/feedback-report\n\n{fields}",
                            f"Content-Type: {about}\n\nFrom: x@bad.example\nSubject: offer\n\nBuy.")
        return machine(m, "Auto-Submitted: auto-generated", "MIME-Version: 1.0", line, body=whole, subject="FW: offer")
    shape(name, outcome, reason)(make)


for each in ("abuse", "fraud", "virus", "other", "not-spam", "auth-failure", "opinion"):
    feedback(f"ARF {each}", NEEDED.format(each) + "Source-IP: 192.0.2.7\nReported-Domain: bad.example\n")
feedback("ARF with headers alone", NEEDED.format("abuse"), about="text/rfc822-headers")
feedback("ARF without a type", "User-Agent: a\nVersion: 1\n", "held", "Feedback-Type: is missing")
feedback("ARF without an agent", "Feedback-Type: abuse\nVersion: 1\n", "held", "User-Agent: is missing")
feedback("ARF without a version", "Feedback-Type: abuse\nUser-Agent: a\n", "held", "Version: is missing")
feedback("ARF with two versions", NEEDED.format("abuse") + "Version: 1\n", "held", "Version: stands twice")
feedback("ARF with a wrong address", NEEDED.format("abuse") + "Source-IP: here\n", "held", "Source-IP: is no IP address")
feedback("ARF in another multipart", NEEDED.format("abuse"), "held",
         "feedback-report: the message is no multipart/report of that report-type", top="mixed")
feedback("ARF about a picture", NEEDED.format("abuse"), "held",
         "feedback-report: the third part is no message and no headers", about="image/png")


def xarf(name, change=None, outcome="complaint", reason="", sample="v4/content-phishing", kind="application/json; name=xarf.json",
         more=(), coded=False):
    def make(m):
        text = json.loads((XARF / f"{sample}.json").read_text())
        text = change(text) if change else text
        text = text if isinstance(text, str) else json.dumps(text)
        if coded:
            coding, text = "\nContent-Transfer-Encoding: base64", base64.encodebytes(text.encode()).decode()
        else:
            coding = ""
        line, whole = parts("mixed", f"\n{m.words()}", f"Content-Type: {kind}{coding}\n\n{text}")
        return machine(m, "MIME-Version: 1.0", line, *more, body=whole, subject="report")
    shape(name, outcome, reason)(make)


def with_member(name, value):
    return lambda report: {**report, name: value}


xarf("X-ARF 4")
xarf("X-ARF 4 in base64", coded=True)
xarf("X-ARF 4 by its type", kind="application/xarf+json")
xarf("X-ARF 4 by the header", kind="application/json", more=("X-XARF: PLAIN",))
xarf("X-ARF 4 of spam", sample="v4/messaging-spam")
xarf("X-ARF 4 of an attack", sample="v4/connection-ddos")
xarf("X-ARF 3", sample="v3/Phishing")
xarf("X-ARF by a robot", more=("Auto-Submitted: auto-generated",))
xarf("X-ARF with a wrong URL", with_member("url", "none"), "held", "xarf /url: not a URL")
xarf("X-ARF with a wrong date", with_member("timestamp", "2026-13-01T00:00:00Z"), "held", "xarf /timestamp: not a date and time of RFC 3339")
xarf("X-ARF of no type", with_member("type", "else"), "held", "xarf /type: not a type of the category content")
xarf("X-ARF 5", with_member("xarf_version", "5.0.0"), "held", "xarf /xarf_version: does not match ^4\\.[0-9]+\\.[0-9]+$")
xarf("X-ARF torn", lambda report: json.dumps(report)[:80], "held", "xarf: ")

# --- what is no mail, or too much of it ---


@shape("nothing at all", 65, relayed=False)
def nothing(m):
    return b""


@shape("noise", 65, relayed=False)
def noise(m):
    return bytes(m.random.randrange(256) for _ in range(2000)).replace(b":", b";")


@shape("more than a thousand headers", 65)
def many_headers(m):
    return person(m, *[f"X-Note-{i}: {i}" for i in range(1100)])


@shape("more than can be taken", 65, relayed=False)
def too_large(m):
    return person(m, body="x" * (25 << 20))


@shape("fifteen megabytes", "complaint")
def large(m):
    return person(m, body=m.words() + "\n" + ("x" * 76 + "\n") * 200000)
